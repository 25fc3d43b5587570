"""The audit log in SQL; events are only ever added."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, func, insert, or_, select, true, union_all

from checkdata.adapters.sql.row_mapping import audit_event_from_row, audit_event_to_row
from checkdata.adapters.sql.schema import audit_events
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.audit.events import BEGINNINGS, USES, AuditEvent, AuditKind, AuditQuery, NumberedEvent
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.values import UserId

_STREAMED_ROWS: Final = 1000
_NEWEST: Final = func.max(audit_events.c.at)
_INSERT: Final = insert(audit_events).inline()
_NEED_NOT_WAIT: Final = func.set_config("synchronous_commit", "off", true())
"""The view of a page may be lost in a power cut; what changes access, and every download, never (security.md 39)."""

_INSERT_VIEW: Final = _INSERT.returning(_NEED_NOT_WAIT)

_VIEWS: Final = frozenset(
    {AuditKind.LIST_VIEWED, AuditKind.PARTICIPANT_VIEWED, AuditKind.CHANGES_VIEWED, AuditKind.DECISIONS_ASKED}
)


class SqlAuditLog:
    """What was recorded."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def record(self, *events: AuditEvent) -> None:
        """Add events."""
        rows = map(audit_event_to_row, events)
        if all(map(_may_be_lost, events)):
            with self._transaction.without_waiting_for_the_disk():
                self._transaction.add(_INSERT_VIEW if self._transaction.on_postgresql else _INSERT, *rows)
        else:
            self._transaction.add(_INSERT, *rows)

    def record_all(self, events: Sequence[AuditEvent], /) -> None:
        """Add events, in their order."""
        if events:
            self._transaction.write(insert(audit_events), list(map(audit_event_to_row, events)))

    def find(self, query: AuditQuery, offset: int, limit: int, /) -> Sequence[NumberedEvent]:
        """The events that match, newest first."""
        newest = select(audit_events).where(*_condition(query)).order_by(audit_events.c.id.desc())
        return list(map(_numbered, self._transaction.execute(newest.offset(offset).limit(limit))))

    def count(self, query: AuditQuery, most: int, /) -> int:
        """How many events match, at most *most*."""
        some = select(audit_events.c.id).where(*_condition(query)).limit(most).subquery()
        number: int = self._transaction.execute(select(func.count()).select_from(some)).scalar_one()
        return number

    def matching(self, query: AuditQuery, /) -> Iterator[NumberedEvent]:
        """All events that match, streamed."""
        oldest = select(audit_events).where(*_condition(query)).order_by(audit_events.c.id)
        with self._transaction.execute(oldest.execution_options(yield_per=_STREAMED_ROWS)) as rows:
            yield from map(_numbered, rows)

    def about(self, user_id: UserId, /) -> Sequence[AuditEvent]:
        """The events whose subject is this user, oldest first."""
        counts = audit_events.c.kind != AuditKind.DECISIONS_ASKED.value
        found = select(audit_events).where(audit_events.c.subject == user_id, counts).order_by(audit_events.c.id)
        return list(map(audit_event_from_row, self._transaction.execute(found)))

    def last_sign_in(self, user_id: UserId, /) -> datetime | None:
        """When this user last signed in."""
        return self._last(audit_events.c.actor == user_id, audit_events.c.kind == AuditKind.SIGNED_IN.value)

    def last_used(self, user_id: UserId, organisation: Organisation, /) -> datetime | None:
        """When this user last used their access for this organisation: one look at the index for each kind of use."""
        acts = list(_acts(user_id, organisation))
        newest = [select(_NEWEST.label("at")).where(*acts, audit_events.c.kind == kind.value) for kind in USES]
        found: datetime | None = self._transaction.execute(
            select(func.max(union_all(*newest).subquery().c.at))
        ).scalar_one()
        return found

    def last_visit(self, user_id: UserId, organisation: Organisation, before: datetime, /) -> datetime | None:
        """When a session of this user last began to act for this organisation *before* then."""
        begins = audit_events.c.kind.in_([kind.value for kind in BEGINNINGS])
        return self._last(*_acts(user_id, organisation), begins, audit_events.c.at < before)

    def _last(self, *conditions: ColumnElement[bool]) -> datetime | None:
        found: datetime | None = self._transaction.execute(select(_NEWEST).where(*conditions)).scalar_one()
        return found


def _may_be_lost(event: AuditEvent) -> bool:
    """Whether it is the view of a page without a receipt; a program gets one, and its page is kept as a download."""
    return event.kind in _VIEWS and "sha256" not in event.details


def _acts(user_id: UserId, organisation: Organisation) -> Iterator[ColumnElement[bool]]:
    """What a user did, or did about the access of others, in the role of an organisation."""
    yield audit_events.c.actor == user_id
    yield audit_events.c.role == organisation.role.value
    yield audit_events.c.organisation_id == organisation.id


def _numbered(row: Row[*tuple[Any, ...]]) -> NumberedEvent:
    return NumberedEvent(row.id, audit_event_from_row(row))


def _condition(query: AuditQuery) -> Iterator[ColumnElement[bool]]:
    """The conditions of a query's filters; `AuditQuery.matches` is what they mean."""
    events = audit_events.c
    if query.user_id is not None:
        yield or_(events.actor == query.user_id, events.subject == query.user_id)
    if query.organisation is not None:
        yield events.organisation_id == query.organisation.id
        yield events.role == query.organisation.role.value
    if query.kind is not None:
        yield events.kind == query.kind.value
    if query.participant_id is not None:
        yield events.participant_id == query.participant_id
    if query.start is not None:
        yield events.at >= query.start
    if query.end is not None:
        yield events.at < query.end


_conforms: type[ports.AuditLog] = SqlAuditLog
