"""``checkdata schools``: the department's register of schools."""

from pathlib import Path
from typing import Annotated

import typer

from checkdata.entrypoints.cli.exit_codes import ExitCode
from checkdata.entrypoints.cli.help import examples
from checkdata.entrypoints.cli.use_cases import composition

schools = typer.Typer(name="schools", no_args_is_help=True, help="Load the department's register of schools (GIAS).")


@schools.callback()
def group() -> None:
    """Load the department's register of schools (GIAS)."""


@schools.command(
    "import",
    epilog=examples(
        "checkdata schools import edubasealldata20240901.csv",
        "checkdata schools import edubasealldata20240901.csv --links links_edubasealldata20240901.csv",
    ),
)
def import_schools(
    register: Annotated[Path, typer.Argument(metavar="FILE", help="All establishment data, as GIAS gives it.")],
    *,
    links: Annotated[
        Path | None,
        typer.Option("--links", metavar="FILE", help="All links; unless given, successors stay as they were."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="DIR", help="Where rejected.csv goes; unless set, FILE-report beside FILE."),
    ] = None,
) -> None:
    """Load the names of schools, and which follow those that closed.

    A bad row is refused by itself and named in rejected.csv; the others are loaded, all at once. Lists show the names
    with the next import or refresh. On PostgreSQL it is done as the owner of the tables, as an import is.
    """
    from checkdata.entrypoints.composition.feed import register_in, report_on

    rejections = report_on(register, report)
    files = register_in(register, links, rejections)
    with composition() as composed:
        composed.check_ready()
        try:
            with rejections:
                outcome = composed.import_schools.load(files, rejections)
        finally:
            if rejections.rows:
                typer.echo(f"Which rows were refused, and why: {rejections.path}", err=True)
    for warning in files.warnings:
        typer.echo(f"Warning: {warning}", err=True)
    changes = outcome.schools
    typer.echo(
        f"Schools:    {changes.added:,} new, {changes.changed:,} changed, {changes.unchanged:,} unchanged, "
        f"{outcome.refused_rows:,} rows refused"
    )
    if outcome.successions is not None:
        typer.echo(f"Successors: {outcome.successions:,}")
    if changes:
        typer.echo("Run checkdata refresh, so that lists show these names.")
    if outcome.refused_rows:
        raise typer.Exit(ExitCode.DONE_WITH_REFUSALS)
