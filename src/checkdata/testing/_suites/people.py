"""People, grants and agreements in order, to be changed field by field, and units of work of one question or change."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from attrs import evolve

from checkdata.domain.people.organisations import (
    Agreement,
    AppropriateBody,
    DeliveryPartner,
    Organisation,
    SupportTeam,
)
from checkdata.domain.people.users import Grant, User
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.domain.values import EmailAddress, LeadProviderId, UserId

Answer = TypeVar("Answer")
Put = Callable[[Iterable[Organisation], Iterable[Agreement]], object]
"""Puts delivery partners, appropriate bodies and agreements into a storage, in place of those with the same ids."""

ADA: Final = User(id=UserId("ada"), email=EmailAddress.of("ada@north.example"), name="Ada Zoë O'Neill")
BEA: Final = User(id=UserId("Bea"), email=EmailAddress.of("bea@south.example"), name="Bea 100%_\\")
NORTH: Final = DeliveryPartner("north", "North & West Hub")
BOTH: Final = DeliveryPartner("both", "Zoë's Teaching School")
BODY: Final = AppropriateBody("both", "Zoë's Teaching School")
BOROUGH: Final = AppropriateBody("borough", "Borough Council")
ORGANISATIONS: Final = (NORTH, BOTH, BODY, BOROUGH)
SUPPORT: Final = SupportTeam()


def day(offset: int) -> date:
    """The day so many days after that of the examples."""
    return date(2024, 9, 2) + timedelta(days=offset)


def an_agreement(id: str = "a1", **changes: Any) -> Agreement:  # noqa: A002, ANN401 - the field's own name, any field
    """An agreement of North's."""
    agreement = Agreement(
        id=id,
        lead_provider_id=LeadProviderId("ambition"),
        delivery_partner_id=NORTH.id,
        starts_on=day(-30),
        ends_on=day(30),
        first_academic_year=2021,
        last_academic_year=2023,
        covers_unconfirmed=False,
    )
    return evolve(agreement, **changes)


AGREEMENTS: Final = (
    an_agreement("a1"),
    an_agreement("a2", starts_on=day(-900), ends_on=day(-800)),
    an_agreement("a3", starts_on=day(800), ends_on=None, covers_unconfirmed=True),
    an_agreement("a4", first_academic_year=None, last_academic_year=None),
)
OF_ANOTHER: Final = an_agreement("a5", delivery_partner_id=BOTH.id)


def a_grant(id: str = "g1", organisation: Organisation = NORTH, **changes: Any) -> Grant:  # noqa: A002, ANN401 - as above
    """A grant of Ada's."""
    grant = Grant(
        id=id,
        user_id=ADA.id,
        organisation=organisation,
        granted_on=day(-10),
        granted_by="support",
        reason="“nominated” by 100% of\nthem",
        confirmed_by=LeadProviderId("ambition"),
    )
    return evolve(grant, **changes)


def read(storage: Storage, ask: Callable[[UnitOfWork], Answer]) -> Answer:
    """Ask one question."""
    with storage.reading() as work:
        return ask(work)


def write(storage: Storage, change: Callable[[UnitOfWork], object]) -> None:
    """Make one change that lasts."""
    with storage.writing() as work:
        change(work)
        work.commit()


def add_users(storage: Storage, *users: User) -> None:
    """Add them in one unit of work."""
    with storage.writing() as work:
        for user in users:
            work.users.add(user)
        work.commit()


def add_grants(storage: Storage, *grants: Grant) -> None:
    """Add them in one unit of work."""
    with storage.writing() as work:
        for grant in grants:
            work.users.add_grant(grant)
        work.commit()
