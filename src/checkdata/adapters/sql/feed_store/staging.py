"""A feed's training records: taken in beside what is stored, compared with it, and merged into it."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from functools import partial
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, insert, or_, select, union_all, update

from checkdata.adapters.sql.bulk import fill, fill_words
from checkdata.adapters.sql.feed_schema import participants, training_records
from checkdata.adapters.sql.feed_store.background_writer import one_behind
from checkdata.adapters.sql.feed_store.changed_participants import touch
from checkdata.adapters.sql.feed_store.early_copy import Early
from checkdata.adapters.sql.feed_store.known_lines import Recognising
from checkdata.adapters.sql.feed_store.staged_words import Cells, StagedWords
from checkdata.adapters.sql.feed_store.temporary_tables import (
    differing_records,
    refused_lines,
    staged_records,
    staged_rows,
    staged_shared,
)
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.feed.contents import Changes, FeedBlock, FeedRow
from checkdata.domain.feed.record_words import CheckedRow

_BATCH: Final = 2500
_GOOD: Final = staged_rows.c.refused.is_(False)
_SAME_RECORD: Final = staged_rows.c.record_id == training_records.c.record_id
_NAMED: Final = exists().where(_SAME_RECORD)
_NOT_TOLD: Final = ("record_id", "person_key", "line_digest")
"""Columns that say nothing else than the others do."""


class Staging:
    """The rows of one feed."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._recognising = Recognising(transaction)
        self._refused_known = 0
        self._early: Early | None = None
        self._first = False

    def recognise(self, blocks: Iterable[FeedBlock]) -> Sequence[int] | None:
        """Stage the records that were stored by these lines; the lines of all others."""
        return self._recognising.recognise(blocks)

    def stage(self, rows: Iterable[FeedRow | CheckedRow]) -> None:
        """Take the rows in, in batches; the stored records are neither read nor held up."""
        self._begin()
        if self._transaction.on_postgresql and self._is_first():
            self._early = Early(self._transaction)
        source = iter(rows)
        words = StagedWords(on_postgresql=self._transaction.on_postgresql, first=self._numbered())
        with one_behind(self._transaction) as behind:
            while batch := list(map(words.of, islice(source, _BATCH))):
                behind(partial(self._take_in, batch, words.taken()))
        self._transaction.index_temporary(staged_rows)
        self._transaction.analyze(staged_shared.c.number)
        self._transaction.analyze(staged_rows.c.record_id, staged_rows.c.participant_id, staged_rows.c.shared)
        self._recognising.prepare()

    def _take_in(self, batch: Sequence[Cells], shared: Sequence[Cells]) -> None:
        early = nullcontext() if self._early is None else self._early.following()
        with self._transaction.staging(), early:
            fill_words(self._transaction.connection, staged_shared, shared)
            fill_words(self._transaction.connection, staged_rows, batch)

    def duplicate_line(self) -> int | None:
        """The first line of a staged row whose record id stands on an earlier line too."""
        self._begin()
        ids = select(staged_rows.c.record_id)
        known = self._recognising.lines(training_records.c.record_id.in_(ids))
        told = select(staged_rows.c.line, staged_rows.c.record_id).union_all(known).subquery()
        twice = select(told.c.record_id).group_by(told.c.record_id).having(func.count() > 1)
        lines = select(told.c.line, told.c.record_id).where(told.c.record_id.in_(twice))
        met = set[str]()
        for line, record_id in self._transaction.execute(lines.order_by(told.c.line)):
            if record_id in met:
                found: int = line
                return found
            met.add(record_id)
        return None

    def role_conflicts(self, *, complete: bool) -> Sequence[int]:
        """Lines of staged rows whose participant is in two roles."""
        self._begin()
        ids, known = select(staged_rows.c.participant_id), self._recognising
        staying = [~exists().where(_SAME_RECORD, _GOOD), *([or_(_NAMED, known.told)] if complete else [])]
        told = (
            select(staged_rows.c.participant_id, staged_shared.c.role)
            .join(staged_shared, staged_shared.c.number == staged_rows.c.shared)
            .where(staged_shared.c.role.is_not(None))
        )
        stored = select(training_records.c.participant_id, training_records.c.role).where(
            training_records.c.participant_id.in_(ids), *staying
        )
        roles = (told if self._early is not None else union_all(told, stored)).subquery()
        in_two = (
            select(roles.c.participant_id)
            .group_by(roles.c.participant_id)
            .having(func.min(roles.c.role) != func.max(roles.c.role))
        )
        found = select(staged_rows.c.line).where(staged_rows.c.participant_id.in_(in_two))
        lines = self._transaction.execute(found).scalars().all()
        if not lines:
            return lines
        others = known.lines(training_records.c.participant_id.in_(in_two))
        return sorted([*lines, *self._transaction.execute(others).scalars()])

    def unstage(self, lines: Sequence[int]) -> None:
        """Refuse staged rows after all."""
        self._begin()
        self._transaction.make_temporary(refused_lines)
        if not lines:
            return
        with self._transaction.staging():
            self._transaction.execute(delete(refused_lines))
            fill(self._transaction.connection, refused_lines, [(line,) for line in set(lines)])
            refused = staged_rows.c.line.in_(select(refused_lines.c.line))
            staged = self._transaction.execute(update(staged_rows).where(refused).values(refused=True)).rowcount
        self._refused_known = len(set(lines)) - staged

    def missing(self) -> int:
        """How many stored training records are not named."""
        self._begin()
        return self._number(select(func.count()).select_from(training_records).where(*self._left_out()))

    def merge(self, *, complete: bool) -> Changes:
        """Write the staged records that are new or differ; with *complete*, delete stored ones that are missing."""
        self._begin()
        good = self._number(select(func.count()).select_from(staged_rows).where(_GOOD))
        if self._early is not None or self._is_first():
            self._write_first()
            return Changes(added=good)
        self._find_differing()
        self._touch_changed(complete=complete)
        differing = self._number(select(func.count()).select_from(differing_records))
        added = self._number(select(func.count()).select_from(differing_records).where(differing_records.c.added))
        left_out = delete(training_records).where(*self._left_out())
        removed = self._transaction.write(left_out).rowcount if complete else 0
        if differing:
            self._write_differing()
        self._renew_digests()
        known = self._recognising.number - self._refused_known
        return Changes(added=added, changed=differing - added, unchanged=good - differing + known, removed=removed)

    def record_blocks(self, *, known: bool) -> None:
        """Keep in which blocks the merged records were told; nothing unless they are *known*."""
        self._begin()
        self._recognising.record(known=known)

    @property
    def first(self) -> bool:
        """Whether the staged records were merged, and nothing else is stored."""
        return self._first

    def _left_out(self) -> Sequence[ColumnElement[bool]]:
        """Whether the feed does not name a stored record."""
        return ~_NAMED, ~self._recognising.told

    def _begin(self) -> None:
        self._transaction.make_temporary(staged_rows)
        self._transaction.make_temporary(staged_shared)
        self._recognising.begin()

    def _numbered(self) -> int:
        return self._number(select(func.coalesce(func.max(staged_shared.c.number), 0))) + 1

    def _is_first(self) -> bool:
        nothing = and_(~exists(select(training_records)), ~exists(select(participants)))
        return bool(self._transaction.execute(select(nothing)).scalar_one())

    def _write_first(self) -> None:
        if self._early is None:
            names = [column.name for column in training_records.columns]
            rows = select(*(staged_records.c[name] for name in names)).where(staged_records.c.refused.is_(False))
            with self._transaction.without_indexes(training_records):
                self._transaction.write(insert(training_records).from_select(names, rows))
        else:
            self._early.take_back_refused()
            self._early = None
        self._transaction.analyze(training_records.c.record_id, training_records.c.participant_id)
        self._first = True

    def _find_differing(self) -> None:
        self._transaction.make_temporary(differing_records)
        self._transaction.execute(delete(differing_records))
        is_new = training_records.c.record_id.is_(None)
        found = (
            select(staged_records.c.record_id, is_new)
            .join(training_records, training_records.c.record_id == staged_records.c.record_id, isouter=True)
            .where(staged_records.c.refused.is_(False), or_(is_new, _differs()))
        )
        self._transaction.execute(insert(differing_records).from_select(["record_id", "added"], found))
        self._transaction.analyze(differing_records.c.record_id, differing_records.c.added)

    def _touch_changed(self, *, complete: bool) -> None:
        touch(self._transaction, _of_differing(select(staged_rows.c.participant_id), staged_rows.c.record_id))
        touch(self._transaction, _of_differing(select(training_records.c.participant_id), training_records.c.record_id))
        if complete:
            touch(self._transaction, select(training_records.c.participant_id).where(*self._left_out()))

    def _write_differing(self) -> None:
        stale = select(differing_records.c.record_id).where(differing_records.c.added.is_(False))
        self._transaction.write(delete(training_records).where(training_records.c.record_id.in_(stale)))
        names = [column.name for column in training_records.columns]
        rows = _of_differing(select(*(staged_records.c[name] for name in names)), staged_records.c.record_id)
        self._transaction.write(
            insert(training_records).from_select(names, rows.where(staged_records.c.refused.is_(False)))
        )
        self._transaction.analyze(training_records.c.record_id, training_records.c.participant_id)

    def _renew_digests(self) -> None:
        """Keep the line by which each record was told now, even if it is written differently."""
        otherwise = training_records.c.line_digest.is_distinct_from(staged_rows.c.line_digest)
        renewed = update(training_records).where(_SAME_RECORD, _GOOD, otherwise)
        self._transaction.write(renewed.values(line_digest=staged_rows.c.line_digest))

    def _number(self, statement: Select[Any]) -> int:
        number: int = self._transaction.execute(statement).scalar_one()
        return number


def _differs() -> ColumnElement[bool]:
    compared = (column for column in training_records.columns if column.name not in _NOT_TOLD)
    return or_(*(staged_records.c[column.name].is_distinct_from(column) for column in compared))


def _of_differing(rows: Select[Any], record_id: ColumnElement[str]) -> Select[Any]:
    return rows.join(differing_records, differing_records.c.record_id == record_id)
