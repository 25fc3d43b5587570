"""``checkdata users …``: who may sign in, as what."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from checkdata.domain.people.organisations import Role
from checkdata.domain.people.users import Grant, User
from checkdata.domain.services.access.manage_access import NewAccess, UserWithGrants
from checkdata.domain.values import EmailAddress, london_date
from checkdata.entrypoints.cli.founding_users import import_users
from checkdata.entrypoints.cli.help import ROLE_NAMES, EmailOption, ReasonOption, examples, name_and_id
from checkdata.entrypoints.cli.tables import Cells, show, show_csv
from checkdata.entrypoints.cli.use_cases import composition

COLUMNS = ("Email", "Name", "Role", "Organisation", "Since", "Confirmed by", "State")
CSV_COLUMNS = (*COLUMNS[:3], "Organisation id", *COLUMNS[3:], "Second email")

users = typer.Typer(name="users", no_args_is_help=True, help="Give people access, take it away, and list them.")

OrganisationOption = Annotated[
    str | None,
    typer.Option("--organisation", metavar="ID", help="The delivery partner, body or related service, by its id."),
]


@users.command(
    "add",
    epilog=examples(
        "checkdata users add --email jo@hub.org --name 'Jo Lee' --role delivery_partner \\",
        "    --organisation dp-12 --confirmed-by lp-3 --reason 'Ticket 4711'",
        "checkdata users add --email sam@education.org --name 'Sam Ray' --role support --reason 'Joined support'",
    ),
)
def add_user(  # noqa: PLR0913 - what a grant is made of
    *,
    email: EmailOption,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The user's full name.")],
    role: Annotated[Role, typer.Option("--role", help="What they do in the service.")],
    organisation: OrganisationOption = None,
    confirmed_by: Annotated[
        str,
        typer.Option(
            "--confirmed-by",
            metavar="LEAD_PROVIDER_ID",
            help="Who confirmed a delivery partner's user: a lead provider with an agreement in force with it.",
        ),
    ] = "",
    reason: ReasonOption,
) -> None:
    """Give a user access in one role.

    They get an email that they can sign in.
    """
    access = NewAccess(
        email=EmailAddress.of(email),
        name=name,
        role=role,
        organisation_id=organisation or "",
        confirmed_by=confirmed_by,
        reason=reason,
    )
    with composition() as composed:
        composed.manage_access.add(access)
    typer.echo("Done: they can sign in, and an email that tells them so is in the outbox.")


@users.command(
    "change-address",
    epilog=examples("checkdata users change-address --email jo@hub.org --to jo@newhub.org --reason 'Ticket 4711'"),
)
def change_address(
    *,
    email: EmailOption,
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="The new address.")],
    reason: ReasonOption,
) -> None:
    """Change the address with which a user signs in.

    It is recorded as an operator's change. Support can only propose one, which a second support user confirms.
    """
    with composition() as composed:
        composed.help_users.change_address(EmailAddress.to_look_up(email), EmailAddress.of(to), reason=reason)
    typer.echo("Done: they are signed out everywhere, and both addresses get an email that says so.")


@users.command(
    "add-address",
    epilog=examples("checkdata users add-address --email jo@hub.org --to jo@trust.org --reason 'Ticket 4711'"),
)
def add_address(
    *,
    email: EmailOption,
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="The second address.")],
    reason: ReasonOption,
) -> None:
    """Add a second address with which a user may sign in.

    It counts once its holder has opened the link that is mailed to it. Support can only propose one.
    """
    with composition() as composed:
        composed.help_users.add_address(EmailAddress.to_look_up(email), EmailAddress.of(to), reason=reason)
    typer.echo("Done: a link to confirm it is sent to the second address, and an email to the user's own.")


@users.command(
    "remove-address", epilog=examples("checkdata users remove-address --email jo@hub.org --reason 'Left the trust'")
)
def remove_address(*, email: EmailOption, reason: ReasonOption) -> None:
    """Remove a user's second address at once.

    Sessions and links that came by it end.
    """
    with composition() as composed:
        composed.help_users.remove_address(EmailAddress.to_look_up(email), reason=reason)
    typer.echo("Done: no one can sign in with the second address any more.")


users.command(
    "import",
    epilog=examples(
        "checkdata users import named-by-beacon.csv --confirmed-by lp-3 --dry-run",
        "checkdata users import named-by-beacon.csv --confirmed-by lp-3",
    ),
)(import_users)


@users.command("list", epilog=examples("checkdata users list", "checkdata users list --csv > users.csv"))
def list_users(
    *, as_csv: Annotated[bool, typer.Option("--csv", help="As CSV, with roles and organisations by their ids.")] = False
) -> None:
    """Show every user by name, and what access they have now.

    A table; where there is no terminal, lines with tabs between the cells.
    """
    with composition() as composed:
        found = composed.manage_access.search()
        today = london_date(composed.clock())
    if as_csv:
        show_csv(CSV_COLUMNS, [row for user in found for row in _csv_rows(user, user.active(today))])
    else:
        show(COLUMNS, [row for user in found for row in _rows(user, user.active(today))])


@users.command(
    "remove",
    epilog=examples(
        "checkdata users remove --email jo@hub.org --reason 'Left the hub'",
        "checkdata users remove --email jo@hub.org --role appropriate_body --organisation ab-3 --reason 'Other duties'",
    ),
)
def remove_access(
    *,
    email: EmailOption,
    role: Annotated[Role | None, typer.Option("--role", help="Only the access in this role.")] = None,
    organisation: OrganisationOption = None,
    reason: ReasonOption,
) -> None:
    """Remove access, all of it unless a role or organisation is named.

    Their next request is refused, and an email tells them.
    """
    address = EmailAddress.to_look_up(email)
    with composition() as composed:
        ended = composed.manage_access.remove(address, role=role, organisation_id=organisation, reason=reason)
    for grant in ended:
        typer.echo(f"Removed: {name_and_id(grant.organisation)}")


@users.command("suspend", epilog=examples("checkdata users suspend --email jo@hub.org --reason 'Laptop stolen'"))
def suspend_access(*, email: EmailOption, reason: ReasonOption) -> None:
    """Suspend a user from their next request on.

    Their access is kept until they are reinstated.
    """
    with composition() as composed:
        composed.manage_access.suspend(EmailAddress.to_look_up(email), reason=reason)
    typer.echo("Done: they are signed out everywhere and can't sign in.")


@users.command("reinstate", epilog=examples("checkdata users reinstate --email jo@hub.org --reason 'Laptop replaced'"))
def reinstate_access(*, email: EmailOption, reason: ReasonOption) -> None:
    """Let a suspended user sign in again."""
    with composition() as composed:
        composed.manage_access.reinstate(EmailAddress.to_look_up(email), reason=reason)
    typer.echo("Done: they can sign in again, with the access that is still active.")


def _rows(found: UserWithGrants, active: Sequence[Grant]) -> Iterator[Cells]:
    emails = ", ".join(filter(None, (found.user.email.value, _second(found.user))))
    if not active:
        yield emails, *_row(found.user, None, "", "")
    for grant in active:
        access = ROLE_NAMES[grant.organisation.role], name_and_id(grant.organisation)
        yield emails, *_row(found.user, grant, *access)


def _csv_rows(found: UserWithGrants, active: Sequence[Grant]) -> Iterator[Cells]:
    own, second = found.user.email.value, _second(found.user)
    if not active:
        yield own, *_row(found.user, None, "", "", ""), second
    for grant in active:
        of = grant.organisation
        yield own, *_row(found.user, grant, of.role.value, of.id, of.name), second


def _row(user: User, grant: Grant | None, *access: str) -> Cells:
    begun = ("", "") if grant is None else (grant.granted_on.isoformat(), grant.confirmed_by or "")
    state = "suspended" if user.suspended else "no access" if grant is None else "active"
    return user.name, *access, *begun, state


def _second(user: User) -> str:
    """Their second address, "" if they have none."""
    if user.second is None:
        return ""
    return user.second.email.value if user.second.counts else f"{user.second.email} (not confirmed)"
