"""``checkdata users import``: the original list."""

from pathlib import Path
from typing import Annotated

import typer

from checkdata.domain.services.access.load_founding_users import LoadedUsers
from checkdata.domain.values import LeadProviderId
from checkdata.entrypoints.cli.exit_codes import ExitCode
from checkdata.entrypoints.cli.use_cases import composition


def import_users(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with email, name and delivery_partner_id.")],
    *,
    confirmed_by: Annotated[
        str, typer.Option("--confirmed-by", metavar="LEAD_PROVIDER_ID", help="The lead provider that named them.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
) -> None:
    """Give access to the users whom a lead provider named.

    A refused row is named by its line, with the reason, and does not affect the others. The same file twice loads
    nothing twice.
    """
    from checkdata.entrypoints.composition.service import users_listed_in

    rows = users_listed_in(file)
    with composition() as composed:
        loaded = composed.load_founding_users.load(rows, LeadProviderId(confirmed_by), dry_run=dry_run)
    _tell(loaded, dry_run=dry_run)


def _tell(loaded: LoadedUsers, *, dry_run: bool) -> None:
    for refused in loaded.refused:
        typer.echo(f"Line {refused.line}: {refused.why}", err=True)
    given = "would be given access" if dry_run else "given access"
    typer.echo(f"{loaded.added:,} {given}, {loaded.already:,} had it already, {len(loaded.refused):,} refused.")
    if dry_run:
        typer.echo("This was a dry run: nothing was changed.")
    if loaded.refused:
        raise typer.Exit(ExitCode.DONE_WITH_REFUSALS)
