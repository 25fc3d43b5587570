"""``checkdata import`` and ``checkdata refresh``."""

import os
from pathlib import Path
from typing import Annotated, Final

import typer

from checkdata.domain.feed.contents import Changes, ImportOutcome
from checkdata.domain.typed_text import displayed
from checkdata.domain.values import london_date
from checkdata.entrypoints.cli.exit_codes import ExitCode
from checkdata.entrypoints.cli.help import TodayOption, day_or_today
from checkdata.entrypoints.cli.use_cases import composition

_NICENESS: Final = 10
"""How much an import and a refresh leave the processors to those who read meanwhile; on SQLite all of the work is this
process's."""


def import_feed(  # noqa: PLR0913 - what an operator may ask for
    feed: Annotated[Path, typer.Argument(metavar="FEED", help="The folder of the feed, in which its CSV files are.")],
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse the whole feed at the first bad row.")] = False,
    complete: Annotated[bool, typer.Option("--complete", help="What the feed leaves out is gone.")] = False,
    allow_deletions: Annotated[
        bool, typer.Option("--allow-deletions", help="With --complete: even if more than a tenth is gone.")
    ] = False,
    allow_wider_access: Annotated[
        bool,
        typer.Option(
            "--allow-wider-access", help="Even if users newly see many participants, because agreements changed."
        ),
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="DIR", help="Where rejected.csv goes; unless set, FEED-report beside FEED."),
    ] = None,
    today: TodayOption = None,
) -> None:
    """Load a feed, and derive the status of every participant.

    A bad row is refused by itself and named in rejected.csv by file, line, column and rule; the others are loaded.
    All that is loaded shows at once, or nothing does. On PostgreSQL it is done as the owner of the tables, where
    CHECKDATA_OWNER_DATABASE_URL names one.
    """
    from checkdata.entrypoints.cli.progress import progress
    from checkdata.entrypoints.cli.progress_counters import WatchedFeed
    from checkdata.entrypoints.composition.feed import feed_in, report_on

    if allow_deletions and not complete:
        raise typer.BadParameter("--allow-deletions goes with --complete.")
    rejections = report_on(feed, report)
    given = feed_in(feed, rejections)
    os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)
    with composition() as composed:
        composed.check_ready()
        try:
            with rejections, progress() as shown:
                outcome = composed.import_feed.load(
                    WatchedFeed(given, shown),
                    rejections,
                    today=day_or_today(today, london_date(composed.clock())),
                    strict=strict,
                    complete=complete,
                    allow_deletions=allow_deletions,
                    allow_wider_access=allow_wider_access,
                )
        finally:
            if rejections.rows:
                typer.echo(f"Which rows were refused, and why: {rejections.path}", err=True)
    _tell(outcome)


def refresh(*, today: TodayOption = None) -> None:
    """Derive again the statuses that the passing of days has changed.

    Run it every morning, as the owner of the tables as an import is.
    """
    from checkdata.entrypoints.cli.progress import progress

    os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)
    with composition() as composed, progress() as shown:
        shown.begin("Deriving statuses")
        outcome = composed.import_feed.refresh(today=day_or_today(today, london_date(composed.clock())))
    typer.echo(f"{outcome.relisted:,} rows of the listings changed." if outcome.changed else "Nothing changed.")


def _tell(outcome: ImportOutcome) -> None:
    for warning in outcome.warnings:
        typer.echo(f"Warning: {warning}", err=True)
    typer.echo(f"Training records: {_counts(outcome.records)}, {outcome.refused_rows:,} rows refused")
    typer.echo(f"Reference data:   {_counts(outcome.references)}")
    typer.echo(f"Teacher records:  {_counts(outcome.teacher_records)}")
    typer.echo(f"Rows of listings: {outcome.relisted:,} added, changed or removed")
    for widening in outcome.widened:
        typer.echo(f"Access widened:   {displayed(widening.summary)}")
    if not outcome.changed:
        typer.echo("Nothing changed.")
    if outcome.refused_rows:
        raise typer.Exit(ExitCode.DONE_WITH_REFUSALS)


def _counts(changes: Changes) -> str:
    return (
        f"{changes.added:,} new, {changes.changed:,} changed, {changes.unchanged:,} unchanged, "
        f"{changes.removed:,} removed"
    )
