"""Links, sessions and reference data in order, to be changed field by field, beside the people of the suites."""

from datetime import timedelta
from typing import Any, Final

from attrs import evolve

from checkdata.domain.feed.contents import References
from checkdata.domain.ports import Storage
from checkdata.domain.sign_in.sessions import Session, SignInLink
from checkdata.testing._suites.people import ADA, BEA, add_users, an_agreement
from tests.contracts.units_of_work import write
from tests.strategies import APPROPRIATE_BODIES, DELIVERY_PARTNERS, LEAD_PROVIDERS, NOON, SCHOOLS

REFERENCES: Final = References(
    lead_providers=LEAD_PROVIDERS,
    delivery_partners=DELIVERY_PARTNERS,
    appropriate_bodies=APPROPRIATE_BODIES,
    schools=SCHOOLS,
    agreements=[an_agreement(), an_agreement("a2", delivery_partner_id="both", ends_on=None)],
)


def a_link(digest: str = "l1", **changes: Any) -> SignInLink:  # noqa: ANN401 - any field
    link = SignInLink(digest=digest, user_id=ADA.id, created_at=NOON, expires_at=NOON + timedelta(minutes=60))
    return evolve(link, **changes)


def a_session(digest: str = "s1", **changes: Any) -> Session:  # noqa: ANN401 - any field
    return evolve(Session(digest=digest, user_id=ADA.id, started_at=NOON, seen_at=NOON), **changes)


def put(storage: Storage, references: References) -> None:
    write(storage, lambda work: work.feed_store.put_references(references))


def with_people(storage: Storage) -> None:
    """Add Ada, Bea and all reference data."""
    put(storage, REFERENCES)
    add_users(storage, ADA, BEA)
