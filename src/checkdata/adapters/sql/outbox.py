"""The outbox in SQL."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import Row, func, insert, select, update

from checkdata.adapters.sql.rows import KINDS, message_to_json, outbox_entry_from_row
from checkdata.adapters.sql.schema import outbox
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.messages import MailRecord, MailState, OutboxEntry, QueuedMessage
from checkdata.domain.values import EmailAddress


class State(Enum):
    """What became of a message: one that was given up is kept, for support to see."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"
    FAILED = "failed"
    BOUNCED = "bounced"


_MAIL_STATES: Final = {
    State.WAITING.value: MailState.QUEUED,
    State.SENT.value: MailState.SENT,
    State.DROPPED.value: MailState.DROPPED,
    State.FAILED.value: MailState.REFUSED,
    State.BOUNCED.value: MailState.BOUNCED,
}


class SqlOutbox:
    """Messages that wait to be sent."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def queue(self, to: EmailAddress, message: QueuedMessage, at: datetime, /) -> None:
        """Add a message, due at once."""
        cells = {
            "address": to.value,
            "kind": KINDS[type(message)],
            "message": message_to_json(message),
            "queued_at": at,
            "attempts": 0,
            "state": State.WAITING.value,
            "due_at": at,
        }
        self._transaction.write(insert(outbox), cells)

    def claim(self, at: datetime, until: datetime, limit: int, /) -> Sequence[OutboxEntry]:
        """Take messages that are due, oldest first; each is due again at *until*.

        On PostgreSQL rows that somebody else is taking are passed over; on SQLite writers take turns.
        """
        oldest = (
            select(outbox.c.id)
            .where(outbox.c.state == State.WAITING.value, outbox.c.due_at <= at)
            .order_by(outbox.c.queued_at, outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        taking = (
            update(outbox)
            .where(outbox.c.id.in_(oldest.scalar_subquery()))
            .values(due_at=until, tried_at=at, attempts=outbox.c.attempts + 1)
            .returning(outbox)
        )
        rows = self._transaction.write(taking).all()
        return [outbox_entry_from_row(row) for row in sorted(rows, key=lambda row: (row.queued_at, row.id))]

    def sent(self, entry_id: str, at: datetime, reference: str, /) -> None:
        """The message was handed over."""
        self._become(entry_id, State.SENT, due_at=None, sent_at=at, reference=reference)

    def bounced(self, reference: str, at: datetime, /) -> bool:
        """The message of this reference came back."""
        told = update(outbox).where(outbox.c.reference == reference)
        cells = {"state": State.BOUNCED.value, "bounced_at": func.coalesce(outbox.c.bounced_at, at)}
        return self._transaction.write(told.values(cells)).rowcount > 0

    def dropped(self, entry_id: str, /) -> None:
        """The message is not to be sent after all."""
        self._become(entry_id, State.DROPPED, due_at=None)

    def failed(self, entry_id: str, retry_at: datetime | None, /) -> None:
        """The message is due again then, or never."""
        self._become(entry_id, State.FAILED if retry_at is None else State.WAITING, due_at=retry_at)

    def last_sent(self, to: EmailAddress, kind: type[QueuedMessage], /) -> datetime | None:
        """When a message of this kind was last sent to this address."""
        sent = select(func.max(outbox.c.sent_at)).where(outbox.c.address == to.value, outbox.c.kind == KINDS[kind])
        found: datetime | None = self._transaction.execute(sent).scalar_one()
        return found

    def last_to(self, to: EmailAddress, limit: int, /) -> Sequence[MailRecord]:
        """What became of the last messages to this address, the newest first."""
        newest = outbox.c.queued_at.desc(), outbox.c.id.desc()
        found = select(outbox).where(outbox.c.address == to.value).order_by(*newest).limit(limit)
        return list(map(_record, self._transaction.execute(found)))

    def _become(self, entry_id: str, state: State, **cells: datetime | str | None) -> None:
        self._transaction.write(update(outbox).where(outbox.c.id == int(entry_id)).values(state=state.value, **cells))


def _record(row: Row[*tuple[Any, ...]]) -> MailRecord:
    return MailRecord(
        entry=outbox_entry_from_row(row),
        state=_MAIL_STATES[row.state],
        tried_at=row.sent_at or row.tried_at,
        due_at=row.due_at,
        bounced_at=row.bounced_at,
    )


_conforms: type[ports.Outbox] = SqlOutbox
