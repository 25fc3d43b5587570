"""``checkdata doctor``: whether everything that a production needs is there."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from checkdata.entrypoints.cli.exit_codes import ExitCode
from checkdata.entrypoints.cli.use_cases import composition

if TYPE_CHECKING:
    from checkdata.entrypoints.composition.doctor import Condition, Finding


def doctor() -> None:
    """Look at the settings, the database, its roles and tables, mail, clocks, files and the last runs of all jobs.

    It changes nothing and sends no mail. It ends with 0 where all is well, with 1 where something should be looked at,
    with 2 at a setting that is wrong, and with 3 where the service does not work.
    """
    from checkdata.entrypoints.composition.doctor import Condition, findings

    with composition(serving=True) as composed:
        worst = tell_findings(findings(composed))
    if worst is not Condition.FINE:
        raise typer.Exit(ExitCode.FAILED if worst is Condition.BROKEN else ExitCode.DONE_WITH_REFUSALS)


def tell_findings(found: "Iterable[Finding]") -> "Condition":
    """Say what was found and what to do about it; how bad the worst of it is."""
    from checkdata.entrypoints.composition.doctor import Condition

    worst = Condition.FINE
    for finding in found:
        typer.echo(f"{finding.condition.value:<7} {finding.subject}: {finding.sentence}")
        if finding.to_do:
            typer.echo(f"        {finding.to_do}")
        worst = max(worst, finding.condition, key=list(Condition).index)
    return worst
