"""``checkdata audit …``: the log of what was done, sealed, verified and searched."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from checkdata.domain.audit.events import AuditKind, AuditQuery
from checkdata.domain.audit.seals import Anchor, KeptHead, Seal
from checkdata.domain.jobs import Job
from checkdata.domain.people.organisations import Role, organisation_of
from checkdata.domain.values import EmailAddress, london_midnight
from checkdata.entrypoints.cli.audit_export import ExportFormat, opened_output, write_events
from checkdata.entrypoints.cli.exit_codes import ExitCode
from checkdata.entrypoints.cli.help import examples
from checkdata.entrypoints.cli.use_cases import composition

audit = typer.Typer(name="audit", no_args_is_help=True, help="Seal, verify and search the audit log.")

_HEAD: Final = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


FromOption = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", help="From this day on, in UK time."),
]
ToOption = Annotated[
    datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", help="Until the end of this day, in UK time."),
]


@audit.command("seal", epilog=examples("checkdata audit seal"))
def seal_log() -> None:
    """Seal what was recorded, once.

    `checkdata serve` does it all the time. Events that are still being recorded are left to the next time.
    """
    events = 0
    with composition() as composed:
        while done := composed.seal_log.seal_due():
            events += done.events
        composed.noting_runs.note(Job.SEAL)
    typer.echo(f"{events:,} events sealed.")


@audit.command(
    epilog=examples("checkdata audit verify", "checkdata audit verify --head 48211:9f2c… (as it was printed earlier)")
)
def verify(
    *,
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="NUMBER:DIGEST", help="A head noted earlier, which must still be there."),
    ] = None,
) -> None:
    """Check every event of the log against its seal, and name those that were changed, removed or put in.

    Ends with 1 where one was, and with 2 where none was found but events are sealed with a key that was not given, and
    so were not verified. The head that it prints is the newest seal: note it elsewhere and give it with --head the next
    time, because a log that was cut off at its end looks whole.
    """
    with composition() as composed:
        sealing = composed.seal_log
        found = sealing.verify(kept=_kept(head))
    for fault in found.faults:
        typer.echo(fault.sentence)
    for missing in found.not_given:
        typer.echo(missing.sentence)
    typer.echo(f"{found.sealed:,} events are sealed, {found.waiting:,} wait to be sealed.")
    if found.head is not None:
        typer.echo(f"Head: {_word(found.head)}")
    if found.faults:
        raise typer.Exit(ExitCode.DONE_WITH_REFUSALS)
    if found.not_given:
        given = ", ".join(key.id for key in sealing.keys)
        typer.echo(f"Keys given: {given}. List the others after them in CHECKDATA_AUDIT_KEY and verify again.")
        raise typer.Exit(ExitCode.REFUSED)
    typer.echo("Nothing was changed after it was sealed.")


def _kept(head: str | None) -> KeptHead | None:
    if head is None:
        return None
    found = _HEAD.fullmatch(head)
    if found is None:
        raise typer.BadParameter("A head is a number, a colon and 64 hexadecimal digits, as `audit verify` prints it.")
    return KeptHead(int(found[1]), found[2])


def _word(head: Seal | Anchor) -> str:
    return f"{head.number}:{head.digest}"


@audit.command(
    "export",
    epilog=examples(
        "checkdata audit export --from 2024-09-01 --to 2024-09-30 > september.csv",
        "checkdata audit export --user jo@hub.org --format jsonl --out jo.jsonl",
        "checkdata audit export --organisation dp-12 --kind downloaded",
    ),
)
def export_log(  # noqa: PLR0913 - what can be asked of the log
    *,
    user: Annotated[
        str | None, typer.Option("--user", metavar="ADDRESS", help="Who did it, or whose access it was about.")
    ] = None,
    organisation: Annotated[
        str | None, typer.Option("--organisation", metavar="ID", help="For which organisation, by its id.")
    ] = None,
    role: Annotated[Role, typer.Option("--as", help="In which role that organisation.")] = Role.DELIVERY_PARTNER,
    kind: Annotated[AuditKind | None, typer.Option("--kind", help="What happened.")] = None,
    start: FromOption = None,
    end: ToOption = None,
    form: Annotated[ExportFormat, typer.Option("--format", help="How events are written.")] = ExportFormat.CSV,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The file to write; standard output unless set.")
    ] = None,
) -> None:
    """Write events of the log, oldest first, one a line.

    Times are UK time with their offset from UTC. The export itself is recorded, and may be the last line.
    """
    with composition() as composed:
        query = AuditQuery(
            user_id=None if user is None else composed.search_log.user_with(EmailAddress.of(user)),
            organisation=None if organisation is None else organisation_of(role, organisation),
            kind=kind,
            start=first_moment(start),
            end=first_moment(end, days=1),
        )
        with opened_output(out) as file:
            number = write_events(composed.search_log.export(query), form, file)
    if out is not None:
        typer.echo(f"{number:,} events in {out}")


def first_moment(day: datetime | None, *, days: int = 0) -> datetime | None:
    """The first moment in London of a day, or of one so many days later."""
    return None if day is None else london_midnight((day + timedelta(days=days)).date())
