"""The outbox in SQL."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Row, and_, exists, func, insert, or_, select, text, update

from checkdata.adapters.sql.row_mapping import message_to_json, outbox_entry_from_row
from checkdata.adapters.sql.schema import outbox
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.mail_records import DEAD_LETTERS, MailRecord, MailState, OutboxEntry, WaitingMail
from checkdata.domain.messages import EACH_BY_ITSELF, QUEUED_MESSAGES, QueuedMessage
from checkdata.domain.values import EmailAddress


class OutboxState(Enum):
    """What became of a message: one that was given up is kept, for support to see.

    A message that is waiting or claimed has a time at which it is due.
    """

    WAITING = "waiting"
    CLAIMED = "claimed"
    SENT = "sent"
    DROPPED = "dropped"
    FAILED = "failed"
    EXPIRED = "expired"
    BOUNCED = "bounced"


_MAIL_STATES: Final = {
    OutboxState.WAITING.value: MailState.QUEUED,
    OutboxState.CLAIMED.value: MailState.QUEUED,
    OutboxState.SENT.value: MailState.SENT,
    OutboxState.DROPPED.value: MailState.DROPPED,
    OutboxState.FAILED.value: MailState.REFUSED,
    OutboxState.EXPIRED.value: MailState.EXPIRED,
    OutboxState.BOUNCED.value: MailState.BOUNCED,
}
_REFERENCE_BYTES: Final = 16
"""Enough that no user can guess the reference of another user's mail."""


def _is_first_of_its_address() -> ColumnElement[bool]:
    """Whether no earlier message to the same address waits or is being sent."""
    earlier = outbox.alias("earlier")
    unfinished = earlier.c.address == outbox.c.address, earlier.c.due_at.is_not(None)
    return ~exists().where(*unfinished, _came_before(earlier, outbox))


def _came_before(earlier: FromClause, later: FromClause) -> ColumnElement[bool]:
    return or_(
        earlier.c.queued_at < later.c.queued_at,
        and_(earlier.c.queued_at == later.c.queued_at, earlier.c.id < later.c.id),
    )


_HOLD: Final = text("SELECT pg_advisory_xact_lock(hashtext(:mail))")


_EACH_BY_ITSELF: Final = [kind for kind, message in QUEUED_MESSAGES.items() if message in EACH_BY_ITSELF]


class SqlOutbox:
    """Messages that wait to be sent."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def queue(self, to: EmailAddress, message: QueuedMessage, at: datetime, /) -> None:
        """Add a message, due at once with the earlier ones to this address."""
        waits_to_be_tried_again = (
            outbox.c.address == to.value,
            outbox.c.state == OutboxState.WAITING.value,
            outbox.c.due_at > at,
        )
        self._transaction.write(update(outbox).where(*waits_to_be_tried_again).values(due_at=at, attempts=0))
        cells = {
            "address": to.value,
            "kind": message.kind,
            "message": message_to_json(message),
            "queued_at": at,
            "reference": secrets.token_hex(_REFERENCE_BYTES),
            "attempts": 0,
            "state": OutboxState.WAITING.value,
            "due_at": at,
        }
        self._transaction.write(insert(outbox), cells)

    def claim(self, at: datetime, until: datetime, limit: int, /) -> Sequence[OutboxEntry]:
        """Take messages that are due, oldest first, the first of each address; each is due again at *until*.

        On PostgreSQL rows that another sender is taking are skipped; on SQLite writers take turns.
        """
        oldest = (
            select(outbox.c.id)
            .where(outbox.c.due_at <= at, _is_first_of_its_address())
            .order_by(outbox.c.queued_at, outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("oldest")  # as a subquery it may be asked again for each row, and then takes all that are due
        )
        cells = {"state": OutboxState.CLAIMED.value, "due_at": until, "tried_at": at, "attempts": outbox.c.attempts + 1}
        taking = update(outbox).where(outbox.c.id.in_(select(oldest.c.id))).values(cells).returning(outbox)
        rows = self._transaction.write(taking).all()
        return [outbox_entry_from_row(row) for row in sorted(rows, key=lambda row: (row.queued_at, row.id))]

    def sent(self, entry: OutboxEntry, at: datetime, /) -> None:
        """The message was handed over, even if another sender has claimed it since."""
        unfinished = update(outbox).where(outbox.c.id == int(entry.id), outbox.c.due_at.is_not(None))
        self._transaction.write(unfinished.values(state=OutboxState.SENT.value, due_at=None, sent_at=at, failure=None))

    def bounced(self, reference: str, at: datetime, /) -> bool:
        """The message of this reference came back."""
        told = update(outbox).where(outbox.c.reference == reference, outbox.c.tried_at.is_not(None))
        cells = {
            "state": OutboxState.BOUNCED.value,
            "due_at": None,
            "bounced_at": func.coalesce(outbox.c.bounced_at, at),
        }
        return self._transaction.write(told.values(cells)).rowcount > 0

    def dropped(self, entry: OutboxEntry, /) -> None:
        """The message no longer needs to be sent."""
        self._become(entry, OutboxState.DROPPED, due_at=None)

    def expired(self, entry: OutboxEntry, /) -> None:
        """The message is past its time."""
        self._become(entry, OutboxState.EXPIRED, due_at=None)

    def failed(self, entry: OutboxEntry, retry_at: datetime | None, why: str, /) -> None:
        """The message is due again then, or never."""
        self._become(
            entry, OutboxState.FAILED if retry_at is None else OutboxState.WAITING, due_at=retry_at, failure=why
        )

    def given_back(self, entry: OutboxEntry, at: datetime, /) -> None:
        """The message is due again, as if it had not been claimed."""
        self._become(entry, OutboxState.WAITING, due_at=at, attempts=entry.attempts - 1)

    def waits(self, to: EmailAddress, message: type[QueuedMessage], /) -> bool:
        """Whether a message of this kind to this address is still to be sent."""
        unfinished = outbox.c.address == to.value, outbox.c.kind == message.kind, outbox.c.due_at.is_not(None)
        found: bool = self._transaction.execute(select(exists().where(*unfinished))).scalar_one()
        return found

    def waiting(self) -> WaitingMail:
        """The unfinished messages, which have an index of their own."""
        numbers = func.count(), func.min(outbox.c.queued_at), func.min(outbox.c.due_at)
        number, queued_at, due_at = self._transaction.execute(
            select(*numbers).where(outbox.c.due_at.is_not(None))
        ).one()
        return WaitingMail(number=number, queued_at=queued_at, due_at=due_at)

    def last_sent(self, to: EmailAddress, message: type[QueuedMessage], /) -> datetime | None:
        """When a message of this kind was last sent to this address."""
        sent = select(func.max(outbox.c.sent_at)).where(outbox.c.address == to.value, outbox.c.kind == message.kind)
        found: datetime | None = self._transaction.execute(sent).scalar_one()
        return found

    def hold(self, to: EmailAddress, /) -> None:
        """Lock the address; on SQLite wait for the write lock."""
        self._transaction.lock()
        if self._transaction.on_postgresql:
            self._transaction.write(_HOLD, {"mail": f"checkdata mail to {to}"})

    def last_to(self, to: EmailAddress, limit: int, /) -> Sequence[MailRecord]:
        """What became of the last messages to this address, the newest first."""
        newest = outbox.c.queued_at.desc(), outbox.c.id.desc()
        found = select(outbox).where(outbox.c.address == to.value).order_by(*newest).limit(limit)
        return list(map(_record, self._transaction.execute(found)))

    def dead_letters(self, limit: int, /) -> Sequence[MailRecord]:
        """Undelivered messages with no later one of their kind to that address, unless each is `EACH_BY_ITSELF`."""
        dead = [state.value for state in OutboxState if _MAIL_STATES[state.value] in DEAD_LETTERS]
        later = outbox.alias("later")
        followed = exists().where(
            later.c.address == outbox.c.address,
            later.c.kind == outbox.c.kind,
            outbox.c.kind.not_in(_EACH_BY_ITSELF),
            _came_before(outbox, later),
        )
        newest = outbox.c.queued_at.desc(), outbox.c.id.desc()
        found = select(outbox).where(outbox.c.state.in_(dead), ~followed).order_by(*newest).limit(limit)
        return list(map(_record, self._transaction.execute(found)))

    def _become(self, entry: OutboxEntry, state: OutboxState, **cells: datetime | str | int | None) -> None:
        """Note it, if the sender still has its claim."""
        claim = (
            outbox.c.id == int(entry.id),
            outbox.c.state == OutboxState.CLAIMED.value,
            outbox.c.tried_at == entry.claimed_at,
        )
        self._transaction.write(update(outbox).where(*claim).values(state=state.value, **cells))


def _record(row: Row[*tuple[Any, ...]]) -> MailRecord:
    return MailRecord(
        entry=outbox_entry_from_row(row),
        state=_MAIL_STATES[row.state],
        tried_at=row.sent_at or row.tried_at,
        due_at=row.due_at,
        bounced_at=row.bounced_at,
        failure=row.failure or "",
    )


_conforms: type[ports.Outbox] = SqlOutbox
