"""``checkdata conformance``, as a developer of another service uses it."""

import shlex
import sys
from pathlib import Path

from checkdata.entrypoints.conformance.vectors import VECTORS, cases
from tests.integration.cli.command import Command


def test_the_rules_of_this_library_are_those_of_the_vectors(command: Command) -> None:
    asked = shlex.join([sys.executable, "-m", "checkdata.entrypoints.conformance"])
    ended = command.done("conformance", "--command", asked, "--wait", "60")
    assert ended.out == f"All {len(cases()):,} answers are those of the rules.\n"


def test_each_answer_that_differs_is_named_and_they_are_counted(command: Command, tmp_path: Path) -> None:
    program = tmp_path / "never.py"
    program.write_text('import sys\nfor line in sys.stdin: print(\'{"day": "2024-06-30"}\', flush=True)\n')
    asked = shlex.join([sys.executable, str(program)])
    lines = command.done("conformance", "--command", asked, "--only", "day", "--wait", "60", code=1).out.splitlines()
    days = cases(["day"])
    differing = [case for case in days if case.answer["day"] != "2024-06-30"]
    assert lines[0] == f"{differing[0].id} ({'; '.join(differing[0].edges)})"
    assert lines[1] == f'  /day: expected "{differing[0].answer["day"]}", answered "2024-06-30"'
    assert lines[-1] == f"{len(differing)} of {len(days)} answers differ."


def test_a_command_that_does_not_answer_ends_with_3(command: Command) -> None:
    asked = shlex.join([sys.executable, "-c", "raise SystemExit('not yet')"])
    assert command.done("conformance", "--command", asked, code=3).err == (
        f"Error: No answer to {cases()[0].id}. It ended without an answer, with exit code 1. Its last words: not yet\n"
    )


def test_a_command_that_can_not_be_started_ends_with_2(command: Command) -> None:
    ended = command.done("conformance", "--command", "no-such-program", code=2)
    assert ended.err == "Error: The command can't be started: No such file or directory.\n"


def test_a_command_has_to_be_named(command: Command) -> None:
    assert "Name the command that answers, with --command." in command.done("conformance", code=2).err


def test_a_wait_without_an_end_is_refused(command: Command) -> None:
    for wait in ("nan", "inf"):
        ended = command.done("conformance", "--command", "true", "--wait", wait, code=2)
        assert "--wait" in ended.err


def test_the_vectors_are_written_as_they_ship(command: Command) -> None:
    assert command.done("conformance", "vectors").out == VECTORS.read_text(encoding="utf-8")
