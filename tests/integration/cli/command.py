"""The command line as an operator at a terminal uses it, with an environment of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from attrs import define, field, frozen

from checkdata.entrypoints.cli import main
from tests.logs import log_put_back

PROGRAM: Final = (sys.executable, "-m", "checkdata.entrypoints.cli")
KEY: Final = "a key that only the tests know, of more than 32 characters"


@frozen
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


@define
class Command:
    """Runs ``checkdata …`` with these variables and no others of checkdata's."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    variables: dict[str, str] = field(factory=dict)

    def __call__(self, *arguments: str | Path) -> Ended:
        """In this process, which is quick, exactly as the installed command does it."""
        self.capture.readouterr()
        with log_put_back(), pytest.MonkeyPatch.context() as patch:
            for name in set(os.environ) - set(self.environment):
                patch.delenv(name)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            patch.setattr(os, "setpriority", lambda *_: None)  # the tests themselves give way to nobody
            patch.setattr(sys, "argv", ["checkdata", *map(str, arguments)])
            with pytest.raises(SystemExit) as ended:
                main()
        said = self.capture.readouterr()
        code = ended.value.code
        return Ended(int(code or 0), said.out, said.err)

    def done(self, *arguments: str | Path, code: int = 0) -> Ended:
        """Run it and see that it ends with this code."""
        ended = self(*arguments)
        assert ended.code == code, ended.said
        return ended

    @contextmanager
    def started(self, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
        """Start it in a process of its own, and see that it is gone afterwards."""
        command = [*PROGRAM, *map(str, arguments)]
        with subprocess.Popen(  # noqa: S603
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    @property
    def owners_url(self) -> str:
        """The database, as the owner of its tables."""
        variables = self.variables
        return variables.get("CHECKDATA_OWNER_DATABASE_URL") or variables["CHECKDATA_DATABASE_URL"]

    @property
    def environment(self) -> Mapping[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CHECKDATA_")}
        return {**inherited, "XDG_DATA_HOME": str(self.folder / "data"), **self.variables}


Given = Callable[..., Command]
