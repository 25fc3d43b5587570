from datetime import timedelta

import pytest
from attrs import define, evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from checkdata.adapters.memory import MemoryMailer
from checkdata.domain.errors import MailHeldBack, StorageUnavailable
from checkdata.domain.mail_records import MailState
from checkdata.domain.messages import AccessGranted, AccessRemoved, HowAccessIsGiven, Message, SignInLinkMessage
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.domain.services.mail.send_mail import CLAIMED_FOR, MOST_TRIES, SendingResult, SendMail
from checkdata.domain.values import EmailAddress
from tests.unit.services.world import ANN, World

STRANGER = "stranger@else.example"


def test_nothing_is_sent_inside_the_request(world: World) -> None:
    world.sign_in.request_link(STRANGER, "192.0.2.1")
    assert world.mailer.sent == []


def test_a_message_is_sent_once(world: World) -> None:
    world.add()
    assert world.send_mail.send_due() == SendingResult(sent=1)
    assert world.send_mail.send_due() == SendingResult()


def test_an_unknown_address_is_told_how_access_is_given_once_a_day(world: World) -> None:
    for _ in range(3):
        world.sign_in.request_link(STRANGER, "192.0.2.1")
        world.send_mail.send_due()
        world.pass_time(hours=7)
    assert [message for _, message in world.mailer.sent] == [HowAccessIsGiven()]
    world.pass_time(hours=4)
    world.sign_in.request_link(STRANGER, "192.0.2.1")
    world.send_mail.send_due()
    assert len(world.mailer.sent) == 2


def test_a_known_address_gets_a_link_each_time(world: World) -> None:
    world.add()
    assert len({world.link() for _ in range(3)}) == 3


def test_what_could_not_be_handed_over_is_tried_again_later(world: World) -> None:
    world.add()
    world.mailer = MemoryMailer(unreachable={ANN})
    assert world.send_mail.send_due() == SendingResult(failed=1, reasons={"The mail could not be handed over.": 1})
    assert world.send_mail.send_due() == SendingResult()
    world.mailer = MemoryMailer()
    world.pass_time(seconds=30)
    assert world.send_mail.send_due() == SendingResult(sent=1)


def test_what_is_refused_for_good_is_not_tried_again(world: World) -> None:
    world.add()
    world.mailer = MemoryMailer(unknown={ANN})
    assert world.send_mail.send_due() == SendingResult(failed=1, reasons={"The mail was refused.": 1})
    world.mailer = MemoryMailer()
    world.pass_time(days=1)
    assert not world.send_mail.send_due()


def test_after_six_tries_a_message_is_given_up(world: World) -> None:
    world.add()
    world.mailer = MemoryMailer(unreachable={ANN})
    tries = 0
    for _ in range(20):
        tries += world.send_mail.send_due().failed
        world.pass_time(days=1)
    assert tries == 6


class HoldsBack:
    """A mailer that takes no mail at all."""

    def __init__(self) -> None:
        self.asked = 0

    def send(self, _to: EmailAddress, _message: Message, _reference: str, /) -> None:
        self.asked += 1
        msg = "The key is wrong."
        raise MailHeldBack(msg)


def test_where_no_mail_is_taken_sending_stops_says_why_and_counts_no_try(world: World) -> None:
    for address in ("one@else.example", "two@else.example"):
        world.sign_in.request_link(address, "192.0.2.1")
    mailer = HoldsBack()
    for _ in range(3 * MOST_TRIES):
        world.pass_time(minutes=1)
        assert evolve(world.send_mail, mailer=mailer).send_due() == SendingResult(held_back="The key is wrong.")
    assert mailer.asked == 3 * MOST_TRIES
    world.pass_time(minutes=1)
    assert world.send_mail.send_due() == SendingResult(sent=2)


def test_a_message_whose_sender_died_is_sent_by_another(world: World) -> None:
    world.add()
    with world.storage.writing() as work:
        work.outbox.claim(world.now, world.now.replace(minute=5), 10)
        work.commit()
    assert world.send_mail.send_due() == SendingResult()
    world.pass_time(minutes=5)
    assert world.send_mail.send_due() == SendingResult(sent=1)


def test_what_was_not_to_be_sent_is_told_for_more_may_be_due(world: World) -> None:
    for _ in range(2):
        world.sign_in.request_link(STRANGER, "192.0.2.1")
        done = world.send_mail.send_due()
    assert done == SendingResult(dropped=1)
    assert done
    assert not world.send_mail.send_due()


@frozen
class Stumbling:
    """A mailer that breaks off at one address, as at one that no header can hold."""

    at: EmailAddress
    mailer: MemoryMailer
    error: Exception

    def send(self, to: EmailAddress, message: Message, reference: str, /) -> None:
        if to == self.at:
            raise self.error
        self.mailer.send(to, message, reference)


@pytest.mark.parametrize(
    "error",
    [ValueError("ann@north.example"), IndexError(), UnicodeEncodeError("ascii", "é", 0, 1, "x"), RecursionError()],
)
def test_a_fault_of_one_message_touches_no_other_and_names_no_user(world: World, error: Exception) -> None:
    world.add()
    world.sign_in.request_link(STRANGER, "192.0.2.1")
    sending = evolve(world.send_mail, mailer=Stumbling(ANN, world.mailer, error))
    done = sending.send_due()
    assert (done.sent, done.failed) == (1, 1)
    assert [to for to, _ in world.mailer.sent] == [EmailAddress(STRANGER)]
    assert "@" not in "".join(done.reasons)
    world.pass_time(minutes=1)
    assert world.send_mail.send_due() == SendingResult(sent=1)


def test_a_message_to_an_address_that_was_stored_before_it_was_refused_is_given_up_at_once(world: World) -> None:
    with world.storage.writing() as work:
        work.outbox.queue(EmailAddress("<p@x.example>"), HowAccessIsGiven(), world.now)
        work.commit()
    world.add()
    done = world.send_mail.send_due()
    assert (done.sent, done.failed) == (1, 1)
    world.pass_time(days=1)
    assert not world.send_mail.send_due()


def test_a_link_that_would_be_past_its_life_is_not_sent_and_a_fresh_one_can_be_asked_for(world: World) -> None:
    world.add()
    world.send_mail.send_due()
    for address in (str(ANN), STRANGER):
        world.sign_in.request_link(address, "192.0.2.1")
    world.pass_time(minutes=60)
    assert world.send_mail.send_due() == SendingResult(expired=2)
    assert not world.send_mail.send_due()
    assert isinstance(world.mailer.sent[-1][1], AccessGranted)
    world.link()
    assert isinstance(world.mailer.sent[-1][1], SignInLinkMessage)


def test_a_link_is_sent_up_to_the_last_moment_of_its_life(world: World) -> None:
    world.add()
    world.send_mail.send_due()
    world.sign_in.request_link(str(ANN), "192.0.2.1")
    world.pass_time(minutes=59, seconds=59)
    assert world.send_mail.send_due() == SendingResult(sent=1)


def test_what_tells_of_access_does_not_expire(world: World) -> None:
    world.add()
    world.pass_time(days=9)
    assert world.send_mail.send_due() == SendingResult(sent=1)


def test_a_message_that_waits_for_its_next_try_expires_in_time(world: World) -> None:
    world.sign_in.request_link(STRANGER, "192.0.2.1")
    world.mailer = MemoryMailer(unreachable={EmailAddress(STRANGER)})
    for _ in range(60):
        world.pass_time(minutes=1)
        world.send_mail.send_due()
    with world.storage.reading() as work:
        assert [mail.state for mail in work.outbox.last_to(EmailAddress(STRANGER), 9)] == [MailState.EXPIRED]


@given(st.floats(0, 1, exclude_max=True), st.integers(1, MOST_TRIES - 1))
def test_retries_are_spread_over_half_of_their_time(chance: float, failures: int) -> None:
    world = World()
    world.add()
    world.mailer = MemoryMailer(unreachable={ANN})
    sending = evolve(world.send_mail, chance=lambda: chance)
    for _ in range(failures):
        before = world.now
        assert sending.send_due().failed == 1
        with world.storage.reading() as work:
            [mail] = work.outbox.last_to(ANN, 1)
        assert mail.due_at is not None
        world.now = mail.due_at
    rest = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
    assert rest[failures - 1] <= world.now - before <= 1.5 * rest[failures - 1]


def test_each_try_of_a_message_goes_out_under_the_same_reference_and_no_other_does(world: World) -> None:
    world.add()
    world.sign_in.request_link(STRANGER, "192.0.2.1")
    world.send_mail.send_due()
    with world.storage.reading() as work:
        known = {mail.entry.reference for to in (ANN, EmailAddress(STRANGER)) for mail in work.outbox.last_to(to, 9)}
    assert known == set(world.mailer.references)
    assert len(known) == 2


def test_what_one_person_is_sent_comes_in_its_order_though_the_first_try_of_it_failed(world: World) -> None:
    world.add()
    world.access.remove(ANN, reason="Moved on")
    world.mailer = MemoryMailer(unreachable={ANN})
    assert world.send_mail.send_due() == SendingResult(failed=1, reasons={"The mail could not be handed over.": 1})
    world.mailer = MemoryMailer()
    world.pass_time(seconds=30)
    world.send_mail.send_due()
    assert [type(message) for _, message in world.mailer.sent] == [AccessGranted, AccessRemoved]


def test_a_user_who_asks_again_need_not_wait_for_the_next_try_of_what_failed_before(world: World) -> None:
    world.add()
    world.mailer = MemoryMailer(unreachable={ANN})
    for _ in range(5):
        world.send_mail.send_due()
        world.pass_time(hours=7)
    world.send_mail.send_due()
    world.mailer = MemoryMailer()
    world.sign_in.request_link(str(ANN), "192.0.2.1")
    world.send_mail.send_due()
    assert [type(message) for _, message in world.mailer.sent][-1] is SignInLinkMessage


def test_a_message_at_which_every_sender_dies_is_given_up(world: World) -> None:
    world.add()
    for _ in range(MOST_TRIES):
        with world.storage.writing() as work:
            assert work.outbox.claim(world.now, world.now + timedelta(minutes=5), 10)
            work.commit()
        world.pass_time(minutes=5)
    assert world.send_mail.send_due().failed == 1
    world.pass_time(days=1)
    assert not world.send_mail.send_due()
    assert world.mailer.sent == []


@define
class Failing:
    """A storage whose units of work that write fail so many times, from one of them on."""

    storage: Storage
    works: int
    fails: int

    def writing(self) -> UnitOfWork:
        self.works -= 1
        if self.works < 0 and self.fails:
            self.fails -= 1
            raise StorageUnavailable
        return self.storage.writing()

    def reading(self) -> UnitOfWork:
        return self.storage.reading()

    def at_once(self) -> UnitOfWork:
        return self.storage.at_once()


def failing_sender(world: World, works: int, fails: int) -> SendMail:
    """Sends over a storage that fails; the clock goes on while the sender waits."""
    storage = Failing(world.storage, works, fails)
    return evolve(world.send_mail, storage=storage, pause=lambda seconds: world.pass_time(seconds=seconds))


@given(fails=st.integers(1, 30))
def test_mail_that_the_storage_does_not_let_be_made_is_given_back_and_not_tried(fails: int) -> None:
    world = World()
    world.add()
    world.send_mail.send_due()
    world.sign_in.request_link(str(ANN), "192.0.2.1")
    sender = failing_sender(world, works=1, fails=fails)
    [entry] = sender.claim(1)
    with pytest.raises(StorageUnavailable):
        sender.send(entry)
    world.pass_time(seconds=2)
    [again] = world.send_mail.claim(1)
    assert (again.id, again.attempts) == (entry.id, 1)


@given(fails=st.integers(1, 30))
def test_mail_that_went_out_is_noted_as_soon_as_the_storage_can(fails: int) -> None:
    world = World()
    world.add()
    sender = failing_sender(world, works=1, fails=fails)
    [entry] = sender.claim(1)
    assert sender.send(entry) == SendingResult(sent=1)
    world.pass_time(hours=1)
    assert world.send_mail.send_due() == SendingResult()
    assert len(world.mailer.sent) == 1


def test_what_became_of_mail_is_noted_no_longer_than_it_is_claimed() -> None:
    world = World()
    world.add()
    sender = failing_sender(world, works=1, fails=10**6)
    [entry] = sender.claim(1)
    begun = world.now
    with pytest.raises(StorageUnavailable):
        sender.send(entry)
    assert world.now - begun < CLAIMED_FOR
