"""What every adapter of `checkdata.domain.ports.Outbox` must do."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from checkdata.domain.messages import (
    AccessGranted,
    AccessRemoved,
    HowAccessIsGiven,
    OutboxEntry,
    QueuedMessage,
    SignInRequested,
)
from checkdata.domain.organisations import Role
from checkdata.domain.ports import Storage
from checkdata.domain.values import UserId
from tests.contracts.examples import ADA, BEA
from tests.contracts.units_of_work import read, write
from tests.strategies import NOON

MINUTE = timedelta(minutes=1)
GRANTED = AccessGranted(name="Zoë O'Neill", role=Role.DELIVERY_PARTNER, organisation="100% “North” Hub")
MESSAGES: list[QueuedMessage] = [
    SignInRequested(UserId("ada")),
    HowAccessIsGiven(),
    GRANTED,
    AccessRemoved(name="Łukasz", role=Role.APPROPRIATE_BODY, organisation="Borough"),
]


def queue(storage: Storage, *messages: QueuedMessage, at: datetime = NOON) -> None:
    with storage.writing() as work:
        for message in messages:
            work.outbox.queue(ADA.email, message, at)
        work.commit()


def claim(
    storage: Storage, at: datetime = NOON, until: datetime = NOON + 5 * MINUTE, limit: int = 10
) -> Sequence[OutboxEntry]:
    return write(storage, lambda work: work.outbox.claim(at, until, limit))


def test_an_empty_outbox_has_nothing_to_claim(storage: Storage) -> None:
    assert list(claim(storage)) == []


def test_every_kind_of_message_comes_back_as_it_was_queued(storage: Storage) -> None:
    queue(storage, *MESSAGES)
    entries = claim(storage)
    assert [entry.message for entry in entries] == MESSAGES
    assert {(entry.to, entry.queued_at, entry.attempts) for entry in entries} == {(ADA.email, NOON, 1)}
    assert len({entry.id for entry in entries}) == len(MESSAGES)


def test_the_oldest_are_claimed_first_and_no_more_than_asked_for(storage: Storage) -> None:
    queue(storage, MESSAGES[2], at=NOON + 2 * MINUTE)
    queue(storage, MESSAGES[0])
    queue(storage, MESSAGES[1], at=NOON + MINUTE)
    at = NOON + 3 * MINUTE
    assert [entry.message for entry in claim(storage, at, at + MINUTE, limit=2)] == MESSAGES[:2]
    assert [entry.message for entry in claim(storage, at, at + MINUTE, limit=2)] == [MESSAGES[2]]


def test_a_message_is_due_from_the_moment_at_which_it_was_queued(storage: Storage) -> None:
    queue(storage, GRANTED, at=NOON + MINUTE)
    assert list(claim(storage, NOON)) == []
    assert len(claim(storage, NOON + MINUTE)) == 1


def test_nobody_else_gets_a_claimed_message_before_its_time_is_up(storage: Storage) -> None:
    queue(storage, GRANTED)
    first = claim(storage, NOON, NOON + 5 * MINUTE)
    assert list(claim(storage, NOON + 4 * MINUTE)) == []
    again = claim(storage, NOON + 5 * MINUTE, NOON + 10 * MINUTE)
    assert [(entry.id, entry.attempts) for entry in again] == [(first[0].id, 2)]


def test_a_claim_that_is_not_committed_leaves_the_messages_due(storage: Storage) -> None:
    queue(storage, GRANTED)
    with storage.writing() as work:
        assert len(work.outbox.claim(NOON, NOON + MINUTE, 10)) == 1
    assert [entry.attempts for entry in claim(storage)] == [1]


def test_no_message_goes_to_two_of_many_at_once(storage: Storage) -> None:
    queue(storage, *[SignInRequested(UserId(str(number))) for number in range(20)])
    with ThreadPoolExecutor(8) as workers:
        batches = list(workers.map(lambda _: claim(storage, limit=3), range(8)))
    claimed = [entry.id for batch in [*batches, claim(storage, limit=20)] for entry in batch]
    assert len(claimed) == len(set(claimed)) == 20


def test_a_sent_message_is_never_due_again(storage: Storage) -> None:
    queue(storage, GRANTED)
    entry = claim(storage)[0]
    write(storage, lambda work: work.outbox.sent(entry.id, NOON + MINUTE, "<1@x>"))
    assert list(claim(storage, NOON + timedelta(days=999))) == []


def test_a_dropped_message_is_never_due_again_and_was_not_sent(storage: Storage) -> None:
    queue(storage, HowAccessIsGiven())
    entry = claim(storage)[0]
    write(storage, lambda work: work.outbox.dropped(entry.id))
    assert list(claim(storage, NOON + timedelta(days=999))) == []
    assert read(storage, lambda work: work.outbox.last_sent(ADA.email, HowAccessIsGiven)) is None


def test_a_failed_message_is_due_again_when_told_and_not_before(storage: Storage) -> None:
    queue(storage, GRANTED)
    entry = claim(storage)[0]
    write(storage, lambda work: work.outbox.failed(entry.id, NOON + 7 * MINUTE))
    assert list(claim(storage, NOON + 6 * MINUTE)) == []
    assert [e.attempts for e in claim(storage, NOON + 7 * MINUTE, NOON + 8 * MINUTE)] == [2]


def test_a_failed_message_may_be_due_again_sooner_than_its_claim_ran(storage: Storage) -> None:
    queue(storage, GRANTED)
    entry = claim(storage, NOON, NOON + 5 * MINUTE)[0]
    write(storage, lambda work: work.outbox.failed(entry.id, NOON + MINUTE))
    assert len(claim(storage, NOON + MINUTE)) == 1


def test_a_message_that_is_given_up_is_never_due_again(storage: Storage) -> None:
    queue(storage, GRANTED)
    entry = claim(storage)[0]
    write(storage, lambda work: work.outbox.failed(entry.id, None))
    assert list(claim(storage, NOON + timedelta(days=999))) == []
    assert read(storage, lambda work: work.outbox.last_sent(ADA.email, AccessGranted)) is None


def test_what_became_of_one_message_changes_no_other(storage: Storage) -> None:
    queue(storage, *MESSAGES)
    entries = claim(storage, limit=3)
    with storage.writing() as work:
        work.outbox.sent(entries[0].id, NOON, "<1@x>")
        work.outbox.dropped(entries[1].id)
        work.outbox.failed(entries[2].id, None)
        work.commit()
    assert [entry.message for entry in claim(storage)] == [MESSAGES[3]]


def test_nothing_was_sent_before_it_was(storage: Storage) -> None:
    queue(storage, HowAccessIsGiven())
    claim(storage)
    assert read(storage, lambda work: work.outbox.last_sent(ADA.email, HowAccessIsGiven)) is None


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_the_last_of_a_kind_sent_to_an_address_is_known(storage: Storage, order: tuple[int, int]) -> None:
    queue(storage, HowAccessIsGiven(), HowAccessIsGiven(), GRANTED)
    entries = claim(storage)
    with storage.writing() as work:
        for entry, minutes in zip(entries, (*order, 9), strict=True):
            work.outbox.sent(entry.id, NOON + minutes * MINUTE, f"<{entry.id}@x>")
        work.commit()
    with storage.reading() as work:
        assert work.outbox.last_sent(ADA.email, HowAccessIsGiven) == NOON + 2 * MINUTE
        assert work.outbox.last_sent(ADA.email, AccessGranted) == NOON + 9 * MINUTE
        assert work.outbox.last_sent(ADA.email, AccessRemoved) is None
        assert work.outbox.last_sent(BEA.email, HowAccessIsGiven) is None
