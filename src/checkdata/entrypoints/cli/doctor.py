"""``checkdata doctor``: whether everything that a production needs is there."""

import typer

from checkdata.entrypoints.cli.exit_codes import ExitCode
from checkdata.entrypoints.cli.use_cases import composition


def doctor() -> None:
    """Look at the settings, the database, its roles and tables, mail, clocks, files and the last runs of all jobs.

    It changes nothing and sends no mail. It ends with 0 where all is well, with 1 where something should be looked at,
    with 2 at a setting that is wrong, and with 3 where the service does not work.
    """
    from checkdata.entrypoints.composition.doctor import Condition, findings

    worst = Condition.FINE
    with composition(serving=True) as composed:
        for found in findings(composed):
            typer.echo(f"{found.condition.value:<7} {found.subject}: {found.sentence}")
            if found.to_do:
                typer.echo(f"        {found.to_do}")
            worst = max(worst, found.condition, key=list(Condition).index)
    if worst is not Condition.FINE:
        raise typer.Exit(ExitCode.FAILED if worst is Condition.BROKEN else ExitCode.DONE_WITH_REFUSALS)
