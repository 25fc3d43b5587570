"""The rules in JavaScript and in Ruby, each held to the vectors."""

import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from checkdata.entrypoints.conformance.asked_command import CommandFailed
from checkdata.entrypoints.conformance.differing_cases import differing_cases
from checkdata.entrypoints.conformance.vectors import Case, cases
from tests.integration.conformance.flips import flipped
from tests.integration.conformance.languages import EXAMPLES, LANGUAGES, started_by

KINDS: Final[Mapping[str, Sequence[str]]] = {
    "access": ("decision",),
    "predicates": ("rows", "decision"),
    "records": ("record",),
    "training": ("status",),
}
"""What is asked of each file."""

ALL_FILES: Final = [
    path.relative_to(EXAMPLES) for language in LANGUAGES for path in sorted((EXAMPLES / language).iterdir())
]
FILES: Final = [file for file in ALL_FILES if file.stem in KINDS]
SAME_TEXT: Final[Mapping[str, Sequence[str]]] = {
    "access.mjs": ("grant.user_id === user_id", "one.id === other.id", "each.delivery_partner_id === id"),
    "predicates.mjs": ("row[field] === value",),
}
"""Where texts that others chose are compared."""

LOOSE: Final = {
    "without case": "`${ONE}`.toLowerCase() === `${OTHER}`.toLowerCase()",
    "composed": "`${ONE}`.normalize() === `${OTHER}`.normalize()",
    "by compatible characters": '`${ONE}`.normalize("NFKC") === `${OTHER}`.normalize("NFKC")',
    "by the order of a language": "`${ONE}`.localeCompare(`${OTHER}`) === 0",
    "by its letters": '`${ONE}`.localeCompare(`${OTHER}`, "en", { sensitivity: "base" }) === 0',
    "by its beginning": "`${ONE}`.startsWith(`${OTHER}`)",
}
"""Ways to compare two texts that take some for the same."""

PATIENCE: Final = 60.0


def command_in(folder: Path) -> str:
    """What starts the program that answers."""
    return shlex.join(started_by(folder, "answer"))


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


@pytest.mark.parametrize(
    ("file", "strict"), [(file, strict) for file, places in SAME_TEXT.items() for strict in places], ids=str
)
@pytest.mark.parametrize("how", LOOSE)
def test_no_text_can_be_taken_for_another_unnoticed(how: str, file: str, strict: str, tmp_path: Path) -> None:
    folder = tmp_path / "javascript"
    shutil.copytree(EXAMPLES / "javascript", folder)
    program = (folder / file).read_text(encoding="utf-8")
    assert program.count(strict) == 1
    one, _, other = strict.partition(" === ")
    loose = LOOSE[how].replace("ONE", one).replace("OTHER", other)
    (folder / file).write_text(program.replace(strict, loose), encoding="utf-8")
    noticed = first_difference(cases(["decision", "rows"]), command_in(folder))
    assert noticed.startswith(("decision-", "rows-"))


def first_difference(asked: Sequence[Case], command: str) -> str:
    """The first vector that a program answers otherwise, or why it does not answer; "" if all is right."""
    try:
        return next((case.id for case, _ in differing_cases(asked, command, PATIENCE)), "")
    except CommandFailed as failure:
        return str(failure)


@pytest.mark.parametrize(
    "file",
    [path.relative_to(EXAMPLES) for language in LANGUAGES for path in sorted((EXAMPLES / language).iterdir())],
    ids=str,
)
def test_a_file_of_an_example_has_fewer_than_80_lines(file: Path) -> None:
    assert (EXAMPLES / file).read_text(encoding="utf-8").count("\n") < 80
