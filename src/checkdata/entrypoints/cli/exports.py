"""``checkdata export``."""

import os
from concurrent.futures import Executor
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from checkdata.domain.listing.filters import word_of
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.exports.export_listings import ExportOutcome
from checkdata.domain.services.exports.planned_export import ExportRequest
from checkdata.domain.training.facts import InductionType, ParticipantRole
from checkdata.domain.training.statuses import Status
from checkdata.domain.training.who_acts import WhoActs
from checkdata.entrypoints.cli.exit_codes import ExitCode
from checkdata.entrypoints.settings.environment import read_settings


class ViewerRole(Enum):
    """The roles in which organisations see participants."""

    DELIVERY_PARTNER = Role.DELIVERY_PARTNER.value
    APPROPRIATE_BODY = Role.APPROPRIATE_BODY.value


def export_listings(  # noqa: PLR0913 - what an operator may ask for
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder that the files go into.")],
    *,
    all_organisations: Annotated[bool, typer.Option("--all", help="A file for every organisation.")] = False,
    organisations: Annotated[
        list[str] | None, typer.Option("--organisation", metavar="ID", help="A file for this one; may be repeated.")
    ] = None,
    role: Annotated[
        ViewerRole, typer.Option("--as", help="As what the organisations see participants.")
    ] = ViewerRole.DELIVERY_PARTNER,
    search: Annotated[
        str, typer.Option("--search", metavar="TEXT", help="A name, school or TRN, as on the page.")
    ] = "",
    participant_roles: Annotated[
        list[ParticipantRole] | None, typer.Option("--role", help="Only these participants; may be repeated.")
    ] = None,
    academic_years: Annotated[
        list[int] | None,
        typer.Option(
            "--academic-year", metavar="YEAR", min=2000, max=2099, help="Its first year: 2023; may be repeated."
        ),
    ] = None,
    statuses: Annotated[
        list[Status] | None, typer.Option("--status", help="Only participants with this status; may be repeated.")
    ] = None,
    who_acts: Annotated[
        list[WhoActs] | None, typer.Option("--next", help="Only where these need to act; may be repeated.")
    ] = None,
    induction_types: Annotated[
        list[InductionType] | None,
        typer.Option("--induction-type", help="Only ECTs of this type, of appropriate bodies; may be repeated."),
    ] = None,
    lead_providers: Annotated[
        list[str] | None,
        typer.Option("--lead-provider", metavar="ID", help="Only participants of this one; may be repeated."),
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Cells as they are, for other programs: not safe to open as a spreadsheet.")
    ] = False,
    extended: Annotated[
        bool,
        typer.Option("--extended", help="More columns, as the extended file of the page has."),
    ] = False,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, help="How many processes of this machine write files.")
    ] = 1,
    cluster: Annotated[
        str, typer.Option("--cluster", metavar="ADDRESS", help="The scheduler of a Dask cluster whose workers do it.")
    ] = "",
) -> None:
    """Write what organisations see as CSV files.

    One file an organisation, with the rows and columns of its own page and download, or of its extended file, and
    manifest.json, which names them all. Files that an earlier export wrote there and this one does not are removed. A
    delivery partner without a data-sharing agreement in force gets no file. The workers of a cluster need this version
    of checkdata, the same CHECKDATA_DATABASE_URL, and DIR at the same path.
    """
    if all_organisations == bool(organisations):
        raise typer.BadParameter("Use --all, or name organisations with --organisation, but not both.")
    if cluster and workers > 1:
        raise typer.BadParameter("Use --workers or --cluster, but not both: a cluster has its own workers.")
    request = ExportRequest(
        role=Role(role.value),
        organisation_ids=None if all_organisations else organisations,
        search=search,
        filters={
            "role": word_of(participant_roles or ()),
            "academic_year": word_of(academic_years or ()),
            "status": word_of(statuses or ()),
            "next": word_of(who_acts or ()),
            "induction_type": word_of(induction_types or ()),
            "lead_provider": word_of(lead_providers or ()),
        },
        raw=raw,
        extended=extended,
    )
    _tell(_exported(request, out, workers, cluster), out)


def _exported(request: ExportRequest, out: Path, number: int, cluster: str) -> ExportOutcome:
    from checkdata.entrypoints.cli.progress import progress
    from checkdata.entrypoints.cli.progress_counters import WatchedExecutor
    from checkdata.entrypoints.composition.export import export_into

    with export_into(out, read_settings(os.environ), number, cluster) as export, progress() as shown:

        def watched(executor: Executor) -> Executor:
            return WatchedExecutor(executor, "Writing files", shown)

        return export.run(request, watched)


def _tell(outcome: ExportOutcome, out: Path) -> None:
    files = outcome.manifest.files
    rows = sum(file.rows for file in files)
    typer.echo(f"{_number(len(files), 'file')} with {_number(rows, 'participant')} in {out}")
    for organisation_id, why in outcome.refused.items():
        typer.echo(f"No file for {organisation_id}: {why}", err=True)
    if outcome.refused:
        raise typer.Exit(ExitCode.DONE_WITH_REFUSALS)


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
