"""The audit log in memory."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from attrs import evolve

from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.audit.events import BEGINNINGS, USES, AuditEvent, AuditKind, AuditQuery, NumberedEvent
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.values import UserId


class MemoryAuditLog:
    """The events of a draft, in the order in which they were recorded."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def record(self, *events: AuditEvent) -> None:
        """Add events."""
        state = self._draft.state
        self._draft.state = evolve(state, audit=(*state.audit, *events))

    def record_all(self, events: Sequence[AuditEvent], /) -> None:
        """Add events, in their order."""
        state = self._draft.state
        self._draft.state = evolve(state, audit=(*state.audit, *events))

    def find(self, query: AuditQuery, offset: int, limit: int, /) -> Sequence[NumberedEvent]:
        """The events that match, newest first."""
        return list(reversed(list(self.matching(query))))[offset : offset + limit]

    def count(self, query: AuditQuery, most: int, /) -> int:
        """How many events match, at most *most*."""
        return min(most, len(list(self.matching(query))))

    def matching(self, query: AuditQuery, /) -> Iterator[NumberedEvent]:
        """All events that match, oldest first."""
        first = self._draft.state.audit_purged + 1
        numbered = (NumberedEvent(number, event) for number, event in enumerate(self._draft.state.audit, first))
        return (found for found in numbered if query.matches(found.event))

    def about(self, user_id: UserId, /) -> Sequence[AuditEvent]:
        """The events whose subject is this user, oldest first."""
        about = (event for event in self._draft.state.audit if event.subject == user_id)
        return [event for event in about if event.kind is not AuditKind.DECISIONS_ASKED]

    def last_sign_in(self, user_id: UserId, /) -> datetime | None:
        """When this user last signed in."""
        return _last(event for event in self._by(user_id) if event.kind is AuditKind.SIGNED_IN)

    def last_used(self, user_id: UserId, organisation: Organisation, /) -> datetime | None:
        """When this user last used their access for this organisation."""
        return _last(event for event in self._acts(user_id, organisation) if event.kind in USES)

    def last_visit(self, user_id: UserId, organisation: Organisation, before: datetime, /) -> datetime | None:
        """When a session of this user last began to act for this organisation *before* then."""
        begun = (event for event in self._acts(user_id, organisation) if event.kind in BEGINNINGS)
        return _last(event for event in begun if event.at < before)

    def _acts(self, user_id: UserId, organisation: Organisation) -> Iterator[AuditEvent]:
        ours = organisation.role, organisation.id
        return (event for event in self._by(user_id) if (event.role, event.organisation_id) == ours)

    def _by(self, user_id: UserId) -> Iterator[AuditEvent]:
        return (event for event in self._draft.state.audit if event.actor == user_id)


def _last(events: Iterable[AuditEvent]) -> datetime | None:
    return max((event.at for event in events), default=None)


_conforms: type[ports.AuditLog] = MemoryAuditLog
