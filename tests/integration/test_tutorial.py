"""docs/tutorial.md as its reader follows it: a new environment, the wheel, and nothing from an index."""

import os
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

import checkdata
from tests.documents import DOCS, ROOT, blocks, printed, script

PAGE: Final = DOCS / "tutorial.md"


def attrs_wheel(folder: Path) -> None:
    """A wheel of the attrs that is installed here, in place of an index."""
    installed = distribution("attrs")
    with zipfile.ZipFile(folder / f"attrs-{installed.version}-py3-none-any.whl", "w") as wheel:
        for file in installed.files or ():
            if file.suffix != ".pyc":
                wheel.write(file.locate(), str(file))


def test_the_tutorial_leads_from_nothing_to_a_decision(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", str(ROOT)]
    subprocess.run(build, check=True, cwd=tmp_path)  # noqa: S603
    attrs_wheel(tmp_path)
    without_index = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
    commands = [block.code for block in blocks(PAGE) if block.language == "sh"]
    (tmp_path / "tutorial.py").write_text(script(PAGE), encoding="utf-8")
    for command in (*commands, "venv/bin/python tutorial.py > printed.txt", "venv/bin/pip list > installed.txt"):
        subprocess.run(["sh", "-e", "-c", command], check=True, cwd=tmp_path, env=without_index)  # noqa: S603, S607
    assert (tmp_path / "printed.txt").read_text(encoding="utf-8") == printed(PAGE)
    installed = [line.split() for line in (tmp_path / "installed.txt").read_text(encoding="utf-8").splitlines()[2:]]
    assert {name for name, _ in installed} - {"pip", "setuptools"} == {"attrs", "checkdata"}
    assert ["checkdata", checkdata.__version__] in installed
