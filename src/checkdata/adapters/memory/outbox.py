"""The outbox in memory."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from attrs import evolve

from checkdata.adapters.memory.state import Draft, QueuedMail
from checkdata.domain import ports
from checkdata.domain.mail_records import DEAD_LETTERS, MailRecord, MailState, OutboxEntry, WaitingMail
from checkdata.domain.messages import EACH_BY_ITSELF, QueuedMessage
from checkdata.domain.values import EmailAddress


class MemoryOutbox:
    """The messages of a draft, in the order in which they were queued."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def queue(self, to: EmailAddress, message: QueuedMessage, at: datetime, /) -> None:
        """Add a message, due at once with the earlier ones to this address."""
        for waiting in self._all():
            if waiting.entry.to == to and not waiting.claimed and waiting.due_at is not None and waiting.due_at > at:
                self._write(evolve(waiting, due_at=at, entry=evolve(waiting.entry, attempts=0)))
        number = max(map(int, self._draft.state.outbox), default=0) + 1
        reference = secrets.token_hex(16)
        entry = OutboxEntry(id=str(number), to=to, message=message, queued_at=at, reference=reference)
        self._write(QueuedMail(entry=entry, due_at=at))

    def claim(self, at: datetime, until: datetime, limit: int, /) -> Sequence[OutboxEntry]:
        """Take messages that are due, oldest first, the first of each address; each is due again at *until*."""
        unfinished = sorted((w for w in self._all() if w.due_at is not None), key=_in_order)
        first = {waiting.entry.to: waiting for waiting in reversed(unfinished)}
        due = sorted((w for w in first.values() if w.due_at is not None and w.due_at <= at), key=_in_order)
        claimed = [
            evolve(
                waiting,
                entry=evolve(waiting.entry, attempts=waiting.entry.attempts + 1, claimed_at=at),
                due_at=until,
                claimed=True,
            )
            for waiting in due[:limit]
        ]
        for waiting in claimed:
            self._write(waiting)
        return [waiting.entry for waiting in claimed]

    def sent(self, entry: OutboxEntry, at: datetime, /) -> None:
        """The message was handed over, even if another sender has claimed it since."""
        waiting = self._draft.state.outbox[entry.id]
        if waiting.due_at is not None:
            self._write(evolve(waiting, state=MailState.SENT, claimed=False, due_at=None, sent_at=at, failure=""))

    def bounced(self, reference: str, at: datetime, /) -> bool:
        """The message of this reference came back."""
        tried = (waiting for waiting in self._all() if waiting.entry.claimed_at is not None)
        waiting = next((waiting for waiting in tried if waiting.entry.reference == reference), None)
        if waiting is None:
            return False
        told_at = waiting.bounced_at or at
        self._write(evolve(waiting, state=MailState.BOUNCED, claimed=False, due_at=None, bounced_at=told_at))
        return True

    def dropped(self, entry: OutboxEntry, /) -> None:
        """The message no longer needs to be sent."""
        self._become(entry, MailState.DROPPED)

    def expired(self, entry: OutboxEntry, /) -> None:
        """The message is past its time."""
        self._become(entry, MailState.EXPIRED)

    def failed(self, entry: OutboxEntry, retry_at: datetime | None, why: str, /) -> None:
        """The message is due again then, or never."""
        self._become(entry, MailState.REFUSED if retry_at is None else MailState.QUEUED, due_at=retry_at, failure=why)

    def given_back(self, entry: OutboxEntry, at: datetime, /) -> None:
        """The message is due again, as if it had not been claimed."""
        self._become(entry, MailState.QUEUED, due_at=at, tries=entry.attempts - 1)

    def waits(self, to: EmailAddress, kind: type[QueuedMessage], /) -> bool:
        """Whether a message of this kind to this address is still to be sent."""
        unfinished = (waiting.entry for waiting in self._all() if waiting.due_at is not None)
        return any(entry.to == to and isinstance(entry.message, kind) for entry in unfinished)

    def waiting(self) -> WaitingMail:
        """How many messages are still to be sent, and since when."""
        due = [(each.entry.queued_at, each.due_at) for each in self._all() if each.due_at is not None]
        return WaitingMail(
            number=len(due),
            queued_at=min((queued_at for queued_at, _ in due), default=None),
            due_at=min((due_at for _, due_at in due), default=None),
        )

    def last_sent(self, to: EmailAddress, kind: type[QueuedMessage], /) -> datetime | None:
        """When a message of this kind was last sent to this address."""
        times = (
            waiting.sent_at
            for waiting in self._draft.state.outbox.values()
            if waiting.entry.to == to and isinstance(waiting.entry.message, kind) and waiting.sent_at is not None
        )
        return max(times, default=None)

    def hold(self, to: EmailAddress, /) -> None:
        """Nothing to do, because units of work that write take turns."""

    def last_to(self, to: EmailAddress, limit: int, /) -> Sequence[MailRecord]:
        """What became of the last messages to this address, the newest first."""
        found = [waiting for waiting in self._draft.state.outbox.values() if waiting.entry.to == to]
        newest = sorted(found, key=_in_order, reverse=True)
        return [_record(waiting) for waiting in newest[:limit]]

    def dead_letters(self, limit: int, /) -> Sequence[MailRecord]:
        """Undelivered messages with no later one of their kind to that address, unless each is `EACH_BY_ITSELF`."""
        last = {_matter(each): each for each in sorted(self._all(), key=_in_order)}
        dead = (waiting for waiting in last.values() if waiting.state in DEAD_LETTERS)
        return [_record(waiting) for waiting in sorted(dead, key=_in_order, reverse=True)[:limit]]

    def _become(
        self,
        entry: OutboxEntry,
        state: MailState,
        *,
        due_at: datetime | None = None,
        failure: str | None = None,
        tries: int | None = None,
    ) -> None:
        """Note it, if the sender still has its claim."""
        waiting = self._draft.state.outbox[entry.id]
        if waiting.claimed and waiting.entry.claimed_at == entry.claimed_at:
            told = waiting.failure if failure is None else failure
            tried = waiting.entry if tries is None else evolve(waiting.entry, attempts=tries)
            self._write(evolve(waiting, entry=tried, state=state, claimed=False, due_at=due_at, failure=told))

    def _all(self) -> Sequence[QueuedMail]:
        return tuple(self._draft.state.outbox.values())

    def _write(self, waiting: QueuedMail) -> None:
        state = self._draft.state
        self._draft.state = evolve(state, outbox={**state.outbox, waiting.entry.id: waiting})


def _matter(waiting: QueuedMail) -> tuple[EmailAddress, type[QueuedMessage], str]:
    """What a later message of the same takes the place of."""
    kind = type(waiting.entry.message)
    return waiting.entry.to, kind, waiting.entry.id if kind in EACH_BY_ITSELF else ""


def _in_order(waiting: QueuedMail) -> tuple[datetime, int]:
    return waiting.entry.queued_at, int(waiting.entry.id)


def _record(waiting: QueuedMail) -> MailRecord:
    return MailRecord(
        entry=waiting.entry,
        state=waiting.state,
        tried_at=waiting.sent_at or waiting.entry.claimed_at,
        due_at=waiting.due_at,
        bounced_at=waiting.bounced_at,
        failure=waiting.failure,
    )


_conforms: type[ports.Outbox] = MemoryOutbox
