"""``checkdata access``: what has to be reviewed, and what lapses by itself."""

from typing import Annotated

import typer

from checkdata.domain.services.access.review_access import ReviewedGrant
from checkdata.entrypoints.cli.help import ROLE_NAMES, examples, name_and_id
from checkdata.entrypoints.cli.tables import Cells, show, show_csv
from checkdata.entrypoints.cli.use_cases import composition

COLUMNS = (
    *("Grant", "Email", "Name", "Role", "Organisation"),
    *("Confirmed by", "Confirmed on", "Last used", "Why", "Asked again on", "Ends on"),
)

access = typer.Typer(name="access", no_args_is_help=True, help="Review the access that was given, and let it lapse.")


@access.callback()
def group() -> None:
    """Review the access that was given, and let it lapse."""


@access.command(epilog=examples("checkdata access review", "checkdata access review --csv > review.csv"))
def review(*, as_csv: Annotated[bool, typer.Option("--csv", help="As CSV, for a spreadsheet.")] = False) -> None:
    """Show what has to be kept or removed: access not used for long, confirmed long ago, or vouched for by nobody.

    A table; where there is no terminal, lines with tabs between the cells. Support keeps and removes in the service.
    """
    with composition() as composed:
        rows = [_cells(reviewed) for reviewed in composed.review_access.due()]
    (show_csv if as_csv else show)(COLUMNS, rows)


@access.command(epilog=examples("checkdata access lapse"))
def lapse() -> None:
    """Warn of access that is to lapse, and end what was warned about long enough ago, once.

    `checkdata serve` does it every hour.
    """
    with composition() as composed:
        done = composed.lapse_access.run()
    typer.echo(f"{done.warned:,} warned, {done.lapsed:,} ended.")


def _cells(reviewed: ReviewedGrant) -> Cells:
    grant, renewal = reviewed.grant, reviewed.renewal
    return (
        grant.id,
        reviewed.user.email.value,
        reviewed.user.name,
        ROLE_NAMES[grant.organisation.role],
        name_and_id(grant.organisation),
        grant.confirmed_by or "",
        grant.vouched_for_on.isoformat(),
        "never" if reviewed.last_used is None else reviewed.last_used.isoformat(timespec="seconds"),
        ", ".join(reason.value.replace("_", " ") for reason in reviewed.reasons),
        "" if renewal is None else renewal.received_at.isoformat(timespec="seconds"),
        "" if grant.warning is None else grant.warning.ends_on.isoformat(),
    )
