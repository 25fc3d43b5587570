"""The outbox in memory."""

from collections.abc import Sequence
from datetime import datetime

from attrs import evolve

from checkdata.adapters.memory.state import Draft, Waiting
from checkdata.domain import ports
from checkdata.domain.messages import MailRecord, MailState, OutboxEntry, QueuedMessage
from checkdata.domain.values import EmailAddress


class MemoryOutbox:
    """The messages of a draft, in the order in which they were queued."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def queue(self, to: EmailAddress, message: QueuedMessage, at: datetime, /) -> None:
        """Add a message, due at once."""
        number = str(max(map(int, self._draft.state.outbox), default=0) + 1)
        self._write(Waiting(entry=OutboxEntry(id=number, to=to, message=message, queued_at=at), due_at=at))

    def claim(self, at: datetime, until: datetime, limit: int, /) -> Sequence[OutboxEntry]:
        """Take messages that are due, oldest first; each is due again at *until*."""
        due = [w for w in self._draft.state.outbox.values() if w.due_at is not None and w.due_at <= at]
        claimed = [
            evolve(waiting, entry=_tried_once_more(waiting.entry), due_at=until, tried_at=at)
            for waiting in sorted(due, key=lambda waiting: waiting.entry.queued_at)[:limit]
        ]
        for waiting in claimed:
            self._write(waiting)
        return [waiting.entry for waiting in claimed]

    def sent(self, entry_id: str, at: datetime, reference: str, /) -> None:
        """The message was handed over."""
        self._become(entry_id, MailState.SENT, sent_at=at)
        self._write(evolve(self._draft.state.outbox[entry_id], reference=reference))

    def bounced(self, reference: str, at: datetime, /) -> bool:
        """The message of this reference came back."""
        waiting = next((w for w in self._draft.state.outbox.values() if w.reference == reference), None)
        if waiting is None:
            return False
        if waiting.state is not MailState.BOUNCED:
            self._write(evolve(waiting, state=MailState.BOUNCED, bounced_at=at))
        return True

    def dropped(self, entry_id: str, /) -> None:
        """The message is never due again."""
        self._become(entry_id, MailState.DROPPED)

    def failed(self, entry_id: str, retry_at: datetime | None, /) -> None:
        """The message is due again then, or never."""
        self._become(entry_id, MailState.REFUSED if retry_at is None else MailState.QUEUED, due_at=retry_at)

    def last_sent(self, to: EmailAddress, kind: type[QueuedMessage], /) -> datetime | None:
        """When a message of this kind was last sent to this address."""
        times = (
            waiting.sent_at
            for waiting in self._draft.state.outbox.values()
            if waiting.entry.to == to and isinstance(waiting.entry.message, kind) and waiting.sent_at is not None
        )
        return max(times, default=None)

    def last_to(self, to: EmailAddress, limit: int, /) -> Sequence[MailRecord]:
        """What became of the last messages to this address, the newest first."""
        found = [waiting for waiting in self._draft.state.outbox.values() if waiting.entry.to == to]
        newest = sorted(found, key=lambda waiting: (waiting.entry.queued_at, int(waiting.entry.id)), reverse=True)
        return [_record(waiting) for waiting in newest[:limit]]

    def _become(
        self, entry_id: str, state: MailState, *, due_at: datetime | None = None, sent_at: datetime | None = None
    ) -> None:
        waiting = self._draft.state.outbox[entry_id]
        self._write(evolve(waiting, state=state, due_at=due_at, sent_at=sent_at))

    def _write(self, waiting: Waiting) -> None:
        state = self._draft.state
        self._draft.state = evolve(state, outbox={**state.outbox, waiting.entry.id: waiting})


def _tried_once_more(entry: OutboxEntry) -> OutboxEntry:
    return evolve(entry, attempts=entry.attempts + 1)


def _record(waiting: Waiting) -> MailRecord:
    tried_at = waiting.sent_at or waiting.tried_at
    return MailRecord(
        entry=waiting.entry,
        state=waiting.state,
        tried_at=tried_at,
        due_at=waiting.due_at,
        bounced_at=waiting.bounced_at,
    )


_conforms: type[ports.Outbox] = MemoryOutbox
