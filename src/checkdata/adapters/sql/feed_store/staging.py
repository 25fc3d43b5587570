"""A feed's training records: taken in beside what is stored, compared with it, and merged into it."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, or_, select, union_all, update

from checkdata.adapters.sql.bulk import fill
from checkdata.adapters.sql.feed_schema import training_records
from checkdata.adapters.sql.feed_store.records import Cells, training_record_to_row
from checkdata.adapters.sql.feed_store.temporary_tables import differing_records, refused_lines, staged_records
from checkdata.adapters.sql.feed_store.touching import touch
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.imports import Changes, FeedRow

_BATCH: Final = 5000
_GOOD: Final = staged_records.c.refused.is_(False)
_SAME_RECORD: Final = staged_records.c.record_id == training_records.c.record_id
_NO_RECORD: Final = (None,) * (len(training_records.columns) - 3)
_NAMED: Final = exists().where(_SAME_RECORD)


class Staging:
    """The rows of one feed."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def stage(self, rows: Iterable[FeedRow]) -> None:
        """Take the rows in, in batches; the stored records are neither read nor held up."""
        self._begin()
        source = iter(rows)
        while batch := [_staged(row) for row in islice(source, _BATCH)]:
            with self._transaction.staging():
                fill(self._transaction.connection, staged_records, batch)
        self._transaction.analyze(staged_records.c.record_id, staged_records.c.participant_id)

    def duplicate_line(self) -> int | None:
        """The first line of a staged row whose record id stands on an earlier line too."""
        self._begin()
        nth = func.row_number().over(partition_by=staged_records.c.record_id, order_by=staged_records.c.line)
        numbered = select(staged_records.c.line, nth.label("nth")).subquery()
        line: int | None = self._transaction.execute(
            select(func.min(numbered.c.line)).where(numbered.c.nth > 1)
        ).scalar_one()
        return line

    def role_conflicts(self, *, complete: bool) -> Sequence[int]:
        """Lines of staged rows whose participant is in two roles."""
        self._begin()
        staying = [~exists().where(_SAME_RECORD, _GOOD), *([_NAMED] if complete else [])]
        roles = union_all(
            select(staged_records.c.participant_id, staged_records.c.role).where(staged_records.c.role.is_not(None)),
            select(training_records.c.participant_id, training_records.c.role).where(*staying),
        ).subquery()
        in_two = (
            select(roles.c.participant_id)
            .group_by(roles.c.participant_id)
            .having(func.min(roles.c.role) != func.max(roles.c.role))
        )
        lines = select(staged_records.c.line).where(staged_records.c.participant_id.in_(in_two))
        return list(self._transaction.execute(lines.order_by(staged_records.c.line)).scalars())

    def unstage(self, lines: Iterable[int]) -> None:
        """Refuse staged rows after all."""
        self._begin()
        self._transaction.make_temporary(refused_lines)
        with self._transaction.staging():
            self._transaction.execute(delete(refused_lines))
            fill(self._transaction.connection, refused_lines, [(line,) for line in set(lines)])
            refused = staged_records.c.line.in_(select(refused_lines.c.line))
            self._transaction.execute(update(staged_records).where(refused).values(refused=True))

    def missing(self) -> int:
        """How many stored training records are not named."""
        self._begin()
        return self._number(select(func.count()).select_from(training_records).where(~_NAMED))

    def merge(self, *, complete: bool) -> Changes:
        """Write the staged records that are new or differ; with *complete*, delete stored ones that are missing."""
        self._begin()
        self._find_differing()
        self._touch_changed(complete=complete)
        good = self._number(select(func.count()).select_from(staged_records).where(_GOOD))
        differing = self._number(select(func.count()).select_from(differing_records))
        added = self._number(select(func.count()).select_from(differing_records).where(differing_records.c.added))
        removed = self._transaction.write(delete(training_records).where(~_NAMED)).rowcount if complete else 0
        if differing:
            self._write_differing()
        return Changes(added=added, changed=differing - added, unchanged=good - differing, removed=removed)

    def _begin(self) -> None:
        self._transaction.make_temporary(staged_records)

    def _find_differing(self) -> None:
        self._transaction.make_temporary(differing_records)
        self._transaction.execute(delete(differing_records))
        is_new = training_records.c.record_id.is_(None)
        found = (
            select(staged_records.c.record_id, is_new)
            .join(training_records, _SAME_RECORD, isouter=True)
            .where(_GOOD, or_(is_new, _differs()))
        )
        self._transaction.execute(insert(differing_records).from_select(["record_id", "added"], found))
        self._transaction.analyze(differing_records.c.record_id, differing_records.c.added)

    def _touch_changed(self, *, complete: bool) -> None:
        touch(self._transaction, _of_differing(select(staged_records.c.participant_id), staged_records.c.record_id))
        touch(self._transaction, _of_differing(select(training_records.c.participant_id), training_records.c.record_id))
        if complete:
            touch(self._transaction, select(training_records.c.participant_id).where(~_NAMED))

    def _write_differing(self) -> None:
        stale = select(differing_records.c.record_id).where(differing_records.c.added.is_(False))
        self._transaction.write(delete(training_records).where(training_records.c.record_id.in_(stale)))
        names = [column.name for column in training_records.columns]
        rows = _of_differing(select(*(staged_records.c[name] for name in names)), staged_records.c.record_id)
        self._transaction.write(insert(training_records).from_select(names, rows.where(_GOOD)))
        self._transaction.analyze(training_records.c.record_id, training_records.c.participant_id)

    def _number(self, statement: Select[Any]) -> int:
        number: int = self._transaction.execute(statement).scalar_one()
        return number


def _staged(row: FeedRow) -> Cells:
    if row.record is not None:
        return (*training_record_to_row(row.record), row.line, False)
    role = None if row.role is None else row.role.value
    return (_storable(row.record_id), _storable(row.participant_id), role, *_NO_RECORD, row.line, True)


def _storable(key: str) -> str:
    """The key of a refused row, which may hold what no database keeps."""
    return key.replace("\0", "\ufffd").encode(errors="replace").decode()


def _differs() -> ColumnElement[bool]:
    compared = (column for column in training_records.columns if column.name not in ("record_id", "person_key"))
    return or_(*(staged_records.c[column.name].is_distinct_from(column) for column in compared))


def _of_differing(rows: Select[Any], record_id: ColumnElement[str]) -> Select[Any]:
    return rows.join(differing_records, differing_records.c.record_id == record_id)
