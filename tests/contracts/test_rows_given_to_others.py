"""An attacker who may add rows gives a token of their own to another user, and it opens nothing."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

import pytest
from attrs import define, evolve, field

from checkdata.adapters.memory import MemoryTokens
from checkdata.domain.errors import ConfirmationRefused, SignInRefused
from checkdata.domain.nomination_messages import ConfirmationRequested
from checkdata.domain.nominations.confirmation_links import ConfirmationLifetimes
from checkdata.domain.ports import Storage
from checkdata.domain.services.nominations.answer_by_link import new_confirmation_link
from checkdata.domain.services.sign_in.make_link import new_link
from checkdata.domain.services.task_steps.bound_tokens import with_token
from checkdata.domain.sign_in.sessions import Lifetimes, LinkPurpose, Session, SignInLink
from checkdata.domain.values import EmailAddress, NominationId
from tests.access_world import CAT, CONTACT, LEAD, AccessWorld
from tests.contracts.units_of_work import write

BROWSER: Final = "what the browser keeps beside the cookie of its session"
MARK_DIGITS: Final = 32
DAN: Final = EmailAddress("dan@north.example")


@define
class RecordingTokens(MemoryTokens):
    """Tokens that keep what was hashed."""

    hashed: list[str] = field(factory=list)

    def __attrs_pre_init__(self) -> None:
        MemoryTokens.__init__(self)

    def digests(self, token: str, /) -> Sequence[str]:
        self.hashed.append(token)
        return super().digests(token)


@pytest.fixture
def world(storage: Storage) -> AccessWorld:
    return AccessWorld(storage=storage)


def a_link(world: AccessWorld) -> str:
    token, link = new_link(world.bob.user_id, world.tokens, world.now, Lifetimes().link, LinkPurpose.SIGN_IN)
    write(world.storage, lambda work: work.sign_ins.add_link(link))
    return token


def bobs(world: AccessWorld) -> tuple[str, Session]:
    """Bob's cookie and his session."""
    cookie = world.sign_in.sign_in(a_link(world), browser=BROWSER).token
    visit = world.sign_in.resume(cookie)
    assert visit is not None
    return cookie, visit.session


def put(world: AccessWorld, session: Session) -> None:
    """Put a row in the place of one with the same digest."""
    write(world.storage, lambda work: work.sign_ins.end_session(session.digest))
    write(world.storage, lambda work: work.sign_ins.add_session(session))


def opens_nothing(world: AccessWorld, text: str) -> None:
    """Rows that give the digest of a text to Sue, as a session and as a link, sign no user in."""
    digest, sue = world.tokens.digest(text), world.sue.user_id
    put(world, Session(digest=digest, user_id=sue, started_at=world.now, seen_at=world.now))
    assert world.sign_in.resume(text) is None
    link = SignInLink(digest=digest, user_id=sue, created_at=world.now, expires_at=world.now + timedelta(hours=1))
    with world.storage.writing() as work:
        if work.sign_ins.link(digest) is None:  # the service's role can't change whose a link is
            work.sign_ins.add_link(link)
            work.commit()
    assert not world.sign_in.link_works(text)
    with pytest.raises(SignInRefused):
        world.sign_in.sign_in(text)


CHANGES: Final[dict[str, Callable[[AccessWorld, Session], Session]]] = {
    "another user's": lambda world, session: evolve(session, user_id=world.sue.user_id),
    "younger": lambda world, session: evolve(session, started_at=world.now + timedelta(hours=1)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_session_that_was_made_anothers_or_younger_by_hand_is_over(
    world: AccessWorld, change: Callable[[AccessWorld, Session], Session]
) -> None:
    cookie, session = bobs(world)
    put(world, session)
    assert world.sign_in.resume(cookie) is not None
    put(world, change(world, session))
    assert world.sign_in.resume(cookie) is None


def test_no_text_that_a_user_knows_the_digest_of_signs_in_as_another_user(world: AccessWorld) -> None:
    link = a_link(world)
    cookie, _ = bobs(world)
    for text in (BROWSER, link, cookie):
        opens_nothing(world, text)


def test_what_is_hashed_of_what_a_client_typed_signs_no_user_in(world: AccessWorld) -> None:
    sue = world.sue.user_id
    session, _ = with_token(world.tokens, Session(user_id=sue, started_at=world.now, seen_at=world.now))
    link, _ = with_token(world.tokens, SignInLink(user_id=sue, created_at=world.now, expires_at=world.now))
    recording = RecordingTokens()
    signing_in = evolve(world.sign_in, tokens=recording)
    for mark in (session[-MARK_DIGITS:], link[-MARK_DIGITS:]):
        signing_in.request_link(f"ann@else.{mark}", f"192.0.2.1 {mark}")
    assert len(recording.hashed) == 4
    for text in recording.hashed:
        opens_nothing(world, text)


def test_a_link_that_was_made_anothers_signs_no_user_in(world: AccessWorld) -> None:
    token, link = new_link(world.bob.user_id, world.tokens, world.now, Lifetimes().link, LinkPurpose.SIGN_IN)
    write(world.storage, lambda work: work.sign_ins.add_link(evolve(link, user_id=world.sue.user_id)))
    assert not world.sign_in.link_works(token)
    with pytest.raises(SignInRefused):
        world.sign_in.sign_in(token)


def both_asked(world: AccessWorld) -> tuple[NominationId, NominationId]:
    """Beacon's contact is asked about two nominees."""
    asked = [world.nominate.ask(world.escalated(email), LEAD.id, by=world.pam, by_link=True).id for email in (CAT, DAN)]
    return asked[0], asked[1]


def test_a_confirmation_link_that_was_made_anothers_opens_nothing(world: AccessWorld) -> None:
    first, second = both_asked(world)
    request = ConfirmationRequested(nomination_id=first, lead_provider_id=LEAD.id)
    token, link = new_confirmation_link(request, CONTACT, world.tokens, world.now, ConfirmationLifetimes())
    write(world.storage, lambda work: work.confirmations.add_link(evolve(link, nomination_id=second)))
    assert not world.answer_by_link.link_works(token)
    with pytest.raises(ConfirmationRefused):
        world.answer_by_link.open(token)


def test_a_visit_that_was_made_anothers_answers_nothing(world: AccessWorld) -> None:
    first, second = both_asked(world)
    request = ConfirmationRequested(nomination_id=first, lead_provider_id=LEAD.id)
    token, link = new_confirmation_link(request, CONTACT, world.tokens, world.now, ConfirmationLifetimes())
    write(world.storage, lambda work: work.confirmations.add_link(link))
    cookie = world.answer_by_link.open(token)
    with world.storage.writing() as work:
        visit = work.confirmations.visit(world.tokens.digest(cookie))
        assert visit is not None
        work.confirmations.end(first, world.now)
        work.confirmations.add_visit(evolve(visit, nomination_id=second))
        work.commit()
    with pytest.raises(ConfirmationRefused):
        world.answer_by_link.question(cookie)
    with pytest.raises(ConfirmationRefused):
        world.answer_by_link.answer(cookie, confirms=True)
