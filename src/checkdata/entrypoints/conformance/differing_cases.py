"""The vectors that a command answers otherwise than the rules of this version."""

from collections.abc import Iterable, Iterator, Sequence

from checkdata.entrypoints.conformance.asked_command import CommandFailed, asked_command
from checkdata.entrypoints.conformance.differences import differences
from checkdata.entrypoints.conformance.vectors import Case


def differing_cases(cases: Iterable[Case], command: str, wait: float) -> Iterator[tuple[Case, Sequence[str]]]:
    """Each case that a command answers otherwise, as soon as it does, with what is otherwise in a sentence each.

    The command is started once; *wait* is how many seconds each answer may take. Raises `InvalidValue` for a command
    that can't be started, `CommandFailed` for one that does not answer.
    """
    with asked_command(command, wait) as answering:
        for case in cases:
            try:
                found = [*differences(case.answer, answering.ask(case.question))]
            except CommandFailed as failure:
                raise CommandFailed(f"No answer to {case.id}. {failure}") from None
            if found:
                yield case, found
        answering.finish()
