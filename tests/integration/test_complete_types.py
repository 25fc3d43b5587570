"""The public face as pyright sees it, by which other teams' editors and checks read it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

import checkdata

PACKAGE: Final = Path(checkdata.__file__).parent
ROOMS: Final = ("adapters", "domain", "entrypoints")
"""What is private; pyright takes that only from a name with an underscore, so it is shown a copy that has one."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - JSON
    """What pyright says of the face."""
    site = tmp_path_factory.mktemp("site")
    for file in (*PACKAGE.rglob("*.py"), PACKAGE / "py.typed"):
        inside = file.relative_to(PACKAGE).as_posix()
        copied = (
            site / "checkdata" / (f"_{inside}" if inside.startswith(tuple(f"{room}/" for room in ROOMS)) else inside)
        )
        copied.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text(encoding="utf-8")
        copied.write_text(re.sub(rf"\bcheckdata\.({'|'.join(ROOMS)})\b", r"checkdata._\1", text), encoding="utf-8")
    asked = ["--verifytypes", "checkdata", "--ignoreexternal", "--outputjson"]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "pyright", *asked],
        capture_output=True,
        text=True,
        check=False,
        cwd=site,
        env={"PYTHONPATH": str(site), "HOME": str(site), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
    )
    return json.loads(done.stdout)["typeCompleteness"]


def test_the_modules_that_are_public_are_these(report: Any) -> None:  # noqa: ANN401 - JSON
    names = {module["name"].removeprefix("checkdata.") for module in report["modules"]}
    assert names == {"checkdata", "django", "json", "ports", "predicates", "raw_sql", "sql", "testing", "web"}


def test_the_type_of_every_public_name_is_known(report: Any) -> None:  # noqa: ANN401 - JSON
    unknown = [symbol["name"] for symbol in report["symbols"] if symbol["isExported"] and not symbol["isTypeKnown"]]
    assert unknown == []


def test_there_are_few_public_names(report: Any) -> None:  # noqa: ANN401 - JSON
    assert 80 <= sum(report["exportedSymbolCounts"].values()) <= 200
