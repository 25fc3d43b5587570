"""Lines of a feed that are known: the records stored by them are told again, and nothing of them is read."""

from array import array
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, delete, exists, false, func, insert, select

from checkdata.adapters.sql.bulk import fill
from checkdata.adapters.sql.feed_schema import training_records
from checkdata.adapters.sql.feed_store.line_blocks import LineBlocks
from checkdata.adapters.sql.feed_store.temporary_tables import (
    feed_lines,
    met_blocks,
    sought_records,
    told_lines,
    untold_records,
)
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.feed.contents import FeedBlock

_BATCH: Final = 400
_BY_LINE: Final = feed_lines.c.digest == sought_records.c.digest


class Recognising:
    """The stored records of which a feed has the line by which they were told last.

    Blocks of lines are looked up first, lines by themselves where their block is not known.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._blocks = LineBlocks(transaction)
        self._number = 0
        self._met = False
        self._lines_found = False

    def begin(self) -> None:
        """Have the tables to work in."""
        for table in (feed_lines, untold_records, told_lines):
            self._transaction.make_temporary(table)
        self._blocks.begin()

    @property
    def number(self) -> int:
        """How many there are."""
        return self._number

    @property
    def told(self) -> ColumnElement[bool]:
        """Whether a stored record is one of them."""
        untold = exists().where(untold_records.c.record_id == training_records.c.record_id)
        return ~untold if self._number else false()

    def lines(self, wanted: ColumnElement[bool]) -> Select[Any]:
        """The line and the record id of those that are *wanted*."""
        of_told = select(training_records.c.record_id).where(wanted, self.told)
        if self._transaction.execute(select(exists(of_told))).scalar_one():
            self._find_lines()
        return select(told_lines.c.line, told_lines.c.record_id).where(told_lines.c.record_id.in_(of_told))

    def recognise(self, blocks: Iterable[FeedBlock]) -> Sequence[int] | None:
        """The lines of a feed that are not theirs, in order; of a line that is there twice, the second.

        None where nothing is stored.
        """
        self.begin()
        for table in (feed_lines, untold_records, told_lines, met_blocks):
            self._transaction.execute(delete(table))
        stored = self._count(training_records)
        number = self._take_in(blocks, look_up=bool(stored))
        self._met = True
        if not stored:
            return None
        self._blocks.seek(stored)
        others = array("q", self._lines_not_known())
        self._find_untold()
        untold = self._count(untold_records)
        self._number = stored - untold
        if number - len(others) > self._count(sought_records) - untold:
            others = array("q", sorted({*others, *self._transaction.execute(_lines_there_twice()).scalars()}))
        twice = self._transaction.execute(_blocks_there_twice()).all()
        return sorted(chain(others, *(range(line, line + lines) for line, lines in twice))) if twice else others

    def prepare(self) -> None:
        """Make ready to `record`, once all others are staged."""
        if self._met:
            self._blocks.prepare()

    def record(self, *, known: bool) -> None:
        """Keep by which blocks the records were told that were merged; nothing unless they are *known*."""
        if known and self._met:
            self._blocks.record()
        else:
            self._blocks.forget()

    def _take_in(self, blocks: Iterable[FeedBlock], *, look_up: bool) -> int:
        """How many lines are in blocks that are not known; where none is looked up, they are not taken in."""
        source, number = iter(blocks), 0
        connection = self._transaction.connection
        while batch := list(islice(source, _BATCH)):
            digests = [block.digest for block in batch if block.digest is not None]
            known = self._blocks.known(digests) if look_up else frozenset[bytes]()
            met = [(block.line, block.lines, block.digest, block.digest in known) for block in batch]
            lines = [line for block in batch if look_up and block.digest not in known for line in block.unread()]
            number += len(lines)
            with self._transaction.staging():
                fill(connection, met_blocks, met)
                fill(connection, feed_lines, lines)
        for table in (feed_lines, met_blocks):
            self._transaction.index_temporary(table)
        self._transaction.analyze(feed_lines.c.line, feed_lines.c.digest)
        self._transaction.analyze(met_blocks.c.line, met_blocks.c.digest)
        return number

    def _lines_not_known(self) -> Iterable[int]:
        others = select(feed_lines.c.line).where(~exists().where(_BY_LINE)).order_by(feed_lines.c.line)
        return self._transaction.execute(others.execution_options(yield_per=10 * _BATCH)).scalars()

    def _find_untold(self) -> None:
        found = select(sought_records.c.record_id).where(~exists().where(_BY_LINE))
        with self._transaction.staging():
            self._transaction.execute(insert(untold_records).from_select(["record_id"], found))
        self._transaction.analyze(untold_records.c.record_id)

    def _find_lines(self) -> None:
        """Fill `told_lines`, which few feeds need."""
        if self._lines_found:
            return
        self._lines_found = True
        by_line = select(feed_lines.c.line, sought_records.c.record_id).join(sought_records, _BY_LINE)
        with self._transaction.staging():
            self._transaction.execute(insert(told_lines).from_select(["line", "record_id"], by_line))
            rows = (
                (first + n, record_id)
                for first, block in self._blocks.met_known()
                for n, (record_id, _) in enumerate(block.told)
            )
            while batch := list(islice(rows, 10 * _BATCH)):
                fill(self._transaction.connection, told_lines, batch)
        self._transaction.index_temporary(told_lines)
        self._transaction.analyze(told_lines.c.record_id)

    def _count(self, table: Any) -> int:  # noqa: ANN401 - any table
        number: int = self._transaction.execute(select(func.count()).select_from(table)).scalar_one()
        return number


def _lines_there_twice() -> Select[Any]:
    earlier = feed_lines.alias("earlier")
    met = exists().where(earlier.c.digest == feed_lines.c.digest, earlier.c.line < feed_lines.c.line)
    return select(feed_lines.c.line).where(met)


def _blocks_there_twice() -> Select[Any]:
    earlier = met_blocks.alias("earlier")
    met = exists().where(earlier.c.digest == met_blocks.c.digest, earlier.c.line < met_blocks.c.line)
    return select(met_blocks.c.line, met_blocks.c.lines).where(met_blocks.c.known, met)
