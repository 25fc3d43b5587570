"""Blocks of lines by which records were told last: kept by one import, looked up by the next one."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from typing import Any, Final, NamedTuple

from sqlalchemy import ARRAY, LargeBinary, Select, any_, delete, exists, func, insert, literal, null, select

from checkdata.adapters.sql.bulk import fill
from checkdata.adapters.sql.feed_schema import line_blocks, training_records
from checkdata.adapters.sql.feed_store.temporary_tables import (
    feed_lines,
    met_blocks,
    new_blocks,
    refused_lines,
    sought_records,
    staged_rows,
    untold_records,
)
from checkdata.adapters.sql.transaction import Transaction

Told = tuple[str, bytes]
"""A record's id, and the digest of the line by which it was told."""

_SIZE: Final = 16
"""Of a digest, in bytes."""

_BATCH: Final = 500
_LOOSE: Final = b"\0"
"""What the digest of that ends which is no whole block."""

_KNOWN: Final = select(met_blocks.c.digest).where(met_blocks.c.known)


class Block(NamedTuple):
    """A block as it is stored."""

    digest: bytes
    line_digests: bytes
    record_ids: str

    @property
    def told(self) -> Iterator[Told]:
        """The records in it, in order."""
        lines = (self.line_digests[n : n + _SIZE] for n in range(0, len(self.line_digests), _SIZE))
        return zip(self.record_ids.split("\n"), lines, strict=True)


class LineBlocks:
    """The blocks that are stored, and those of a feed in `met_blocks`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def begin(self) -> None:
        """Have the tables to work in."""
        for table in (met_blocks, new_blocks, sought_records, refused_lines):
            self._transaction.make_temporary(table)

    def known(self, digests: Sequence[bytes]) -> frozenset[bytes]:
        """Those of them that are stored."""
        digest = line_blocks.c.digest
        # The driver parses a statement of hundreds of values again each time: on PostgreSQL they are one.
        together = any_(literal(list(digests), ARRAY(LargeBinary)))
        found = select(digest).where(digest == together if self._transaction.on_postgresql else digest.in_(digests))
        return frozenset(map(bytes, self._transaction.execute(found).scalars()))

    def met_known(self) -> Iterator[tuple[int, Block]]:
        """The known blocks of the feed, each with its first line; one that is there twice by its first."""
        first = select(func.min(met_blocks.c.line).label("line"), met_blocks.c.digest).where(met_blocks.c.known)
        once = first.group_by(met_blocks.c.digest).subquery()
        for line, *cells in self._stream(select(once.c.line, line_blocks).join(once, _same(once))):
            yield line, Block(*cells)

    def seek(self, stored: int) -> None:
        """Fill `sought_records`; *stored* is how many records there are."""
        with self._transaction.staging():
            self._transaction.execute(delete(sought_records))
            known = self._number(select(func.coalesce(func.sum(met_blocks.c.lines), 0)).where(met_blocks.c.known))
            if not known:
                self._seek(select(training_records.c.record_id, training_records.c.line_digest))
            elif self._seek_not_met() + known != stored:
                without = training_records.c.line_digest.is_(None)
                self._seek(select(training_records.c.record_id, null()).where(without))
        self._transaction.index_temporary(sought_records)
        self._transaction.analyze(sought_records.c.record_id, sought_records.c.digest)

    def prepare(self) -> None:
        """Fill `new_blocks` with the blocks that were not known, as their lines were recognised or staged."""
        with self._transaction.staging():
            self._transaction.execute(delete(new_blocks))
            made = self._made()
            while batch := list(islice(made, _BATCH)):
                fill(self._transaction.connection, new_blocks, batch)

    def record(self) -> None:
        """Store the new ones in the place of those that were not met, once the records were merged."""
        self._transaction.write(delete(line_blocks).where(line_blocks.c.digest.not_in(_KNOWN)))
        names = [column.name for column in line_blocks.columns]
        still_so = self._take_out_broken()
        self._transaction.write(insert(line_blocks).from_select(names, select(*(new_blocks.c[name] for name in names))))
        self._add_loose(still_so)
        left = (
            select(sought_records)
            .join(untold_records, untold_records.c.record_id == sought_records.c.record_id)
            .join(training_records, training_records.c.record_id == sought_records.c.record_id)
            .where(training_records.c.line_digest == sought_records.c.digest)
        )
        self._add_loose((record_id, bytes(digest)) for record_id, digest in self._stream(left))

    def forget(self) -> None:
        """Store none."""
        self._transaction.write(delete(line_blocks))

    def _seek(self, records: Select[Any]) -> None:
        self._transaction.execute(insert(sought_records).from_select(["record_id", "digest"], records))

    def _seek_not_met(self) -> int:
        """How many records are in blocks that were not met."""
        told, number = (told for block in self._not_met() for told in block.told), 0
        while batch := list(islice(told, 10 * _BATCH)):
            number += len(batch)
            fill(self._transaction.connection, sought_records, batch)
        return number

    def _not_met(self) -> Iterator[Block]:
        rows = self._stream(select(line_blocks).where(~exists().where(_same(met_blocks), met_blocks.c.known)))
        return (Block(digest, bytes(lines), ids) for digest, lines, ids in rows)

    def _made(self) -> Iterator[tuple[int, *tuple[Any, ...]]]:
        """Blocks of the feed that were not known, as rows of `new_blocks`; only whole ones have a digest of a feed."""
        heads = self._stream(select(met_blocks).where(~met_blocks.c.known).order_by(met_blocks.c.line))
        lines = self._stream(_told_lines())
        line = next(lines, None)
        for first, number, digest, _ in heads:
            told = list[Told]()
            while line is not None and line[0] < first + number:
                told.append((line[1], bytes(line[2])))
                line = next(lines, None)
            if told:
                yield first, *_block(told, digest if len(told) == number else None)

    def _take_out_broken(self) -> list[Told]:
        """Take out the blocks in which a line was refused after all; what of them still is so."""
        within = refused_lines.c.line.between(met_blocks.c.line, met_blocks.c.line + met_blocks.c.lines - 1)
        broken = select(met_blocks).where(exists().where(within))
        still_so = list[Told]()
        for line, _, digest, known in self._transaction.execute(broken).all():
            table = line_blocks if known else new_blocks
            this = line_blocks.c.digest == digest if known else new_blocks.c.line == line
            for cells in self._transaction.execute(select(*(table.c[n] for n in Block._fields)).where(this)).all():
                still_so += self._still_so(Block(*cells))
            self._transaction.write(delete(table).where(this))
        return still_so

    def _still_so(self, block: Block) -> list[Told]:
        told = dict(block.told)
        stored = select(training_records.c.record_id, training_records.c.line_digest)
        rows = self._transaction.execute(stored.where(training_records.c.record_id.in_(list(told)))).all()
        return [(record_id, bytes(line)) for record_id, line in rows if line is not None and told[record_id] == line]

    def _add_loose(self, told: Iterable[Told]) -> None:
        source = iter(told)
        while batch := list(islice(source, _SIZE)):
            fill(self._transaction.connection, line_blocks, [_block(batch, None)])

    def _stream(self, statement: Select[Any]) -> Iterator[Any]:
        return iter(self._transaction.execute(statement.execution_options(yield_per=10 * _BATCH)))

    def _number(self, statement: Select[Any]) -> int:
        number: int = self._transaction.execute(statement).scalar_one()
        return number


def _same(blocks: Any) -> Any:  # noqa: ANN401 - a table or a question, and a condition
    return blocks.c.digest == line_blocks.c.digest


def _told_lines() -> Select[Any]:
    staged = select(staged_rows.c.line, staged_rows.c.record_id, staged_rows.c.line_digest).where(
        staged_rows.c.refused.is_(False), staged_rows.c.line_digest.is_not(None)
    )
    recognised = select(feed_lines.c.line, sought_records.c.record_id, feed_lines.c.digest).join(
        sought_records, sought_records.c.digest == feed_lines.c.digest
    )
    told = staged.union_all(recognised).subquery("told")
    return select(told).order_by(told.c.line)


def _block(told: Sequence[Told], digest: bytes | None) -> Block:
    lines = b"".join(line for _, line in told)
    loose = blake2b(lines, digest_size=_SIZE).digest() + _LOOSE
    return Block(digest or loose, lines, "\n".join(record_id for record_id, _ in told))
