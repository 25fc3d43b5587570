"""The port for messages that wait to be sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from checkdata.domain.mail_records import MailRecord, OutboxEntry, WaitingMail
from checkdata.domain.messages import QueuedMessage
from checkdata.domain.values import EmailAddress


class Outbox(Protocol):
    """Messages that wait to be sent, written in the same transaction as what they tell of."""

    def queue(self, to: EmailAddress, message: QueuedMessage, at: datetime, /) -> None:
        """Add a message, due at once.

        Earlier ones to this address go before it, so those that wait for another try are due at once too, and their
        tries begin again.
        """

    def claim(self, at: datetime, until: datetime, limit: int, /) -> Sequence[OutboxEntry]:
        """Claim up to *limit* messages that are due, oldest first; no other sender gets them before *until*.

        Only the earliest open message of an address may be claimed, so that a person gets mail in order.
        """

    def sent(self, entry: OutboxEntry, at: datetime, /) -> None:
        """The message was handed over."""

    def bounced(self, reference: str, at: datetime, /) -> bool:
        """Note that the message of this reference came back; whether there is one. Only the first time counts."""

    def dropped(self, entry: OutboxEntry, /) -> None:
        """The message no longer needs to be sent; nothing is noted if the claim was lost."""

    def expired(self, entry: OutboxEntry, /) -> None:
        """The message has expired; nothing is noted if the claim was lost."""

    def failed(self, entry: OutboxEntry, retry_at: datetime | None, why: str, /) -> None:
        """The message could not be handed over; try again then, or never (None).

        Nothing is noted if the claim was lost.
        """

    def given_back(self, entry: OutboxEntry, at: datetime, /) -> None:
        """The message was not tried after all; it is due again then, and this counts as no try.

        Nothing is noted if the claim was lost.
        """

    def waits(self, to: EmailAddress, kind: type[QueuedMessage], /) -> bool:
        """Whether a message of this kind to this address is still to be sent."""

    def waiting(self) -> WaitingMail:
        """How many messages are still to be sent, to whichever address, and since when."""

    def last_sent(self, to: EmailAddress, kind: type[QueuedMessage], /) -> datetime | None:
        """When a message of this kind was last sent to this address."""

    def hold(self, to: EmailAddress, /) -> None:
        """Lock mail to this address until the unit of work ends; what is read next is up to date."""

    def last_to(self, to: EmailAddress, limit: int, /) -> Sequence[MailRecord]:
        """What became of the last messages to this address, the newest first."""

    def dead_letters(self, limit: int, /) -> Sequence[MailRecord]:
        """`DEAD_LETTERS` after which no message of the kind was queued for that address, the newest first."""
