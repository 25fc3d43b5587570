"""``checkdata agreements …``: data-sharing agreements, and what ending one does."""

import sys
from datetime import date, datetime
from typing import Annotated

import typer

from checkdata.domain.errors import ChangeRefused
from checkdata.domain.form_digest import form_digest
from checkdata.domain.people.agreement_history import BEFORE_HISTORY
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.services.access.confirm_changes import DraftInDetail
from checkdata.domain.services.access.manage_agreements import (
    EffectOfEnding,
    NamedAgreement,
    NewAgreement,
    RecordedVersion,
)
from checkdata.domain.typed_text import displayed
from checkdata.domain.values import LeadProviderId, london_date
from checkdata.entrypoints.cli.help import ReasonOption, examples
from checkdata.entrypoints.cli.tables import Cells, show
from checkdata.entrypoints.cli.tracing import recalled_line, when
from checkdata.entrypoints.cli.use_cases import composition

COLUMNS = (
    *("Id", "Delivery partner", "Lead provider", "First day", "Last day"),
    *("First year", "Last year", "Unconfirmed", "State"),
)

VERSION_COLUMNS = (
    *("Recorded", "By", "Delivery partner", "Lead provider", "First day", "Last day"),
    *("First year", "Last year", "Unconfirmed", "Removed"),
)

agreements = typer.Typer(name="agreements", no_args_is_help=True, help="List, add and end data-sharing agreements.")

YearOption = Annotated[int | None, typer.Option(metavar="YEAR", min=2000, max=2099, help="By its first year: 2023.")]


@agreements.command("list", epilog=examples("checkdata agreements list", "checkdata agreements list --search beacon"))
def list_agreements(
    *, search: Annotated[str, typer.Option("--search", metavar="TEXT", help="Part of either party's name.")] = ""
) -> None:
    """Show every agreement, in force or not, and after them the drafts that wait for a second support user.

    A table; where there is no terminal, lines with tabs between the cells.
    """
    with composition() as composed:
        found = composed.manage_agreements.all(search)
        drafts = () if search else composed.confirm_changes.drafts()
        today = london_date(composed.clock())
    rows = [_cells(named, _state(named, today)) for named in found]
    rows += [_cells(each.about, "draft") for each in drafts if isinstance(each.about, DraftInDetail)]
    show(COLUMNS, rows)


@agreements.command("history", epilog=examples("checkdata agreements history dsa-12"))
def history_of_agreement(
    agreement_id: Annotated[str, typer.Argument(metavar="AGREEMENT_ID", help="The agreement, by its id.")],
) -> None:
    """Show every version of an agreement: when it was recorded, by what, and its terms from then on."""
    with composition() as composed:
        versions = composed.manage_agreements.history(agreement_id)
    if not versions:
        raise ChangeRefused("There is no such agreement.")
    show(VERSION_COLUMNS, [_version_cells(recorded) for recorded in versions])


@agreements.command(
    "add",
    epilog=examples(
        "checkdata agreements add --lead-provider lp-3 --delivery-partner dp-12 --starts-on 2024-09-01 \\",
        "    --first-academic-year 2023 --reason 'Signed, not in the feed yet'",
    ),
)
def add_agreement(  # noqa: PLR0913 - what an agreement is made of
    *,
    lead_provider: Annotated[str, typer.Option("--lead-provider", metavar="ID", help="The lead provider, by its id.")],
    delivery_partner: Annotated[
        str, typer.Option("--delivery-partner", metavar="ID", help="The delivery partner, by its id.")
    ],
    starts_on: Annotated[
        datetime, typer.Option("--starts-on", formats=["%Y-%m-%d"], metavar="DATE", help="The first day in force.")
    ],
    ends_on: Annotated[
        datetime | None,
        typer.Option("--ends-on", formats=["%Y-%m-%d"], metavar="DATE", help="The last day; no end unless set."),
    ] = None,
    first_academic_year: YearOption = None,
    last_academic_year: YearOption = None,
    covers_unconfirmed: Annotated[
        bool,
        typer.Option(
            "--covers-unconfirmed/--not-unconfirmed", help="Participants without a confirmed lead provider too."
        ),
    ] = True,
    reason: ReasonOption,
) -> None:
    """Add an agreement that the feed does not have.

    Users who may see what it covers see it from the next request on. How many participants that is, is said first. It
    is recorded as an operator's, who needs no second person. A support user does, for one that starts in the past, or
    covers more or lasts longer than before.
    """
    new = NewAgreement(
        lead_provider_id=LeadProviderId(lead_provider),
        delivery_partner_id=delivery_partner,
        starts_on=starts_on.date(),
        ends_on=None if ends_on is None else ends_on.date(),
        first_academic_year=first_academic_year,
        last_academic_year=last_academic_year,
        covers_unconfirmed=covers_unconfirmed,
        reason=reason,
    )
    with composition() as composed:
        widening = composed.manage_agreements.effect_of_adding(new).widening
        typer.echo("No participant comes into view." if widening is None else displayed(widening.summary), err=True)
        added = composed.manage_agreements.add(new)
    typer.echo(f"Added: {added.id}")


@agreements.command(
    "end",
    epilog=examples(
        "checkdata agreements end dsa-12 --reason 'Contract over'",
        "checkdata agreements end dsa-12 --last-day 2024-08-31 --reason 'Contract over' --yes",
    ),
)
def end_agreement(
    agreement_id: Annotated[str, typer.Argument(metavar="AGREEMENT_ID", help="The agreement, by its id.")],
    *,
    last_day: Annotated[
        datetime | None,
        typer.Option("--last-day", formats=["%Y-%m-%d"], metavar="DATE", help="It ends now unless set."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    reason: ReasonOption,
) -> None:
    """End an agreement, now or after its last day.

    What that does is said first: who loses access, and how many participants leave view.
    """
    until = None if last_day is None else last_day.date()
    with composition() as composed:
        effect = composed.manage_agreements.effect_of_ending(agreement_id, last_day=until)
        _tell(effect)
        if not yes:
            _ask()
        seen = form_digest(effect.agreement.agreement)
        composed.manage_agreements.end(agreement_id, reason=reason, last_day=until, seen=seen)
        typer.echo("Done: the agreement is ended.")
        composed.recall_files.do_due()
        recall = composed.confirm_deletion.state_of(agreement_id)
    if recall is None:
        typer.echo("Files downloaded under it are recalled once its last day is over.")
    else:
        typer.echo(f"Files to be deleted, of which their holders are asked by mail: {len(recall.files):,}")
        for each in recall.files:
            typer.echo(f"  {recalled_line(each)}")


@agreements.command("recall", epilog=examples("checkdata agreements recall"))
def recall_files() -> None:
    """Recall the files of agreements that are over, remind those who hold them, and show what is not confirmed yet.

    `checkdata serve` does it all the time.
    """
    with composition() as composed:
        done = composed.recall_files.do_due()
        open_recalls = composed.confirm_deletion.open_recalls()
    typer.echo(f"{done.opened:,} recalls opened, {done.withdrawn:,} withdrawn, {done.mailed:,} users mailed.")
    for recall in open_recalls:
        waiting = [each for each in recall.files if each.file.deleted_at is None]
        if waiting:
            typer.echo(f"Agreement {recall.recall.agreement_id}, not confirmed: {len(waiting):,}")
            for each in waiting:
                typer.echo(f"  {recalled_line(each)}")


def _tell(effect: EffectOfEnding) -> None:
    named = effect.agreement
    typer.echo(f"{_partner(named)} and {_lead(named)}, from {effect.ended_on.isoformat()}:")
    typer.echo(f"Users who lose access: {len(effect.users):,}")
    for user in effect.users:
        typer.echo(f"  {user.email}")
    typer.echo(f"Participants who leave view: {effect.participants:,}")


def _ask() -> None:
    if not sys.stdin.isatty():
        raise ChangeRefused("Nothing was changed. Use --yes if there is no one to ask.")
    if not typer.confirm("End this agreement?"):
        raise ChangeRefused("Nothing was changed.")


def _state(named: NamedAgreement, today: date) -> str:
    return "in force" if named.in_force else ("not started" if named.agreement.lasts_beyond(today) else "ended")


def _cells(named: NamedAgreement | DraftInDetail, state: str) -> Cells:
    agreement = named.agreement
    return (
        agreement.id,
        _partner(named),
        _lead(named),
        agreement.starts_on.isoformat(),
        "" if agreement.last_day is None else agreement.last_day.isoformat(),
        *_years(agreement),
        "yes" if agreement.covers_unconfirmed else "no",
        state,
    )


def _version_cells(recorded: RecordedVersion) -> Cells:
    version, agreement = recorded.version, recorded.version.agreement
    return (
        "before the history" if version.recorded_at == BEFORE_HISTORY else when(version.recorded_at),
        _recorder(recorded),
        agreement.delivery_partner_id,
        agreement.lead_provider_id,
        agreement.starts_on.isoformat(),
        "" if agreement.last_day is None else agreement.last_day.isoformat(),
        *_years(agreement),
        "yes" if agreement.covers_unconfirmed else "no",
        "yes" if version.removed else "no",
    )


def _recorder(recorded: RecordedVersion) -> str:
    version = recorded.version
    if version.import_id is not None:
        return f"import {version.import_id}"
    if version.recorded_by is not None:
        return version.recorded_by if recorded.by is None else str(recorded.by.email)
    return "" if version.recorded_at == BEFORE_HISTORY else "an operator"


def _years(agreement: Agreement) -> Cells:
    years = agreement.first_academic_year, agreement.last_academic_year
    return tuple("" if year is None else str(year) for year in years)


def _partner(named: NamedAgreement | DraftInDetail) -> str:
    return f"{displayed(named.delivery_partner.name)} ({named.delivery_partner.id})"


def _lead(named: NamedAgreement | DraftInDetail) -> str:
    return f"{displayed(named.lead_provider.name)} ({named.lead_provider.id})"
