"""``checkdata migrate``: forward, and back where that is asked for."""

from typing import Annotated

import typer

from checkdata.entrypoints.cli.exit_codes import ExitCode
from checkdata.entrypoints.cli.use_cases import composition


def migrate_database(
    *,
    to: Annotated[
        str, typer.Option("--to", metavar="REVISION", help="Go back to the tables of an earlier revision.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Lose what the way back loses.")] = False,
) -> None:
    """Bring the database to the tables of this version.

    Run it before the first start, and before each new version serves. --to goes back: it says what is lost, and does it
    only with --yes. Then run `checkdata migrate` of the version that is to serve.
    """
    with composition() as composed:
        if not to:
            composed.migrate()
            typer.echo("The database is ready.")
            return
        undone = composed.way_back(to)
        for revision, lost in undone.items():
            typer.echo(f"{revision}: {lost or 'nothing is lost.'}")
        if not undone:
            typer.echo(f"The tables are those of revision {to} already.")
        elif not yes:
            typer.echo("Nothing was done. Back up first, and add --yes to lose it.", err=True)
            raise typer.Exit(ExitCode.REFUSED)
        else:
            composed.migrate_back(to)
            typer.echo(f"The tables are those of revision {to}.")
