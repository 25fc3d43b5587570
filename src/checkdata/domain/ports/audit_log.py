"""The port for the audit log."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from checkdata.domain.audit.events import AuditEvent, AuditQuery, NumberedEvent
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.values import UserId


class AuditLog(Protocol):
    """What was recorded; nothing in it is ever changed."""

    def record(self, *events: AuditEvent) -> None:
        """Add events, in this order."""

    def record_all(self, events: Sequence[AuditEvent], /) -> None:
        """Add events that are no views of pages, in their order and faster than one by one."""

    def find(self, query: AuditQuery, offset: int, limit: int, /) -> Sequence[NumberedEvent]:
        """The events that match from *offset*, at most *limit*, newest first."""

    def count(self, query: AuditQuery, most: int, /) -> int:
        """How many events match; *most* if there are as many or more, because counting a long log takes long."""

    def matching(self, query: AuditQuery, /) -> Iterator[NumberedEvent]:
        """All events that match, oldest first, streamed; close the iterator or exhaust it."""

    def about(self, user_id: UserId, /) -> Sequence[AuditEvent]:
        """The events whose subject is this user, oldest first; what other services asked about them is left out.

        They may ask thousands of times a day.
        """

    def last_sign_in(self, user_id: UserId, /) -> datetime | None:
        """When this user last signed in."""

    def last_used(self, user_id: UserId, organisation: Organisation, /) -> datetime | None:
        """When this user last used their access for this organisation (`USES`)."""

    def last_visit(self, user_id: UserId, organisation: Organisation, before: datetime, /) -> datetime | None:
        """When a session of this user last began to act for this organisation *before* then."""
