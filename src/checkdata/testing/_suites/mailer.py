"""What every mailer must do."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

import pytest
from attrs import frozen

from checkdata.domain.errors import DeliveryFailed
from checkdata.domain.messages import (
    AccessGranted,
    AccessLapses,
    AccessRemoved,
    AddressChanged,
    ChangesCounted,
    ChangesCountedMessage,
    ColleagueLeft,
    FilesRecalled,
    HelpRequested,
    HowAccessIsGiven,
    KeyChanged,
    Message,
    SecondAddressChanged,
    SecondAddressLinkMessage,
    SignInLinkMessage,
)
from checkdata.domain.nomination_messages import (
    ConfirmationLinkMessage,
    NominationClosed,
    NominationConfirmed,
    NominationDeclined,
    NominationEscalated,
    NominationGranted,
    NominationReceived,
)
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import Mailer
from checkdata.domain.values import EmailAddress, UserId

ADA: Final = EmailAddress.of("ada@north.example")
BEA: Final = EmailAddress.of("o'bea+1@south.example")
MESSAGES: Final[Sequence[Message]] = [
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
    ChangesCountedMessage(
        counted=ChangesCounted(
            user_id=UserId("ada"),
            role=Role.DELIVERY_PARTNER,
            organisation_id="north",
            organisation="100% “North” & Co",
            changes=3,
            of_schools=1,
            since="2024-06-03T08:00:00+00:00",
        ),
        url="https://x.example/changes",
        stop_url=f"https://x.example/stop/{'x' * 75}",
    ),
    FilesRecalled(name="Łukasz", files=2, reminds=True),
    KeyChanged(name="Łukasz", role=Role.DELIVERY_PARTNER, organisation="Borough", key="Lists “9”", event="revoked"),
    KeyChanged(
        name="Łukasz",
        role=Role.DELIVERY_PARTNER,
        organisation="Borough",
        key="Lists “9”",
        event="issued",
        waits_until="2024-06-10",
    ),
]
"""Every message that there is, some of them with two wordings."""


@frozen
class Post:
    """A mailer, what it delivered to whom, and one like it that cannot deliver to ``unreachable``."""

    mailer: Mailer
    delivered: Callable[[], Sequence[str]]
    failing: Mailer
    unreachable: EmailAddress


class MailerContract:
    """Holds a `checkdata.ports.Mailer` to its contract; the fixture ``post`` gives it, as a `Post`."""

    def test_nothing_is_delivered_before_it_is_sent(self, post: Post) -> None:
        assert list(post.delivered()) == []

    @pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
    def test_a_message_of_any_kind_is_delivered_only_to_its_address(self, post: Post, message: Message) -> None:
        post.mailer.send(BEA, message, "r1")
        assert list(post.delivered()) == [str(BEA)]

    def test_each_message_is_one_mail_the_same_one_twice_too(self, post: Post) -> None:
        for to in (ADA, BEA, ADA):
            post.mailer.send(to, HowAccessIsGiven(), "r1")
        assert sorted(post.delivered()) == sorted(map(str, (ADA, ADA, BEA)))

    def test_a_message_that_can_not_be_handed_over_is_an_error_without_names(self, post: Post) -> None:
        with pytest.raises(DeliveryFailed) as raised:
            post.failing.send(post.unreachable, MESSAGES[0], "r1")
        assert str(raised.value)
        assert "@" not in str(raised.value)
        assert list(post.delivered()) == []

    def test_a_failure_does_not_stand_in_the_way_of_the_next_message(self, post: Post) -> None:
        with pytest.raises(DeliveryFailed):
            post.failing.send(post.unreachable, HowAccessIsGiven(), "r1")
        post.mailer.send(ADA, HowAccessIsGiven(), "r1")
        assert list(post.delivered()) == [str(ADA)]
