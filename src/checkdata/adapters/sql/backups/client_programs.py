"""PostgreSQL's own programs that dump and restore, run against the database of an engine."""

import os
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from attrs import frozen
from sqlalchemy import Engine

from checkdata.domain.errors import BackupFailed, BackupRefused

_ERROR: Final = re.compile(r"error: (?P<said>.*)")
_VALUE: Final = re.compile(r': ".*')
_SECRETS: Final = ("CHECKDATA_", "DATABASE_URL")
"""How the variables begin that hold secrets of ours, which are none of these programs' business."""


@frozen
class ClientProgram:
    """One of them, by name, for a server of the major version *server*."""

    name: str
    server: int

    def check(self) -> None:
        """Check that it is here and not older than the server; raise `BackupRefused` if not."""
        try:
            told = subprocess.run([self.name, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 - our name
        except FileNotFoundError:
            raise BackupRefused(f"{self.name} is not installed here. {self._remedy}") from None
        except (OSError, subprocess.CalledProcessError):
            raise BackupRefused(f"{self.name} does not run here. {self._remedy}") from None
        found = re.search(r"\) (\d+)", told)
        version = int(found[1]) if found else 0
        if version < self.server:
            raise BackupRefused(
                f"{self.name} is of version {version}, older than the server, which is {self.server}. {self._remedy}"
            )

    @property
    def _remedy(self) -> str:
        return f"Install the client programs of PostgreSQL {self.server} or later (Debian: postgresql-client)."

    def run(self, arguments: Sequence[str], *, on: Engine | None = None, each: Callable[[str], None]) -> None:
        """Run it, on the database of an engine; *each* gets what it says, line by line. Raises `BackupFailed`.

        The password is in its environment, because other users of the machine see a program's arguments.
        """
        arguments, password = (arguments, {}) if on is None else ([*arguments, *_place(on)], _password(on))
        around = {name: text for name, text in os.environ.items() if not name.startswith(_SECRETS)}
        environment = {**around, **password, "LC_ALL": "C"}
        command, faults = [self.name, *arguments], list[str]()
        with subprocess.Popen(  # noqa: S603 - our name and arguments
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                for line in process.stderr or ():
                    each(line)
                    if fault := _ERROR.search(line):
                        faults.append(_VALUE.sub("", fault["said"]))  # a value may be personal
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            told = faults[0] if faults else f"it ended with {process.returncode}"
            raise BackupFailed(f"{self.name} failed: {told}.")


def _place(engine: Engine) -> Sequence[str]:
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - SQLite needs no driver of 9 MiB

    return ["--dbname", make_conninfo(**{name: value for name, value in _given(engine).items() if name != "password"})]


def _password(engine: Engine) -> Mapping[str, str]:
    password = _given(engine).get("password")
    return {"PGPASSWORD": password} if password else {}


def _given(engine: Engine) -> Mapping[str, str]:
    """What the address says, without what our own connections are told."""
    _, given = engine.dialect.create_connect_args(engine.url)
    return {name: str(value) for name, value in given.items() if name != "context"}
