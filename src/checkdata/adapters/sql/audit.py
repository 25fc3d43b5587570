"""The audit log in SQL; here it is only ever added to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, insert, select, text

from checkdata.adapters.sql.rows import audit_event_from_row, audit_event_to_row
from checkdata.adapters.sql.schema import audit_events
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.audit import USES, AuditEvent, AuditKind
from checkdata.domain.organisations import Organisation
from checkdata.domain.values import UserId

_NEED_NOT_WAIT: Final = text("SET LOCAL synchronous_commit = off")
"""The view of a page may be lost in a power cut; what changes access, and every download, never (security.md 39)."""

_VIEWS: Final = frozenset({AuditKind.LIST_VIEWED, AuditKind.PARTICIPANT_VIEWED})


class SqlAuditLog:
    """What was recorded."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def record(self, event: AuditEvent, /) -> None:
        """Add an event."""
        if event.kind in _VIEWS and self._transaction.on_postgresql:
            self._transaction.execute(_NEED_NOT_WAIT)
        self._transaction.write(insert(audit_events), audit_event_to_row(event))

    def recent(self, limit: int, /) -> Sequence[AuditEvent]:
        """The newest events, newest first."""
        newest = select(audit_events).order_by(audit_events.c.id.desc()).limit(limit)
        return list(map(audit_event_from_row, self._transaction.execute(newest)))

    def about(self, user_id: UserId, /) -> Sequence[AuditEvent]:
        """The events whose subject is this user, oldest first."""
        found = select(audit_events).where(audit_events.c.subject == user_id).order_by(audit_events.c.id)
        return list(map(audit_event_from_row, self._transaction.execute(found)))

    def last_sign_in(self, user_id: UserId, /) -> datetime | None:
        """When this user last signed in."""
        return self._last(audit_events.c.actor == user_id, audit_events.c.kind == AuditKind.SIGNED_IN.value)

    def last_used(self, user_id: UserId, organisation: Organisation, /) -> datetime | None:
        """When a session of this user last began to act for this organisation."""
        return self._last(
            audit_events.c.actor == user_id,
            audit_events.c.kind.in_([kind.value for kind in USES]),
            audit_events.c.role == organisation.role.value,
            audit_events.c.organisation_id == organisation.id,
        )

    def _last(self, *conditions: ColumnElement[bool]) -> datetime | None:
        found: datetime | None = self._transaction.execute(
            select(func.max(audit_events.c.at)).where(*conditions)
        ).scalar_one()
        return found


_conforms: type[ports.AuditLog] = SqlAuditLog
