"""``checkdata check-trns``: what training records leave open is asked of the Teaching Record System."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from checkdata.domain.jobs import Job
from checkdata.domain.training.teacher_answers import TeacherStanding
from checkdata.domain.values import london_date
from checkdata.entrypoints.cli.exit_codes import ExitCode
from checkdata.entrypoints.cli.help import TodayOption, day_or_today
from checkdata.entrypoints.cli.use_cases import composition

_WORDS: Final[Mapping[TeacherStanding, str]] = {
    TeacherStanding.FOUND: "found",
    TeacherStanding.BORN_ON_ANOTHER_DAY: "of somebody born on another day",
    TeacherStanding.UNKNOWN: "unknown",
    TeacherStanding.DEACTIVATED: "deactivated",
    TeacherStanding.NOT_ANSWERED: "not answered",
}


def check_trns(
    *,
    extract: Annotated[
        Path | None,
        typer.Option("--extract", metavar="FEED", help="Ask the teacher_records.csv of this feed instead."),
    ] = None,
    today: TodayOption = None,
) -> None:
    """Ask the Teaching Record System about the TRNs that training records leave open, and derive statuses.

    Who was asked for in the last days (CHECKDATA_TRS_DAYS) is asked for again only if a message came that their record
    changed. What is ended in the middle goes on from there the next time.
    """
    from checkdata.entrypoints.cli.progress import progress

    with composition() as composed, progress() as shown:
        checks = composed.check_trns(extract)
        shown.begin("Asking about TRNs", checks.number_to_ask())
        counts = checks.ask(shown.advance)
        shown.begin("Deriving statuses")
        outcome = composed.import_feed.refresh(today=day_or_today(today, london_date(composed.clock())))
        if extract is None:
            composed.note_job_runs.note(Job.TRNS)
    told = ", ".join(f"{counts[standing]:,} {words}" for standing, words in _WORDS.items() if counts.get(standing))
    typer.echo(f"TRNs: {told or 'none to ask about'}")
    typer.echo(f"Rows of listings: {outcome.relisted:,} added, changed or removed")
    if counts.get(TeacherStanding.NOT_ANSWERED):
        raise typer.Exit(ExitCode.DONE_WITH_REFUSALS)
