"""The audit log in SQL; here it is only ever added to."""

from collections.abc import Sequence

from sqlalchemy import insert, select

from checkdata.adapters.sql.rows import audit_event_from_row, audit_event_to_row
from checkdata.adapters.sql.schema import audit_events
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.audit import AuditEvent


class SqlAuditLog:
    """What was recorded."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def record(self, event: AuditEvent, /) -> None:
        """Add an event."""
        self._transaction.write(insert(audit_events), audit_event_to_row(event))

    def recent(self, limit: int, /) -> Sequence[AuditEvent]:
        """The newest events, newest first."""
        newest = select(audit_events).order_by(audit_events.c.id.desc()).limit(limit)
        return list(map(audit_event_from_row, self._transaction.execute(newest)))


_conforms: type[ports.AuditLog] = SqlAuditLog
