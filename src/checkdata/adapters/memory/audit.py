"""The audit log in memory."""

from collections.abc import Sequence
from itertools import islice

from attrs import evolve

from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.audit import AuditEvent


class MemoryAuditLog:
    """The events of a draft, in the order in which they were recorded."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def record(self, event: AuditEvent, /) -> None:
        """Add an event."""
        state = self._draft.state
        self._draft.state = evolve(state, audit=(*state.audit, event))

    def recent(self, limit: int, /) -> Sequence[AuditEvent]:
        """The newest events, newest first."""
        return list(islice(reversed(self._draft.state.audit), limit))


_conforms: type[ports.AuditLog] = MemoryAuditLog
