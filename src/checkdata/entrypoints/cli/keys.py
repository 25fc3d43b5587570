"""``checkdata keys …``: the keys of programs that ask the service."""

from datetime import datetime
from typing import Annotated

import typer

from checkdata.domain.services.access.issue_keys import NewKey
from checkdata.domain.sign_in.api_keys import ApiKey, CallingService, Question, UnderGrant
from checkdata.domain.values import london_date
from checkdata.entrypoints.cli.help import ROLE_NAMES, ReasonOption, examples, name_and_id
from checkdata.entrypoints.cli.tables import Cells, show
from checkdata.entrypoints.cli.use_cases import composition

COLUMNS = ("Id", "Secret begins", "Name", "Of", "May", "State", "Issued on", "Expires on", "Last used on")

keys = typer.Typer(name="keys", no_args_is_help=True, help="Issue keys to services that ask, list keys, revoke them.")


@keys.command(
    "issue",
    epilog=examples(
        "checkdata keys issue --service 'Register trainee teachers' --name production --may evaluation \\",
        "    --may search --expires 2025-03-31 --reason 'Ticket 4711'",
    ),
)
def issue_key(
    *,
    service: Annotated[str, typer.Option("--service", metavar="NAME", help="The service that will ask.")],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What the key is called.")],
    may: Annotated[list[Question], typer.Option("--may", help="What it may ask; once for each.")],
    expires: Annotated[
        datetime,
        typer.Option(
            "--expires", formats=["%Y-%m-%d"], metavar="DATE", help="From this day on it does not work; within a year."
        ),
    ],
    reason: ReasonOption,
) -> None:
    """Issue a key to a service that asks about access. Its secret is shown now and never again.

    Support issues the keys of delivery partners and appropriate bodies.
    """
    new = NewKey(name=name, expires_on=expires.date(), reason=reason)
    with composition() as composed:
        collected = composed.issue_keys.issue_to_service(CallingService(service, may), new)
    typer.echo(f"The key {collected.key.id} is issued. Hand its secret over where nobody else reads it:", err=True)
    typer.echo(collected.secret)


@keys.command("list", epilog=examples("checkdata keys list"))
def list_keys() -> None:
    """Show every key, the newest first."""
    with composition() as composed:
        found, users = composed.issue_keys.listed()
        now = composed.clock()
    rows: list[Cells] = []
    for key in found:
        given = key.given_to
        if isinstance(given, UnderGrant):
            whose = f"{users[given.user_id].email}, {ROLE_NAMES[given.organisation.role]}"
            rows.append(_row(key, f"{whose} {name_and_id(given.organisation)}", "see participants", now))
        else:
            rows.append(_row(key, given.name, ", ".join(sorted(each.value for each in given.may_ask)), now))
    show(COLUMNS, rows)


@keys.command("revoke", epilog=examples("checkdata keys revoke 3f2a9c… --reason 'Found in a log'"))
def revoke_key(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The id of the key, as `checkdata keys list` shows it.")],
    *,
    reason: ReasonOption,
) -> None:
    """End a key for good: the next request with it is refused."""
    with composition() as composed:
        composed.issue_keys.revoke(key_id, reason=reason)
    typer.echo("Done: the key does not work any more.")


def _row(key: ApiKey, whose: str, may: str, now: datetime) -> Cells:
    days = (london_date(key.issued_at), key.expires_on, key.last_used_on)
    state = key.state(now).name.lower()
    return key.id, key.prefix, key.name, whose, may, state, *("" if day is None else day.isoformat() for day in days)
