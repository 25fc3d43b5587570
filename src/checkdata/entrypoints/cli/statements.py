"""``checkdata audit statement``, and verifying a statement without the database."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Annotated

import typer

from checkdata.domain.audit.statement_seals import PEEKED, StatementVerdict, is_statement, verified_statement
from checkdata.domain.errors import ChangeRefused, FolderNotWritable
from checkdata.entrypoints.cli.audit import FromOption, ToOption, audit, first_moment
from checkdata.entrypoints.cli.exit_codes import ExitCode
from checkdata.entrypoints.cli.help import examples
from checkdata.entrypoints.cli.use_cases import composition
from checkdata.entrypoints.cli.which_participant import ParticipantArgument, SchoolOption, the_participant
from checkdata.entrypoints.settings.environment import read_settings


@audit.command(
    "statement",
    epilog=examples(
        "checkdata audit statement p-000123 --out p-000123.csv",
        "checkdata audit statement 'Jo Lee' --school 100001 --out jo-lee.csv",
        "checkdata audit statement p-000123 --from 2024-09-01 --to 2024-09-30 --out september.csv",
    ),
)
def make_statement(
    participant: ParticipantArgument,
    *,
    school: SchoolOption = "",
    start: FromOption = None,
    end: ToOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The file to write; standard output unless set.")
    ] = None,
) -> None:
    """Write a statement of who has seen a participant, as CSV with a seal, for the teacher who asks.

    It says who saw them, in which role, for which organisation, and under which agreement as it was known then.
    `checkdata verify` tells with the key of the log, and without the database, whether the file is as it was written.
    That it was written is recorded.
    """
    with composition() as composed:
        made = composed.make_statement.make(
            the_participant(composed, participant, school), start=first_moment(start), end=first_moment(end, days=1)
        )
    if out is None:
        sys.stdout.buffer.write(made.file)
        return
    try:
        out.write_bytes(made.file)
    except OSError as error:
        raise FolderNotWritable(f"The file {out} can't be written: {error.strerror}.") from error
    number = len(made.statement.lines)
    typer.echo(f"{number:,} {'line' if number == 1 else 'lines'} in {out}")


def looks_like_statement(file: Path) -> bool:
    """Whether a file is a statement, changed or not; raises `ChangeRefused` if it can't be read."""
    with opened_file(file) as opened:
        beginning = opened.read(PEEKED)
        opened.seek(max(0, opened.seek(0, os.SEEK_END) - PEEKED))
        return is_statement(beginning, opened.read())


def tell_verdict(file: Path) -> None:
    """Tell whether a statement is genuine, with the keys of the environment; ends with 1 or 2 where it is not."""
    keys = read_settings(os.environ).sealing_keys
    with opened_file(file) as opened:
        found = verified_statement(opened.read(), keys)
    match found.verdict:
        case StatementVerdict.GENUINE:
            typer.echo(f"Genuine: the statement is as this service wrote it, sealed with key {found.key_id}.")
        case StatementVerdict.CHANGED:
            typer.echo(
                "Changed: this is not the statement as the service wrote it. A spreadsheet that saves it changes it "
                "too: check the file as it was handed over."
            )
            raise typer.Exit(ExitCode.DONE_WITH_REFUSALS)
        case StatementVerdict.OTHER_KEY:
            given = ", ".join(key.id for key in keys)
            typer.echo(f"Not verified: it names key {found.key_id}, which was not given. Keys given: {given}.")
            raise typer.Exit(ExitCode.REFUSED)


@contextmanager
def opened_file(file: Path) -> Iterator[BufferedReader]:
    """A file that the user named, open to read; raises `ChangeRefused` if it can't be read."""
    try:
        with file.open("rb") as opened:
            yield opened
    except OSError as error:
        raise ChangeRefused(f"The file {file} can't be read: {error.strerror}.") from error
