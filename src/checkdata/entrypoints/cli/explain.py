"""``checkdata explain``: why a user can or can't see a participant."""

from datetime import date, datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

from checkdata.domain.people.organisations import Organisation, Role, organisation_of
from checkdata.domain.services.access.explain_access import Explained, ExplainedRole
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.cli.help import ROLE_NAMES, name_and_id
from checkdata.entrypoints.cli.use_cases import composition
from checkdata.entrypoints.cli.which_participant import ParticipantArgument, SchoolOption, the_participant

_LONDON: Final = ZoneInfo("Europe/London")


def explain_access(  # noqa: PLR0913 - what can be asked
    user: Annotated[str, typer.Argument(metavar="USER", help="The user's email address.")],
    participant: ParticipantArgument,
    *,
    school: SchoolOption = "",
    role: Annotated[Role | None, typer.Option("--role", help="Only in this role; use with --organisation.")] = None,
    organisation: Annotated[
        str | None, typer.Option("--organisation", metavar="ID", help="Only for this organisation; use with --role.")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], metavar="DATE", help="A past day; today unless set."),
    ] = None,
    as_known_at: Annotated[
        datetime | None,
        typer.Option(
            "--as-known-at",
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
            metavar="MOMENT",
            help="By what was known at a past moment, in UK time, like 2024-03-01T14:30; what is known now unless set.",
        ),
    ] = None,
) -> None:
    """Tell whether a user sees a participant, with each rule and its answer.

    The answer comes from the rules that decide what the pages show. For a past day, access, agreements and the
    participant's row count as they stood at its end. Agreements count as they are known now, or were known at a
    moment.
    """
    only = _organisation(role, organisation)
    with composition() as composed:
        explained = composed.explain_access.explain(
            EmailAddress.of(user),
            the_participant(composed, participant, school),
            organisation=only,
            on=None if on is None else on.date(),
            as_known_at=None if as_known_at is None else as_known_at.replace(tzinfo=_LONDON),
        )
    _tell(explained)


def _organisation(role: Role | None, organisation_id: str | None) -> Organisation | None:
    if (role is None) != (organisation_id is None):
        raise typer.BadParameter("--role and --organisation go together.")
    return None if role is None else organisation_of(role, organisation_id or "")


def _tell(explained: Explained) -> None:
    outcome = "can" if explained.visible else "can't"
    known = "" if explained.as_known_at is None else f", by what was known at {explained.as_known_at:%Y-%m-%dT%H:%M:%S}"
    told = f"see participant {explained.participant_id} on {explained.on.isoformat()}{known}."
    typer.echo(f"{explained.user.email} {outcome} {told}")
    for explained_role in explained.roles:
        _tell_role(explained_role, explained.on)
    if not explained.roles:
        typer.echo("They never had access for any organisation, so there is nothing to decide.")


def _tell_role(role: ExplainedRole, day: date) -> None:
    seen = "can see" if role.explanation.visible else "can't see"
    typer.echo(f"\nFor {name_and_id(role.organisation)}, {ROLE_NAMES[role.organisation.role]}: {seen}")
    for finding in role.explanation.findings:
        typer.echo(f"  {'yes' if finding.holds else 'no '}  {finding.sentence}")
    if role.corrected:
        then = "can't see" if role.explanation.visible else "can see"
        typer.echo(f"  By what was known on that day, the answer was: {then}. Ask with --as-known-at {day}T23:59:59.")
