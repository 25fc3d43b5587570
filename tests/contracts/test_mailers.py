"""What every adapter of `checkdata.domain.ports.Mailer` must do: in memory, in a folder, and over SMTP."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import frozen

from checkdata.adapters.email import Mailbox, MailboxMailer, MailRenderer, Security, SmtpMailer, SmtpServer
from checkdata.adapters.memory import MemoryMailer
from checkdata.domain.errors import DeliveryFailed
from checkdata.domain.messages import (
    AccessGranted,
    AccessLapses,
    AccessRemoved,
    AddressChanged,
    ColleagueLeft,
    ConfirmationLinkMessage,
    HelpRequested,
    HowAccessIsGiven,
    Message,
    NominationClosed,
    NominationConfirmed,
    NominationDeclined,
    NominationEscalated,
    NominationGranted,
    NominationReceived,
    SecondAddressChanged,
    SecondAddressLinkMessage,
    SignInLinkMessage,
)
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import Mailer
from checkdata.domain.values import EmailAddress
from tests.integration.email.smtp_server import UNDELIVERABLE, smtp_server
from tests.strategies import NOON

ADA = EmailAddress.of("ada@north.example")
BEA = EmailAddress.of("o'bea+1@south.example")
UNREACHABLE = EmailAddress.of(UNDELIVERABLE)
LETTERS = MailRenderer(
    sender=EmailAddress.of("no-reply@x.example"), start_page="https://x.example/", clock=lambda: NOON
)
MESSAGES: list[Message] = [
    SignInLinkMessage(url=f"https://x.example/sign-in/{'x' * 75}", lives=timedelta(minutes=60)),
    HowAccessIsGiven(),
    AccessGranted(name="Zoë O'Neill", role=Role.DELIVERY_PARTNER, organisation="100% “North” & Co"),
    AccessRemoved(name="Łukasz", role=Role.POLICY, organisation="Policy"),
    AccessLapses(name="Zoë", role=Role.DELIVERY_PARTNER, organisation="“North”", unused=True, ends_on="2024-07-01"),
    AddressChanged(name="Zoë O'Neill", is_new=True),
    AddressChanged(name="Zoë O'Neill", is_new=False),
    SecondAddressChanged(name="Zoë O'Neill", added=True),
    SecondAddressLinkMessage(url=f"https://x.example/sign-in/{'x' * 75}", lives=timedelta(days=7)),
    ConfirmationLinkMessage(
        url=f"https://x.example/confirm/{'x' * 75}",
        lives=timedelta(days=7),
        lead_provider="Élan",
        role=Role.APPROPRIATE_BODY,
        organisation="100% “North” & Co",
    ),
    NominationDeclined(nominee="Łukasz", role=Role.APPROPRIATE_BODY, organisation="Borough"),
    NominationEscalated(role=Role.APPROPRIATE_BODY, organisation="Borough", reference="Ticket “9”"),
    HelpRequested(
        name="Łukasz",
        email="lukasz@borough.example",
        organisation="Borough",
        role=Role.APPROPRIATE_BODY,
        page="/ects/…",
        asked_at="2024-06-03 14:55",
        text="I do not see somebody.\n\nWhy?",
    ),
    NominationReceived(role=Role.APPROPRIATE_BODY, organisation="Borough “9”"),
    NominationConfirmed(role=Role.DELIVERY_PARTNER, organisation="Borough"),
    NominationGranted(nominee="Łukasz", role=Role.APPROPRIATE_BODY, organisation="Borough"),
    NominationClosed(nominee="Łukasz", role=Role.APPROPRIATE_BODY, organisation="Borough", expired=True),
    NominationClosed(nominee="Łukasz", role=Role.APPROPRIATE_BODY, organisation="Borough", expired=False),
    ColleagueLeft(role=Role.DELIVERY_PARTNER, organisation="Borough", suspended=True),
    ColleagueLeft(role=Role.DELIVERY_PARTNER, organisation="Borough", suspended=False),
]


@frozen
class Post:
    """A mailer, what it delivered to whom, and one like it that cannot deliver to `UNREACHABLE`."""

    mailer: Mailer
    delivered: Callable[[], Sequence[str]]
    failing: Mailer


@pytest.fixture
def memory_post() -> Post:
    mailer = MemoryMailer(unreachable={UNREACHABLE})
    return Post(mailer, lambda: [str(to) for to, _ in mailer.sent], mailer)


@pytest.fixture
def folder_post(tmp_path: Path) -> Post:
    folder, taken = tmp_path / "mailbox", tmp_path / "taken"
    taken.write_text("not a folder")
    mailbox = Mailbox(folder)
    return Post(
        MailboxMailer(folder, LETTERS),
        lambda: [letter.to for letter in mailbox.letters()],
        MailboxMailer(taken, LETTERS),
    )


@pytest.fixture
def smtp_post() -> Iterator[Post]:
    with smtp_server() as server:
        place = SmtpServer(host=server.host, port=server.port, security=Security.IF_OFFERED)
        mailer = SmtpMailer(place, LETTERS)
        yield Post(mailer, lambda: [to for delivery in server.deliveries for to in delivery.to], mailer)


@pytest.fixture(params=["memory", "folder", "smtp"])
def post(request: pytest.FixtureRequest) -> Post:
    made: Post = request.getfixturevalue(f"{request.param}_post")
    return made


def test_nothing_is_delivered_before_it_is_sent(post: Post) -> None:
    assert list(post.delivered()) == []


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_of_any_kind_is_delivered_only_to_its_address(post: Post, message: Message) -> None:
    post.mailer.send(BEA, message, "r1")
    assert list(post.delivered()) == [str(BEA)]


def test_each_message_is_one_mail_the_same_one_twice_too(post: Post) -> None:
    for to in (ADA, BEA, ADA):
        post.mailer.send(to, HowAccessIsGiven(), "r1")
    assert sorted(post.delivered()) == sorted(map(str, (ADA, ADA, BEA)))


def test_a_message_that_can_not_be_handed_over_is_an_error_without_names(post: Post) -> None:
    with pytest.raises(DeliveryFailed) as raised:
        post.failing.send(UNREACHABLE, MESSAGES[0], "r1")
    assert str(raised.value)
    assert "@" not in str(raised.value)
    assert list(post.delivered()) == []


def test_a_failure_does_not_stand_in_the_way_of_the_next_message(post: Post) -> None:
    with pytest.raises(DeliveryFailed):
        post.failing.send(UNREACHABLE, HowAccessIsGiven(), "r1")
    post.mailer.send(ADA, HowAccessIsGiven(), "r1")
    assert list(post.delivered()) == [str(ADA)]
