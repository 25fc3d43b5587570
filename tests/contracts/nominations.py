"""Nominations and confirmation links, to be changed field by field."""

from datetime import datetime, timedelta
from typing import Any, Final

from attrs import evolve

from checkdata.domain.nominations.confirmation_links import ConfirmationLink, ConfirmationVisit
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.nominations.nominee import Nominee
from checkdata.domain.nominations.steps import NominationState, Step
from checkdata.domain.ports import Storage
from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId, UserId
from checkdata.testing._suites.people import NORTH
from tests.strategies import NOON, day

CAT: Final = EmailAddress.of("cat@north.example")
HOUR: Final = timedelta(hours=1)


def a_step(state: NominationState = NominationState.RECEIVED, at: datetime = NOON, **told: Any) -> Step:  # noqa: ANN401 - any field
    return Step(state=state, at=at, **told)


def a_nomination(id: str = "n1", **changes: Any) -> Nomination:  # noqa: A002, ANN401 - the field's own name, any field
    nomination = Nomination(
        id=NominationId(id),
        nominee=Nominee(email=CAT, name="Cat “100%” Ní Łuasaigh"),
        organisation=NORTH,
        nominated_by=EmailAddress.of("ada@north.example"),
        expires_at=NOON + timedelta(days=28),
        steps=(a_step(by=UserId("ada"), reference="Mail 1", note="new\nhere"),),
    )
    return evolve(nomination, **changes)


def then(nomination: Nomination, *states: NominationState, at: datetime = NOON + HOUR) -> Nomination:
    """The nomination with steps to these states, each an hour after the one before."""
    steps = tuple(a_step(state, at + HOUR * number) for number, state in enumerate(states))
    return evolve(nomination, steps=(*nomination.steps, *steps))


FULL: Final = a_nomination(
    "n-full",
    nominee=Nominee(
        email=EmailAddress.of("dee@north.example"),
        name="Dee",
        user_id=UserId("dee"),
        old_email=EmailAddress.of("dee@old.example"),
    ),
    renews="g1",
    steps=(
        a_step(by=UserId("ada"), reference="Mail 2"),
        a_step(NominationState.ESCALATED, NOON + HOUR, by=UserId("bea"), note="Zoë's"),
        a_step(
            NominationState.ASKED,
            NOON + 2 * HOUR,
            by=UserId("bea"),
            lead_provider_id=LeadProviderId("ambition"),
            contact="confirm@ambition.example",
        ),
        a_step(
            NominationState.CONFIRMED,
            NOON + 3 * HOUR,
            lead_provider_id=LeadProviderId("ambition"),
            contact="confirm@ambition.example",
            reference="By the link",
            answered_on=day(0),
        ),
    ),
)
"""One with everything that a step can tell."""


def add(storage: Storage, *nominations: Nomination) -> None:
    with storage.writing() as work:
        for nomination in nominations:
            work.nominations.add(nomination)
        work.commit()


def a_link(digest: str = "c1", **changes: Any) -> ConfirmationLink:  # noqa: ANN401 - any field
    link = ConfirmationLink(
        digest=digest,
        nomination_id=NominationId("n1"),
        lead_provider_id=LeadProviderId("ambition"),
        address=EmailAddress.of("confirm@ambition.example"),
        created_at=NOON,
        expires_at=NOON + timedelta(days=7),
    )
    return evolve(link, **changes)


def a_visit(digest: str = "v1", **changes: Any) -> ConfirmationVisit:  # noqa: ANN401 - any field
    visit = ConfirmationVisit(
        digest=digest,
        nomination_id=NominationId("n1"),
        lead_provider_id=LeadProviderId("ambition"),
        address=EmailAddress.of("confirm@ambition.example"),
        ends_at=NOON + HOUR,
    )
    return evolve(visit, **changes)


def keep(storage: Storage, *links: ConfirmationLink | ConfirmationVisit) -> None:
    with storage.writing() as work:
        for link in links:
            if isinstance(link, ConfirmationLink):
                work.confirmations.add_link(link)
            else:
                work.confirmations.add_visit(link)
        work.commit()
