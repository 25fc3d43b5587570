"""A small world, taken whole: every combination of its users, grants, agreements and days."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations_with_replacement, product
from typing import Final

from checkdata.domain.access.decision import AccessFacts, Acting
from checkdata.domain.people.organisations import Agreement, DeliveryPartner
from checkdata.domain.people.users import Grant, User
from checkdata.domain.values import EmailAddress, LeadProviderId, UserId
from tests.proof.restatement import Held, Seen, Signed, World

DAYS: Final = (1, 2, 3, 4)
USERS: Final = ("ada", "bea")
PARTNERS: Final = ("north", "south")
LEADS: Final = ("beacon", "harbour")
YEARS: Final = (2023, 2024, 2025)
ENDS: Final = (None, *DAYS)
SPANS: Final = ((None, None), (2024, None), (None, 2023), (2024, 2024))

ROWS: Final = tuple(Seen(*row) for row in product(PARTNERS, (None, "", *LEADS), YEARS))
"""Every row that there can be."""

GRANTS: Final = tuple(Held(*held) for held in product(USERS, PARTNERS, DAYS, ENDS))
"""Every grant that there can be; one that ends before it begins is never active."""

OPEN: Final = Signed("beacon", "north", 1, None, None, None, None, unconfirmed=True)
"""An agreement by which the user's partner sees something on each day."""


def agreements(starts: Sequence[int] = DAYS, ends: Sequence[int | None] = ENDS) -> Iterator[Signed]:
    """Every agreement between these days; none ends before it starts, because no feed may say so."""
    for lead, partner, first, last, ended, span, unconfirmed in product(
        LEADS, PARTNERS, starts, ends, ends, SPANS, (False, True)
    ):
        if last is None or last >= first:
            yield Signed(lead, partner, first, last, ended, *span, unconfirmed)


def worlds_of_grants() -> Iterator[World]:
    """Every user, there, suspended or not there, with every two grants, one or none."""
    for user, suspended in (("", False), *product(USERS, (False, True))):
        for number in range(3):
            for held in combinations_with_replacement(GRANTS, number):
                yield World(user, suspended, held, (OPEN,))


def world_of(*signed: Signed) -> World:
    """A world in which Ada may act for North from the second day to the third, with these agreements."""
    return World("ada", suspended=False, grants=(Held("ada", "north", 2, 4),), agreements=signed)


def day_of(number: int) -> date:
    """The day with this number."""
    return date(2024, 6, 1) + timedelta(days=number)


def facts_of(world: World) -> AccessFacts:
    """The same world as the library is told it."""
    email = EmailAddress("someone@north.example")
    user = User(id=UserId(world.user), email=email, name="Someone", suspended=world.suspended) if world.user else None
    return AccessFacts(
        user=user,
        grants=tuple(_grant(number, held) for number, held in enumerate(world.grants)),
        agreements=tuple(_agreement(number, signed) for number, signed in enumerate(world.agreements)),
    )


def acting(user: str = "ada", partner: str = "north") -> Acting:
    """A user who acts for a partner."""
    return Acting(UserId(user), DeliveryPartner(partner, partner.title()))


def _grant(number: int, held: Held) -> Grant:
    return Grant(
        id=f"g{number}",
        user_id=UserId(held.user),
        organisation=DeliveryPartner(held.partner, held.partner.title()),
        granted_on=day_of(held.given),
        granted_by="support",
        reason="nominated",
        ended_on=None if held.ended is None else day_of(held.ended),
    )


def _agreement(number: int, signed: Signed) -> Agreement:
    return Agreement(
        id=f"a{number}",
        lead_provider_id=LeadProviderId(signed.lead),
        delivery_partner_id=signed.partner,
        starts_on=day_of(signed.first),
        ends_on=None if signed.last is None else day_of(signed.last),
        first_academic_year=signed.first_year,
        last_academic_year=signed.last_year,
        covers_unconfirmed=signed.unconfirmed,
        ended_on=None if signed.ended is None else day_of(signed.ended),
    )
