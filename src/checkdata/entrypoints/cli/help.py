"""The words that commands share in their help."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Final

import typer

from checkdata.domain.people.organisations import Organisation, Role

EmailOption = Annotated[str, typer.Option("--email", metavar="ADDRESS", help="The user's email address.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="The reason, for the audit log.")]
TodayOption = Annotated[
    datetime | None,
    typer.Option(
        "--today", formats=["%Y-%m-%d"], metavar="DATE", help="Derive statuses as on this day; today unless set."
    ),
]

ROLE_NAMES: Final[Mapping[Role, str]] = {
    Role.DELIVERY_PARTNER: "delivery partner",
    Role.APPROPRIATE_BODY: "appropriate body",
    Role.SUPPORT: "support",
    Role.POLICY: "policy",
    Role.RELATED_SERVICE: "related service",
}


def name_and_id(organisation: Organisation) -> str:
    """An organisation by its name, and its id if it has another one."""
    has_id = organisation.id not in ("", organisation.name)
    return f"{organisation.name} ({organisation.id})" if has_id else organisation.name


def examples(*commands: str) -> str:
    """The end of a command's help: how it is called, a line each."""
    as_they_are = "\b\n"
    lines = "\n".join(f"  {command}" for command in commands)
    return f"{as_they_are}Examples:\n{lines}"


def day_or_today(given: datetime | None, today: date) -> date:
    """The day that ``--today`` names, or *today*."""
    return today if given is None else given.date()
