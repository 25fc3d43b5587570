"""People, grants and reference data in order, to be changed field by field."""

from datetime import timedelta
from typing import Any, Final

from attrs import evolve

from checkdata.domain.feed.contents import References
from checkdata.domain.people.organisations import Agreement, AppropriateBody, DeliveryPartner, Organisation
from checkdata.domain.people.users import Grant, User
from checkdata.domain.ports import Storage
from checkdata.domain.sign_in.sessions import Session, SignInLink
from checkdata.domain.values import EmailAddress, LeadProviderId, UserId
from tests.contracts.units_of_work import write
from tests.strategies import APPROPRIATE_BODIES, DELIVERY_PARTNERS, LEAD_PROVIDERS, NOON, SCHOOLS, day

ADA: Final = User(id=UserId("ada"), email=EmailAddress.of("ada@north.example"), name="Ada Zoë O'Neill")
BEA: Final = User(id=UserId("Bea"), email=EmailAddress.of("bea@south.example"), name="Bea 100%_\\")
NORTH: Final = DeliveryPartner("north", "North & West Hub")
BOTH: Final = DeliveryPartner("both", "Zoë's Teaching School")
BODY: Final = AppropriateBody("both", "Zoë's Teaching School")
BOROUGH: Final = AppropriateBody("borough", "Borough Council")


def an_agreement(id: str = "a1", **changes: Any) -> Agreement:  # noqa: A002, ANN401 - the field's own name, any field
    agreement = Agreement(
        id=id,
        lead_provider_id=LeadProviderId("ambition"),
        delivery_partner_id="north",
        starts_on=day(-30),
        ends_on=day(30),
        first_academic_year=2021,
        last_academic_year=2023,
        covers_unconfirmed=False,
    )
    return evolve(agreement, **changes)


REFERENCES: Final = References(
    lead_providers=LEAD_PROVIDERS,
    delivery_partners=DELIVERY_PARTNERS,
    appropriate_bodies=APPROPRIATE_BODIES,
    schools=SCHOOLS,
    agreements=[an_agreement(), an_agreement("a2", delivery_partner_id="both", ends_on=None)],
)


def a_grant(id: str = "g1", organisation: Organisation = NORTH, **changes: Any) -> Grant:  # noqa: A002, ANN401 - as above
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


def a_link(digest: str = "l1", **changes: Any) -> SignInLink:  # noqa: ANN401 - any field
    link = SignInLink(digest=digest, user_id=ADA.id, created_at=NOON, expires_at=NOON + timedelta(minutes=60))
    return evolve(link, **changes)


def a_session(digest: str = "s1", **changes: Any) -> Session:  # noqa: ANN401 - any field
    return evolve(Session(digest=digest, user_id=ADA.id, started_at=NOON, seen_at=NOON), **changes)


def put(storage: Storage, references: References) -> None:
    write(storage, lambda work: work.feed_store.put_references(references))


def add_users(storage: Storage, *users: User) -> None:
    with storage.writing() as work:
        for user in users:
            work.users.add(user)
        work.commit()


def add_grants(storage: Storage, *grants: Grant) -> None:
    with storage.writing() as work:
        for grant in grants:
            work.users.add_grant(grant)
        work.commit()


def with_people(storage: Storage) -> None:
    """Add Ada, Bea and all reference data."""
    put(storage, REFERENCES)
    add_users(storage, ADA, BEA)
