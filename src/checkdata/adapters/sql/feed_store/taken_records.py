"""The training records of the next generation: those that a feed tells, and those of the one before that stay."""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from itertools import chain
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.exc import IntegrityError

from checkdata.adapters.sql.bulk import Cells, fill, filling_from_piece
from checkdata.adapters.sql.feed_store.background_writer import Behind, one_behind
from checkdata.adapters.sql.feed_store.next_generation import NextGeneration, Task, analyzing
from checkdata.adapters.sql.feed_store.record_kinds import RecordKinds
from checkdata.adapters.sql.feed_store.work_tables import refused_lines, refused_rows, several_records
from checkdata.adapters.sql.generation_schema import before, record_kinds, training_records
from checkdata.domain.errors import StorageConflict
from checkdata.domain.feed.contents import Changes, Compared
from checkdata.domain.feed.pieces import RecordPiece, RefusedRow
from checkdata.domain.feed.record_words import OWN_FIELDS, SHARED_FIELDS

_NEW: Final = training_records.c
_OLD: Final = before(training_records).c
_FED: Final = _NEW.line.is_not(None)
_SAME: Final = _NEW.record_id == _OLD.record_id
_REFUSED: Final = exists().where(refused_rows.c.record_id == _OLD.record_id)
_NAMES: Final = [column.name for column in training_records.columns]
_OLD_KIND: Final = before(record_kinds).alias("old_kind")
_NEW_KIND: Final = record_kinds.alias("new_kind")
_TOLD: Final = tuple(name for name in OWN_FIELDS if name != "record_id")
"""The columns that say something of their own."""


class TakenRecords:
    """The training records of one import."""

    def __init__(self, making: NextGeneration) -> None:
        self._making = making
        self._kinds = RecordKinds(making)
        self._complete = False
        self._good = 0
        self._added = 0
        self._changed = 0
        self._staying = 0
        self._missing = 0
        self._has_unused_kinds = making.follows
        if making.follows:
            self._kinds.carry_over()

    def take_in(self, pieces: Iterable[RecordPiece]) -> None:
        """Take the pieces in as they are read: one is written while the next is prepared and another one is read."""
        with one_behind() as writing, one_behind() as preparing:
            for piece in pieces:
                preparing(partial(self._prepare, piece, writing))
        self._making.analyze(_NEW.record_id, _NEW.participant_id, _NEW.kind)

    def carry_all(self) -> None:
        """Take all records of the generation before."""
        self._insert_old(select(*_OLD))
        self._making.side_by_side(*self._making.indexes(training_records), self._note_several)

    def compare(self, *, complete: bool) -> Compared:
        """Compare the rows with each other and with what is stored, and carry over the stored records that stay."""
        self._complete = complete
        self._find_changes()
        stored, refused = self._number_stored(), self._number_stored(_REFUSED)
        self._staying = stored - (self._good - self._added)
        self._missing = self._staying - refused
        duplicate = self._indexed_on_postgresql() if self._making.on_postgresql else self._indexed_on_sqlite()
        if duplicate is not None:
            return Compared(duplicate_line=duplicate, role_conflicts=(), missing=0, stored=stored)
        conflicts = self._role_conflicts()
        return Compared(duplicate_line=None, role_conflicts=conflicts, missing=self._missing, stored=stored)

    def merge(self, refused: Collection[int]) -> Changes:
        """Refuse rows after all, and say what the others change."""
        if refused:
            self._refuse(refused)
            self._find_changes()
        removed = self._missing if self._complete else 0
        unchanged = self._good - self._added - self._changed
        return Changes(added=self._added, changed=self._changed, unchanged=unchanged, removed=removed)

    def forget_unused_kinds(self) -> None:
        """Delete the kinds of which there is no record."""
        if self._has_unused_kinds:
            self._kinds.forget_unused()

    def _prepare(self, piece: RecordPiece, writing: Behind) -> None:
        numbers, kinds = self._kinds.numbers_of(piece.kinds)
        self._good += len(piece) - len(piece.refused)
        records = filling_from_piece(self._making.connection, training_records, piece, numbers)
        writing(partial(self._write, kinds, records, list(map(_refused_cells, piece.refused))))

    def _write(self, kinds: Sequence[Cells], records: Callable[[], None], refused: Sequence[Cells]) -> None:
        fill(self._making.connection, record_kinds, kinds)
        records()
        fill(self._making.connection, refused_rows, refused)

    def _indexed_on_postgresql(self) -> int | None:
        """Carry over, make the indexes, and note participants with several records; a duplicate line."""
        self._carry_over()
        return self._index(self._note_several)

    def _indexed_on_sqlite(self) -> int | None:
        """The same, where an index finds what is carried over."""
        duplicate = self._index()
        if duplicate is None:
            self._carry_over()
            self._note_several(self._making.connection)
        return duplicate

    def _carry_over(self) -> None:
        """Take the stored records that the feed does not tell; of a complete one, those of refused rows only."""
        if self._staying:
            stays = select(*_OLD).where(~exists().where(_SAME))
            self._insert_old(stays.where(_REFUSED) if self._complete else stays)

    def _insert_old(self, rows: Select[Any]) -> None:
        cells = [null() if column.name == "line" else column for column in rows.selected_columns]
        self._making.connection.execute(insert(training_records).from_select(_NAMES, rows.with_only_columns(*cells)))
        self._making.analyze(_NEW.record_id, _NEW.participant_id, _NEW.kind)

    def _index(self, *others: Task) -> int | None:
        """Make the indexes, and do beside it what needs none; the first line whose record id stands on an earlier one.

        None without one.
        """
        self._making.connection.commit()
        try:
            self._making.side_by_side(*self._making.indexes(training_records), *others)
        except (IntegrityError, StorageConflict):
            self._making.connection.rollback()
            return self._duplicate_line()
        met_twice = select(exists().where(refused_rows.c.record_id == _NEW.record_id, _FED))
        refused_twice = select(refused_rows.c.record_id).group_by(refused_rows.c.record_id).having(func.count() > 1)
        if self._making.connection.execute(met_twice).scalar_one():
            return self._duplicate_line()
        if self._making.connection.execute(select(exists(refused_twice))).scalar_one():
            return self._duplicate_line()
        return None

    def _duplicate_line(self) -> int | None:
        fed = select(_NEW.line, _NEW.record_id).where(_FED)
        told = union_all(fed, select(refused_rows.c.line, refused_rows.c.record_id)).subquery()
        twice = select(told.c.record_id).group_by(told.c.record_id).having(func.count() > 1)
        lines = select(told.c.line, told.c.record_id).where(told.c.record_id.in_(twice)).order_by(told.c.line)
        met = set[str]()
        for line, record_id in self._making.connection.execute(lines):
            if record_id in met:
                found: int = line
                return found
            met.add(record_id)
        return None

    def _note_several(self, connection: Connection) -> None:
        several = select(_NEW.participant_id).group_by(_NEW.participant_id).having(func.count() > 1)
        refused = select(refused_rows.c.participant_id).where(refused_rows.c.participant_id != "")
        noted = several.union(refused)
        connection.execute(insert(several_records).from_select(["participant_id"], noted))
        analyzing(several_records.c.participant_id)(connection)

    def _role_conflicts(self) -> Sequence[int]:
        several = select(several_records.c.participant_id)
        told = (
            select(_NEW.participant_id, record_kinds.c.role)
            .join(record_kinds, record_kinds.c.number == _NEW.kind)
            .where(_NEW.participant_id.in_(several))
        )
        refused = select(refused_rows.c.participant_id, refused_rows.c.role).where(refused_rows.c.role.is_not(None))
        roles = union_all(told, refused).subquery()
        in_two = (
            select(roles.c.participant_id)
            .group_by(roles.c.participant_id)
            .having(func.min(roles.c.role) != func.max(roles.c.role))
        )
        lines = (
            select(_NEW.line).where(_FED, _NEW.participant_id.in_(in_two)),
            select(refused_rows.c.line).where(refused_rows.c.participant_id.in_(in_two)),
        )
        found = chain.from_iterable(self._making.connection.execute(each).scalars() for each in lines)
        return sorted(found)

    def _refuse(self, lines: Collection[int]) -> None:
        """Put the stored versions in the place of rows that are refused after all."""
        connection = self._making.connection
        fill(connection, refused_lines, [(line,) for line in sorted(set(lines))])
        refused = _NEW.line.in_(select(refused_lines.c.line))
        again = select(_NEW.line, _NEW.record_id, _NEW.participant_id, null()).where(refused)
        connection.execute(insert(refused_rows).from_select([column.name for column in refused_rows.columns], again))
        self._good -= connection.execute(delete(training_records).where(refused)).rowcount
        self._has_unused_kinds = True
        if self._making.follows:
            self._insert_old(select(*_OLD).where(_REFUSED, ~exists().where(_SAME)))
        connection.execute(delete(several_records))
        self._note_several(connection)

    def _find_changes(self) -> None:
        """Find how many records of the feed are new, and how many differ from what is stored."""
        if not self._making.follows:
            self._added = self._good
            return
        is_new = _OLD.record_id.is_(None)
        differs = or_(
            *(_NEW[name].is_distinct_from(_OLD[name]) for name in _TOLD),
            and_(_NEW.kind != _OLD.kind, _differ_in_words()),
        )
        compared = (
            select(func.count().filter(is_new), func.count().filter(~is_new, differs))
            .select_from(training_records)
            .join(before(training_records), _SAME, isouter=True)
            .join(_NEW_KIND, _NEW_KIND.c.number == _NEW.kind, isouter=True)
            .join(_OLD_KIND, _OLD_KIND.c.number == _OLD.kind, isouter=True)
            .where(_FED)
        )
        self._added, self._changed = self._making.connection.execute(compared).one()

    def _number_stored(self, *which: ColumnElement[bool]) -> int:
        if not self._making.follows:
            return 0
        counted = select(func.count()).select_from(before(training_records)).where(*which)
        number: int = self._making.connection.execute(counted).scalar_one()
        return number


def _differ_in_words() -> ColumnElement[bool]:
    """One kind may have two numbers."""
    return or_(*(_NEW_KIND.c[name].is_distinct_from(_OLD_KIND.c[name]) for name in SHARED_FIELDS))


def _refused_cells(row: RefusedRow) -> tuple[Any, ...]:
    """The keys of a refused row may hold characters that no database keeps."""
    role = None if row.role is None else row.role.value
    return (row.line, _storable(row.record_id), _storable(row.participant_id), role)


def _storable(key: str) -> str:
    return key.replace("\0", "\ufffd").encode(errors="replace").decode()
