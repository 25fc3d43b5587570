"""What a storage keeps of mail and of what was done."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from checkdata.domain.audit import AuditEvent, AuditQuery, NumberedEvent
from checkdata.domain.messages import MailRecord, OutboxEntry, QueuedMessage
from checkdata.domain.organisations import Organisation
from checkdata.domain.values import EmailAddress, UserId


class Outbox(Protocol):
    """Messages that wait to be sent, written in the same transaction as what they tell of."""

    def queue(self, to: EmailAddress, message: QueuedMessage, at: datetime, /) -> None:
        """Add a message."""

    def claim(self, at: datetime, until: datetime, limit: int, /) -> Sequence[OutboxEntry]:
        """Take up to *limit* messages that are due, oldest first; nobody else gets them before *until*."""

    def sent(self, entry_id: str, at: datetime, reference: str, /) -> None:
        """The message was handed over; its bounce will name it by the *reference*."""

    def bounced(self, reference: str, at: datetime, /) -> bool:
        """The message of this reference, once sent, came back; whether there is one. The first time counts."""

    def dropped(self, entry_id: str, /) -> None:
        """The message is not to be sent after all."""

    def failed(self, entry_id: str, retry_at: datetime | None, /) -> None:
        """The message could not be handed over; try again then, or never (None)."""

    def last_sent(self, to: EmailAddress, kind: type[QueuedMessage], /) -> datetime | None:
        """When a message of this kind was last sent to this address."""

    def last_to(self, to: EmailAddress, limit: int, /) -> Sequence[MailRecord]:
        """What became of the last messages to this address, the newest first."""


class AuditLog(Protocol):
    """What was recorded; nothing in it is ever changed."""

    def record(self, event: AuditEvent, /) -> None:
        """Add an event."""

    def recent(self, limit: int, /) -> Sequence[AuditEvent]:
        """The newest events, newest first."""

    def find(self, query: AuditQuery, offset: int, limit: int, /) -> Sequence[NumberedEvent]:
        """The events that match from *offset*, at most *limit*, newest first."""

    def count(self, query: AuditQuery, most: int, /) -> int:
        """How many events match; *most* where there are as many or more, for nobody counts a long log for a page."""

    def matching(self, query: AuditQuery, /) -> Iterator[NumberedEvent]:
        """All events that match, oldest first, streamed; close the iterator or exhaust it."""

    def about(self, user_id: UserId, /) -> Sequence[AuditEvent]:
        """The events whose subject is this user, oldest first."""

    def last_sign_in(self, user_id: UserId, /) -> datetime | None:
        """When this user last signed in."""

    def last_used(
        self, user_id: UserId, organisation: Organisation, /, *, before: datetime | None = None
    ) -> datetime | None:
        """When a session of this user last began to act for this organisation, or last did *before* then."""
