"""The outbox in memory."""

from collections.abc import Sequence
from datetime import datetime

from attrs import evolve

from checkdata.adapters.memory.state import Draft, Waiting
from checkdata.domain import ports
from checkdata.domain.messages import OutboxEntry, QueuedMessage
from checkdata.domain.values import EmailAddress


class MemoryOutbox:
    """The messages of a draft, in the order in which they were queued."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def queue(self, to: EmailAddress, message: QueuedMessage, at: datetime, /) -> None:
        """Add a message, due at once."""
        number = str(len(self._draft.state.outbox) + 1)
        self._write(Waiting(entry=OutboxEntry(id=number, to=to, message=message, queued_at=at), due_at=at))

    def claim(self, at: datetime, until: datetime, limit: int, /) -> Sequence[OutboxEntry]:
        """Take messages that are due, oldest first; each is due again at *until*."""
        due = [w for w in self._draft.state.outbox.values() if w.due_at is not None and w.due_at <= at]
        claimed = [
            evolve(waiting, entry=evolve(waiting.entry, attempts=waiting.entry.attempts + 1), due_at=until)
            for waiting in sorted(due, key=lambda waiting: waiting.entry.queued_at)[:limit]
        ]
        for waiting in claimed:
            self._write(waiting)
        return [waiting.entry for waiting in claimed]

    def sent(self, entry_id: str, at: datetime, /) -> None:
        """The message was handed over."""
        self._write(evolve(self._draft.state.outbox[entry_id], due_at=None, sent_at=at))

    def dropped(self, entry_id: str, /) -> None:
        """The message is never due again."""
        self.failed(entry_id, None)

    def failed(self, entry_id: str, retry_at: datetime | None, /) -> None:
        """The message is due again then, or never."""
        self._write(evolve(self._draft.state.outbox[entry_id], due_at=retry_at))

    def last_sent(self, to: EmailAddress, kind: type[QueuedMessage], /) -> datetime | None:
        """When a message of this kind was last sent to this address."""
        times = (
            waiting.sent_at
            for waiting in self._draft.state.outbox.values()
            if waiting.entry.to == to and isinstance(waiting.entry.message, kind) and waiting.sent_at is not None
        )
        return max(times, default=None)

    def _write(self, waiting: Waiting) -> None:
        state = self._draft.state
        self._draft.state = evolve(state, outbox={**state.outbox, waiting.entry.id: waiting})


_conforms: type[ports.Outbox] = MemoryOutbox
