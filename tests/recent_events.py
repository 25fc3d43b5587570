"""What was recorded in the audit log."""

from collections.abc import Sequence

from checkdata.domain.audit.events import AuditEvent, AuditQuery
from checkdata.domain.ports import UnitOfWork


def recent(work: UnitOfWork, limit: int) -> Sequence[AuditEvent]:
    """The newest events, newest first."""
    return [found.event for found in work.audit.find(AuditQuery(), 0, limit)]
