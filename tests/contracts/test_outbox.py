"""What every adapter of `checkdata.domain.ports.Outbox` must do."""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from checkdata.domain.mail_records import OutboxEntry, WaitingMail
from checkdata.domain.messages import AccessGranted, AccessRemoved, HowAccessIsGiven, QueuedMessage, SignInRequested
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.domain.values import EmailAddress, UserId
from checkdata.testing._suites.people import ADA, BEA
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


def person(number: int) -> EmailAddress:
    return EmailAddress(f"person{number}@hub.example")


def queue(storage: Storage, *messages: QueuedMessage, at: datetime = NOON, to: EmailAddress | None = None) -> None:
    """Queue messages, each for a person of its own unless told."""
    with storage.writing() as work:
        for number, message in enumerate(messages):
            work.outbox.queue(person(number) if to is None else to, message, at)
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
    assert [entry.to for entry in entries] == list(map(person, range(len(MESSAGES))))
    assert {(entry.queued_at, entry.attempts) for entry in entries} == {(NOON, 1)}
    assert len({entry.id for entry in entries}) == len(MESSAGES)


def test_a_message_has_a_reference_that_is_the_same_in_each_try_and_no_others(storage: Storage) -> None:
    queue(storage, *MESSAGES)
    first, again = claim(storage), claim(storage, NOON + 5 * MINUTE, NOON + 10 * MINUTE)
    assert [entry.reference for entry in first] == [entry.reference for entry in again]
    assert len({entry.reference for entry in first}) == len(MESSAGES)
    assert all(re.fullmatch("[0-9a-f]{32}", entry.reference) for entry in first)


def test_the_oldest_are_claimed_first_and_no_more_than_asked_for(storage: Storage) -> None:
    queue(storage, MESSAGES[2], at=NOON + 2 * MINUTE, to=person(0))
    queue(storage, MESSAGES[0], to=person(1))
    queue(storage, MESSAGES[1], at=NOON + MINUTE, to=person(2))
    at = NOON + 3 * MINUTE
    assert [entry.message for entry in claim(storage, at, at + MINUTE, limit=2)] == MESSAGES[:2]
    assert [entry.message for entry in claim(storage, at, at + MINUTE, limit=2)] == [MESSAGES[2]]


def test_a_message_is_due_from_the_moment_at_which_it_was_queued(storage: Storage) -> None:
    queue(storage, GRANTED, at=NOON + MINUTE)
    assert list(claim(storage, NOON)) == []
    assert len(claim(storage, NOON + MINUTE)) == 1


def test_no_other_sender_gets_a_claimed_message_before_its_time_is_up(storage: Storage) -> None:
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


def test_of_many_at_once_no_sender_gets_a_later_message_to_an_address_before_the_earlier_is_over(
    storage: Storage,
) -> None:
    for _ in range(5):
        queue(storage, *[SignInRequested(UserId("ada"))] * 3)
    with ThreadPoolExecutor(8) as workers:
        batches = list(workers.map(lambda _: claim(storage, limit=2), range(8)))
    claimed = [entry.to for batch in [*batches, claim(storage)] for entry in batch]
    assert sorted(to.value for to in claimed) == [person(number).value for number in range(3)]


def test_an_earlier_message_to_an_address_goes_before_a_later_one_whatever_becomes_of_it(storage: Storage) -> None:
    queue(storage, *MESSAGES, to=ADA.email)
    queue(storage, GRANTED, at=NOON + MINUTE, to=BEA.email)
    told: list[QueuedMessage] = []
    ends: list[Callable[[UnitOfWork, OutboxEntry], None]] = [
        lambda work, entry: work.outbox.sent(entry, NOON),
        lambda work, entry: work.outbox.dropped(entry),
        lambda work, entry: work.outbox.expired(entry),
        lambda work, entry: work.outbox.failed(entry, None, ""),
    ]
    for end in ends:
        [entry] = claim(storage)
        assert list(claim(storage)) == []
        write(storage, lambda work: end(work, entry))  # noqa: B023 - called at once
        told.append(entry.message)
    assert told == MESSAGES
    assert [entry.to for entry in claim(storage, NOON + MINUTE)] == [BEA.email]


def test_a_later_message_waits_for_the_next_try_of_an_earlier_one(storage: Storage) -> None:
    queue(storage, MESSAGES[0], MESSAGES[1], to=ADA.email)
    [entry] = claim(storage)
    write(storage, lambda work: work.outbox.failed(entry, NOON + 7 * MINUTE, "Busy."))
    assert list(claim(storage, NOON + 6 * MINUTE)) == []
    assert [e.id for e in claim(storage, NOON + 7 * MINUTE, NOON + 8 * MINUTE)] == [entry.id]


def test_a_message_that_is_given_back_was_not_tried(storage: Storage) -> None:
    queue(storage, MESSAGES[0], to=ADA.email)
    [entry] = claim(storage)
    write(storage, lambda work: work.outbox.given_back(entry, NOON + MINUTE))
    assert list(claim(storage)) == []
    [again] = claim(storage, NOON + MINUTE)
    assert (again.id, again.attempts) == (entry.id, entry.attempts)
    write(storage, lambda work: work.outbox.given_back(entry, NOON + MINUTE))  # who lost the claim gives nothing back
    assert list(claim(storage, NOON + 2 * MINUTE)) == []


def test_a_new_message_to_an_address_lets_an_earlier_one_be_tried_at_once_and_begin_again(storage: Storage) -> None:
    queue(storage, MESSAGES[0], to=ADA.email)
    queue(storage, MESSAGES[1], to=BEA.email)
    for entry in claim(storage):
        write(storage, lambda work: work.outbox.failed(entry, NOON + 99 * MINUTE, "Busy."))  # noqa: B023 - called at once
    queue(storage, GRANTED, at=NOON + MINUTE, to=ADA.email)
    at = NOON + MINUTE
    assert [(e.message, e.attempts) for e in claim(storage, at, at + MINUTE)] == [(MESSAGES[0], 1)]


def test_a_new_message_takes_none_from_who_is_sending_it(storage: Storage) -> None:
    queue(storage, MESSAGES[0], to=ADA.email)
    claim(storage)
    queue(storage, GRANTED, to=ADA.email)
    assert list(claim(storage, NOON + 4 * MINUTE)) == []


def test_a_sent_message_is_never_due_again(storage: Storage) -> None:
    queue(storage, GRANTED)
    entry = claim(storage)[0]
    write(storage, lambda work: work.outbox.sent(entry, NOON + MINUTE))
    assert list(claim(storage, NOON + timedelta(days=999))) == []


@pytest.mark.parametrize("how", ["dropped", "expired", "given up"])
def test_a_message_that_is_over_is_never_due_again_and_was_not_sent(storage: Storage, how: str) -> None:
    queue(storage, HowAccessIsGiven())
    entry = claim(storage)[0]
    with storage.writing() as work:
        match how:
            case "dropped":
                work.outbox.dropped(entry)
            case "expired":
                work.outbox.expired(entry)
            case _:
                work.outbox.failed(entry, None, "It refused.")
        work.commit()
    assert list(claim(storage, NOON + timedelta(days=999))) == []
    assert read(storage, lambda work: work.outbox.last_sent(person(0), HowAccessIsGiven)) is None


def test_a_failed_message_is_due_again_when_told_and_not_before(storage: Storage) -> None:
    queue(storage, GRANTED)
    entry = claim(storage)[0]
    write(storage, lambda work: work.outbox.failed(entry, NOON + 7 * MINUTE, "Busy."))
    assert list(claim(storage, NOON + 6 * MINUTE)) == []
    assert [e.attempts for e in claim(storage, NOON + 7 * MINUTE, NOON + 8 * MINUTE)] == [2]


def test_a_failed_message_may_be_due_again_sooner_than_its_claim_ran(storage: Storage) -> None:
    queue(storage, GRANTED)
    entry = claim(storage, NOON, NOON + 5 * MINUTE)[0]
    write(storage, lambda work: work.outbox.failed(entry, NOON + MINUTE, "Busy."))
    assert len(claim(storage, NOON + MINUTE)) == 1


def test_a_sender_that_lost_its_claim_changes_nothing_by_a_failure_and_all_by_a_success(storage: Storage) -> None:
    queue(storage, GRANTED)
    lost = claim(storage)[0]
    at = NOON + 5 * MINUTE
    [held] = claim(storage, at, at + 5 * MINUTE)
    with storage.writing() as work:
        work.outbox.failed(lost, NOON, "Busy.")
        work.outbox.dropped(lost)
        work.outbox.expired(lost)
        work.commit()
    assert list(claim(storage, at + MINUTE)) == []
    write(storage, lambda work: work.outbox.sent(lost, at))
    write(storage, lambda work: work.outbox.failed(held, at, "Busy."))
    assert list(claim(storage, at + timedelta(days=999))) == []
    assert read(storage, lambda work: work.outbox.last_sent(person(0), AccessGranted)) == at


def test_what_became_of_one_message_changes_no_other(storage: Storage) -> None:
    queue(storage, *MESSAGES)
    entries = claim(storage, limit=3)
    with storage.writing() as work:
        work.outbox.sent(entries[0], NOON)
        work.outbox.dropped(entries[1])
        work.outbox.failed(entries[2], None, "It refused.")
        work.commit()
    assert [entry.message for entry in claim(storage)] == [MESSAGES[3]]


def test_a_message_waits_until_it_is_over(storage: Storage) -> None:
    def waits(kind: type[QueuedMessage] = HowAccessIsGiven, to: EmailAddress = ADA.email) -> bool:
        return read(storage, lambda work: work.outbox.waits(to, kind))

    assert not waits()
    queue(storage, HowAccessIsGiven(), to=ADA.email)
    assert (waits(), waits(SignInRequested), waits(to=BEA.email)) == (True, False, False)
    [entry] = claim(storage)
    assert waits()
    write(storage, lambda work: work.outbox.failed(entry, NOON, "Busy."))
    assert waits()
    [entry] = claim(storage)
    write(storage, lambda work: work.outbox.sent(entry, NOON))
    assert not waits()


def test_nothing_was_sent_before_it_was(storage: Storage) -> None:
    queue(storage, HowAccessIsGiven())
    claim(storage)
    assert read(storage, lambda work: work.outbox.last_sent(person(0), HowAccessIsGiven)) is None


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_the_last_of_a_kind_sent_to_an_address_is_known(storage: Storage, order: tuple[int, int]) -> None:
    queue(storage, HowAccessIsGiven(), HowAccessIsGiven(), GRANTED, to=ADA.email)
    for minutes in (*order, 9):
        [entry] = claim(storage)
        write(storage, lambda work: work.outbox.sent(entry, NOON + minutes * MINUTE))  # noqa: B023 - called at once
    with storage.reading() as work:
        assert work.outbox.last_sent(ADA.email, HowAccessIsGiven) == NOON + 2 * MINUTE
        assert work.outbox.last_sent(ADA.email, AccessGranted) == NOON + 9 * MINUTE
        assert work.outbox.last_sent(ADA.email, AccessRemoved) is None
        assert work.outbox.last_sent(BEA.email, HowAccessIsGiven) is None


def test_what_is_still_to_be_sent_is_counted_and_nothing_else(storage: Storage) -> None:
    assert read(storage, lambda work: work.outbox.waiting()) == WaitingMail(number=0)
    queue(storage, GRANTED, to=person(0))
    queue(storage, *MESSAGES[:2], at=NOON + MINUTE)
    first, second = claim(storage, NOON + MINUTE, NOON + 9 * MINUTE, limit=2)
    write(storage, lambda work: work.outbox.sent(first, NOON + 2 * MINUTE))
    write(storage, lambda work: work.outbox.failed(second, NOON + 30 * MINUTE, "later"))
    waiting = WaitingMail(number=2, queued_at=NOON + MINUTE, due_at=NOON + MINUTE)
    assert read(storage, lambda work: work.outbox.waiting()) == waiting
    (third,) = claim(storage, NOON + 2 * MINUTE)
    write(storage, lambda work: work.outbox.failed(third, None, "never"))
    waiting = WaitingMail(number=1, queued_at=NOON + MINUTE, due_at=NOON + 30 * MINUTE)
    assert read(storage, lambda work: work.outbox.waiting()) == waiting
