from datetime import timedelta

from checkdata.adapters.memory import MemoryMailer
from checkdata.domain.messages import HowAccessIsGiven
from checkdata.domain.services.sending import MOST_TRIES, Sent
from tests.unit.services.world import ANN, World

STRANGER = "stranger@else.example"


def test_nothing_is_sent_inside_the_request(world: World) -> None:
    world.signing_in.request_link(STRANGER, "192.0.2.1")
    assert world.mailer.sent == []


def test_a_message_is_sent_once(world: World) -> None:
    world.add()
    assert world.sending.send_due() == Sent(sent=1)
    assert world.sending.send_due() == Sent()


def test_an_unknown_address_is_told_how_access_is_given_once_a_day(world: World) -> None:
    for _ in range(3):
        world.signing_in.request_link(STRANGER, "192.0.2.1")
        world.sending.send_due()
        world.pass_time(hours=7)
    assert [message for _, message in world.mailer.sent] == [HowAccessIsGiven()]
    world.pass_time(hours=4)
    world.signing_in.request_link(STRANGER, "192.0.2.1")
    world.sending.send_due()
    assert len(world.mailer.sent) == 2


def test_a_known_address_gets_a_link_each_time(world: World) -> None:
    world.add()
    assert len({world.link() for _ in range(3)}) == 3


def test_what_could_not_be_handed_over_is_tried_again_later(world: World) -> None:
    world.add()
    world.mailer = MemoryMailer(unreachable={ANN})
    assert world.sending.send_due() == Sent(failed=1, reasons=("The mail could not be handed over.",))
    assert world.sending.send_due() == Sent()
    world.mailer = MemoryMailer()
    world.pass_time(seconds=30)
    assert world.sending.send_due() == Sent(sent=1)


def test_what_is_refused_for_good_is_not_tried_again(world: World) -> None:
    world.add()
    world.mailer = MemoryMailer(unknown={ANN})
    assert world.sending.send_due() == Sent(failed=1, reasons=("The mail was refused.",))
    world.mailer = MemoryMailer()
    world.pass_time(days=1)
    assert not world.sending.send_due()


def test_after_six_tries_a_message_is_given_up(world: World) -> None:
    world.add()
    world.mailer = MemoryMailer(unreachable={ANN})
    tries = 0
    for _ in range(20):
        tries += world.sending.send_due().failed
        world.pass_time(days=1)
    assert tries == 6


def test_a_message_whose_sender_died_is_sent_by_another(world: World) -> None:
    world.add()
    with world.storage.writing() as work:
        work.outbox.claim(world.now, world.now.replace(minute=5), 10)
        work.commit()
    assert world.sending.send_due() == Sent()
    world.pass_time(minutes=5)
    assert world.sending.send_due() == Sent(sent=1)


def test_what_was_not_to_be_sent_is_told_for_more_may_be_due(world: World) -> None:
    for _ in range(2):
        world.signing_in.request_link(STRANGER, "192.0.2.1")
        done = world.sending.send_due()
    assert done == Sent(dropped=1)
    assert done
    assert not world.sending.send_due()


def test_a_message_at_which_every_sender_dies_is_given_up(world: World) -> None:
    world.add()
    for _ in range(MOST_TRIES):
        with world.storage.writing() as work:
            assert work.outbox.claim(world.now, world.now + timedelta(minutes=5), 10)
            work.commit()
        world.pass_time(minutes=5)
    assert world.sending.send_due().failed == 1
    world.pass_time(days=1)
    assert not world.sending.send_due()
    assert world.mailer.sent == []
