"""Lines of a feed that are known: the records stored by them are told again, and nothing of them is read."""

from array import array
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, delete, exists, false, func, insert, select

from checkdata.adapters.sql.bulk import fill
from checkdata.adapters.sql.feed_schema import training_records
from checkdata.adapters.sql.feed_store.temporary_tables import feed_lines, untold_records
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.imports import FeedLine

_BATCH: Final = 5000
_BY_LINE: Final = feed_lines.c.digest == training_records.c.line_digest


class Recognising:
    """The stored records of which a feed has the line by which they were told last."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._number = 0

    def begin(self) -> None:
        """Have the tables to work in."""
        for table in (feed_lines, untold_records):
            self._transaction.make_temporary(table)

    @property
    def number(self) -> int:
        """How many there are."""
        return self._number

    @property
    def told(self) -> ColumnElement[bool]:
        """Whether a stored record is one of them."""
        untold = exists().where(untold_records.c.record_id == training_records.c.record_id)
        return ~untold if self._number else false()

    def lines(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """Their lines, with columns of their stored records."""
        return select(feed_lines.c.line, *columns).join(training_records, _BY_LINE).where(self.told)

    def recognise(self, lines: Iterable[FeedLine]) -> Sequence[int]:
        """The lines of a feed that are not theirs, in order; of a line that is there twice, the second."""
        number = self._take_in(lines)
        others = array("q", self._lines_not_known())
        self._number = self._stored() - self._untold()
        if number - len(others) > self._number:
            return sorted({*others, *self._transaction.execute(_lines_there_twice()).scalars()})
        return others

    def _take_in(self, lines: Iterable[FeedLine]) -> int:
        self.begin()
        for table in (feed_lines, untold_records):
            self._transaction.execute(delete(table))
        source, number = iter(lines), 0
        while batch := list(islice(source, _BATCH)):
            number += len(batch)
            with self._transaction.staging():
                fill(self._transaction.connection, feed_lines, batch)
        self._transaction.index_temporary(feed_lines)
        self._transaction.analyze(feed_lines.c.line, feed_lines.c.digest)
        return number

    def _lines_not_known(self) -> Iterable[int]:
        known = select(feed_lines.c.line).select_from(training_records).join(feed_lines, _BY_LINE)
        others = select(feed_lines.c.line).except_(known)
        found = others.order_by(others.selected_columns.line)
        return self._transaction.execute(found.execution_options(yield_per=_BATCH)).scalars()

    def _untold(self) -> int:
        found = (
            select(training_records.c.record_id)
            .join(feed_lines, _BY_LINE, isouter=True)
            .where(feed_lines.c.line.is_(None))
        )
        with self._transaction.staging():
            self._transaction.execute(insert(untold_records).from_select(["record_id"], found))
        self._transaction.analyze(untold_records.c.record_id)
        return self._count(select(func.count()).select_from(untold_records))

    def _stored(self) -> int:
        return self._count(select(func.count()).select_from(training_records))

    def _count(self, statement: Select[Any]) -> int:
        number: int = self._transaction.execute(statement).scalar_one()
        return number


def _lines_there_twice() -> Select[Any]:
    earlier = feed_lines.alias("earlier")
    met = exists().where(earlier.c.digest == feed_lines.c.digest, earlier.c.line < feed_lines.c.line)
    return select(feed_lines.c.line).where(met)
