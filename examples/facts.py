"""Rows of a service's own tables (`tables.sql`) as the facts that a decision needs; other examples share it."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from checkdata import (
    AccessFacts,
    Acting,
    Agreement,
    DeliveryPartner,
    EmailAddress,
    Grant,
    InvalidValue,
    LeadProviderId,
    User,
    UserId,
)


def acting_of(user_id: str, partner_id: str) -> Acting | None:
    """Who asks, and for which partner; None if one of the two can be no id, as a blank one."""
    try:
        return Acting(UserId(user_id), DeliveryPartner(partner_id))
    except InvalidValue:
        return None


class Row(Protocol):
    """A row of a table, by the names of its columns."""

    def __getitem__(self, name: str, /) -> Any: ...


def facts_of(user: Row | None, memberships: Iterable[Row], agreements: Iterable[Row]) -> AccessFacts:
    """The facts about one user; None is a user whom the tables do not have, and every decision refuses.

    Memberships of others and agreements of other partners may be among the rows: they never count.
    """
    return AccessFacts(
        user=None if user is None else _user(user),
        grants=[_grant(row) for row in memberships],
        agreements=[_agreement(row) for row in agreements],
    )


def _user(row: Row) -> User:
    email = EmailAddress.to_look_up(row["email"])  # an old address may be one that can't be mailed
    return User(id=UserId(row["id"]), email=email, name=row["name"], suspended=bool(row["suspended"]))


def _grant(row: Row) -> Grant:
    return Grant(
        id=row["id"],
        user_id=UserId(row["user_id"]),
        organisation=DeliveryPartner(row["partner_id"]),
        granted_on=_day(row["since"]),
        ended_on=_day(row["ended_on"]) if row["ended_on"] is not None else None,
        granted_by=row["given_by"],
        reason=row["why"],
    )


def _agreement(row: Row) -> Agreement:
    return Agreement(
        id=row["id"],
        lead_provider_id=LeadProviderId(row["lead_provider_id"]),
        delivery_partner_id=row["partner_id"],
        starts_on=_day(row["starts_on"]),
        ends_on=_day(row["ends_on"]) if row["ends_on"] is not None else None,  # None is an agreement without an end
        first_academic_year=row["first_year"],  # None is no bound
        last_academic_year=row["last_year"],
    )


def _day(value: date | str) -> date:
    """A day of London; SQLite's own driver gives a text."""
    return value if isinstance(value, date) else date.fromisoformat(value)
