"""Many people at once in memory, on SQLite and on PostgreSQL: one link opens once, one step is taken once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, ConfirmationRefused
from checkdata.domain.mail_records import MailState
from checkdata.domain.messages import AccessGranted, SignInLinkMessage
from checkdata.domain.nominations.steps import NominationState
from checkdata.domain.ports import Storage
from tests.access_world import BOSS, CAT, LEAD, NORTH, AccessWorld

Answer = TypeVar("Answer")


@pytest.fixture
def world(storage: Storage) -> AccessWorld:
    world = AccessWorld(storage=storage)
    world.mails()
    return world


def at_once(*acts: Callable[[], Answer]) -> list[Answer | None]:
    """What comes of acts that begin together; None of those that are refused."""
    together = Barrier(len(acts))

    def run(act: Callable[[], Answer]) -> Answer | None:
        together.wait()
        try:
            return act()
        except (ChangeRefused, ConfirmationRefused):
            return None

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def done(outcomes: list[Answer | None]) -> list[Answer]:
    return [outcome for outcome in outcomes if outcome is not None]


def kinds(world: AccessWorld) -> Counter[AuditKind]:
    return Counter(event.kind for event in world.audit())


def test_of_sixteen_who_open_a_confirmation_link_at_once_one_does(world: AccessWorld) -> None:
    world.asked(by_link=True)
    token = world.link()
    assert len(done(at_once(*[lambda: world.answer_by_link.open(token)] * 16))) == 1


def test_of_many_who_grant_at_once_one_does_with_one_grant_one_mail_and_one_event(world: AccessWorld) -> None:
    confirmed = world.confirmed()
    before = kinds(world)
    grants = [lambda by=by: world.nominate.grant(confirmed, by=by) for by in (world.sue, world.ben) * 4]
    assert len(done(at_once(*grants))) == 1
    assert len(world.grants()) == 1
    assert kinds(world) - before == Counter([AuditKind.GRANT_ADDED])
    mails = [mail for mail in world.help_users.mails(CAT) if isinstance(mail.entry.message, AccessGranted)]
    assert [mail.state for mail in mails] == [MailState.QUEUED]


def test_of_contact_and_policy_who_answer_at_once_one_is_heard(world: AccessWorld) -> None:
    asked = world.asked(by_link=True)
    cookie = world.answer_by_link.open(world.link())
    before = kinds(world)

    def confirm() -> bool:
        world.answer_by_link.answer(cookie, confirms=True)
        return True

    def decline() -> bool:
        world.answer(asked, confirms=False)
        return True

    assert len(done(at_once(*[confirm, decline] * 4))) == 1
    assert kinds(world) - before in (
        Counter([AuditKind.NOMINATION_CONFIRMED]),
        Counter([AuditKind.NOMINATION_DECLINED]),
    )
    assert world.nomination(asked).state in (NominationState.CONFIRMED, NominationState.DECLINED)


def test_of_many_who_nominate_the_same_person_at_once_one_does(world: AccessWorld) -> None:
    def by_mail() -> object:
        return world.receive()

    def by_colleague() -> object:
        return world.nominate.nominate(CAT, "Cat Lee", by=world.bob)

    assert len(done(at_once(*[by_mail, by_colleague] * 4))) == 1
    assert len(world.queue.open()) == 1


def test_of_many_who_end_an_agreement_at_once_one_does(world: AccessWorld) -> None:
    ends = [lambda: world.manage_agreements.end("ag-1", reason="Over")] * 8
    assert len(done(at_once(*ends))) == 1
    assert kinds(world)[AuditKind.AGREEMENT_ENDED] == 1


def test_of_granting_by_nomination_and_by_an_operator_at_once_one_gives_access(world: AccessWorld) -> None:
    confirmed = world.confirmed()

    def by_nomination() -> object:
        return world.nominate.grant(confirmed, by=world.ben)

    def by_operator() -> object:
        return world.add(CAT, NORTH.role, NORTH.id)

    before = kinds(world)
    assert len(done(at_once(*[by_nomination, by_operator] * 3))) == 1
    assert [grant.confirmed_by for grant in world.grants()] == [LEAD.id]
    assert kinds(world) - before == Counter([AuditKind.GRANT_ADDED])


Change = Callable[[AccessWorld], object]

ONCE: dict[AuditKind, Change] = {
    AuditKind.GRANT_ENDED: lambda world: world.access.remove(BOSS, reason="Left"),
    AuditKind.USER_SUSPENDED: lambda world: world.access.suspend(BOSS, reason="Investigation"),
    AuditKind.ADDRESS_CHANGED: lambda world: world.help_users.change_address(BOSS, CAT, reason="Married"),
    AuditKind.SESSIONS_ENDED: lambda world: world.help_users.end_sessions(BOSS, reason="Lost laptop"),
}


@pytest.mark.parametrize("kind", ONCE, ids=lambda kind: kind.value)
def test_of_many_who_change_a_user_the_same_way_at_once_one_does(world: AccessWorld, kind: AuditKind) -> None:
    world.sign_in.request_link(str(BOSS), "192.0.2.1")
    [(_, message)] = world.mails()
    assert isinstance(message, SignInLinkMessage)
    world.sign_in.sign_in(message.url.rpartition("/")[2])
    before = kinds(world)
    assert len(done(at_once(*[lambda: ONCE[kind](world)] * 8))) == 1
    assert kinds(world) - before == Counter([kind])


def test_of_two_who_keep_and_remove_a_grant_at_once_neither_undoes_the_other(world: AccessWorld) -> None:
    world.pass_time(days=90)
    [grant] = world.grants(BOSS)

    def keep() -> object:
        return world.review_access.keep(grant.id, by=world.sue)

    def remove() -> object:
        return world.review_access.remove(grant.id, reason="Not used", by=world.ben.user_id)

    assert done(at_once(*[keep, remove] * 4))
    assert kinds(world)[AuditKind.GRANT_ENDED] == 1
    assert list(world.grants(BOSS)) == []
