"""The seals of the audit log in SQL.

Numbers come from a sequence, so on PostgreSQL a transaction may take a number and commit after others that took later
ones. An event committed late must be sealed in its place, and no request may wait for sealing. Therefore
`settled` notes the last number that was given out, then the transactions that hold the lock which every INSERT takes
before it takes a number (ROW EXCLUSIVE, which no INSERT waits for), and waits until these have ended: no number up to
the one noted can still appear. On SQLite writers take turns, and the current writer sees every event up to then.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Final

from attrs import asdict
from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, select, text, type_coerce, union_all
from sqlalchemy.types import NullType

from checkdata.adapters.sql.append_only_schema import audit_anchors, audit_seals, receipts
from checkdata.adapters.sql.row_mapping import audit_event_from_row
from checkdata.adapters.sql.schema import audit_events
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.audit.seals import Anchor, ChainLink, Seal, sealed_text

_TURN: Final = text("SELECT pg_try_advisory_xact_lock(hashtext('checkdata audit seals'))")
_LAST_GIVEN: Final = text("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM audit_events_id_seq")
_WRITERS: Final = text(
    """
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'audit_events'::regclass AND mode = 'RowExclusiveLock' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()
    """
)
_REST: Final = text("SELECT pg_sleep(0.02)")
_MOST_RESTS: Final = 100
_STREAMED_NUMBERS: Final = 5000
_CELLS: Final[Sequence[ColumnElement[Any]]] = [type_coerce(c, NullType()).label(c.name) for c in audit_events.c]
_AS_KEPT: Final = select(*_CELLS)
"""Events as the driver gives them, so that one made unreadable by hand does not stop the whole check."""


class SqlAuditChain:
    """The chain of seals and its anchors, and the events that it seals."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def take_turn(self) -> bool:
        """Become the one process that seals."""
        if self._transaction.on_postgresql:
            return bool(self._transaction.execute(_TURN).scalar_one())
        self._transaction.lock()
        return True

    def settled(self) -> int:
        """The last number that was given out, once every transaction that may have taken one up to it has ended."""
        if not self._transaction.on_postgresql:
            return self._number(select(func.max(audit_events.c.id)))
        last: int = self._transaction.execute(_LAST_GIVEN).scalar_one()
        awaited = self._writers()
        for _ in range(_MOST_RESTS):
            if not awaited:
                return last
            self._transaction.execute(_REST)
            awaited &= self._writers()
        return 0

    def head(self) -> Seal | Anchor | None:
        """The newest seal or anchor."""
        newest = select(audit_seals).order_by(audit_seals.c.number.desc()).limit(1)
        row = self._transaction.execute(newest).one_or_none()
        return self.anchor() if row is None else _seal(row)

    def unsealed(self, after: int, until: int, limit: int, /) -> Sequence[ChainLink]:
        """Events after one number and until another."""
        between = audit_events.c.id > after, audit_events.c.id <= until
        found = _AS_KEPT.where(*between).order_by(audit_events.c.id).limit(limit)
        return [ChainLink(number=row.id, words=_words(row)) for row in self._transaction.execute(found)]

    def seal(self, seals: Sequence[Seal], /) -> None:
        """Add seals."""
        self._transaction.write(insert(audit_seals), [asdict(seal) for seal in seals])

    def links(self) -> Iterator[ChainLink]:
        """Every number, a batch at a time: looks events and seals up by number, because either may be missing."""
        after = -(2**63)
        while numbers := self._numbers(after):
            after = numbers[-1]
            first = numbers[0]
            events = {row.id: _words(row) for row in self._between(_AS_KEPT, audit_events.c.id, first, after)}
            seals = {
                row.number: _seal(row) for row in self._between(select(audit_seals), audit_seals.c.number, first, after)
            }
            yield from (ChainLink(number=n, words=events.get(n), seal=seals.get(n)) for n in numbers)

    def anchor(self) -> Anchor | None:
        """The newest anchor."""
        newest = select(audit_anchors).order_by(audit_anchors.c.number.desc()).limit(1)
        row = self._transaction.execute(newest).one_or_none()
        return None if row is None else Anchor(**row._mapping)  # noqa: SLF001 - a documented part of Row

    def last_of_segments(self, before: datetime, /) -> Seal | None:
        """The last seal before the segment of the first event that is too recent."""
        young = select(func.min(audit_events.c.id)).where(audit_events.c.at >= before).scalar_subquery()
        theirs = select(func.min(audit_seals.c.segment)).where(audit_seals.c.number >= young)
        segment = self._transaction.execute(theirs).scalar_one()
        found = select(audit_seals).order_by(audit_seals.c.number.desc()).limit(1)
        if segment is not None:
            found = found.where(audit_seals.c.position < segment)
        row = self._transaction.execute(found).one_or_none()
        return None if row is None else _seal(row)

    def purge(self, anchor: Anchor, /) -> int:
        """Delete everything up to the anchor; the triggers allow that once the anchor is there."""
        self._transaction.write(insert(audit_anchors), asdict(anchor))
        self._transaction.write(delete(receipts).where(receipts.c.at < anchor.before))
        self._transaction.write(delete(audit_seals).where(audit_seals.c.number <= anchor.number))
        return self._transaction.write(delete(audit_events).where(audit_events.c.id <= anchor.number)).rowcount

    def _writers(self) -> AbstractSet[str]:
        """The other transactions that may have recorded an event and have not ended."""
        return set(self._transaction.execute(_WRITERS).scalars())

    def _numbers(self, after: int) -> Sequence[int]:
        some = [
            select(column.label("number")).where(column > after).order_by(column).limit(_STREAMED_NUMBERS).subquery()
            for column in (audit_events.c.id, audit_seals.c.number)
        ]
        both = union_all(*(select(numbers.c.number) for numbers in some)).subquery()
        found = select(both.c.number).distinct().order_by(both.c.number).limit(_STREAMED_NUMBERS)
        return self._transaction.execute(found).scalars().all()

    def _between(self, found: Select[Any], column: Any, first: int, last: int) -> Iterable[Row[*tuple[Any, ...]]]:  # noqa: ANN401 - a column
        return self._transaction.execute(found.where(column.between(first, last)))

    def _number(self, found: Select[Any]) -> int:
        return self._transaction.execute(found).scalar_one() or 0


def _seal(row: Row[*tuple[Any, ...]]) -> Seal:
    return Seal(**row._mapping)  # noqa: SLF001 - a documented part of Row


def _words(row: Row[*tuple[Any, ...]]) -> str:
    """The words of an event; its cells as they are if it cannot be read."""
    cells = {**row._mapping}  # noqa: SLF001 - a documented part of Row
    try:
        cells.update(at=_moment(row.at), details=_details(row.details))
        event = audit_event_from_row(SimpleNamespace(**cells))
        return sealed_text(row.id, event)
    except (ValueError, TypeError, AttributeError):
        return f"unreadable {tuple(row)}"


def _moment(kept: str | datetime) -> datetime:
    """SQLite keeps moments as words, in UTC (`checkdata.adapters.sql.column_types.Moment`)."""
    return datetime.fromisoformat(kept).replace(tzinfo=UTC) if isinstance(kept, str) else kept


def _details(kept: str | Mapping[str, Any]) -> Mapping[str, Any]:
    details: Mapping[str, Any] = json.loads(kept) if isinstance(kept, str) else kept
    return details


_conforms: type[ports.AuditChain] = SqlAuditChain
