"""Teacher records in SQL, and quick answers about those of the participants at hand."""

from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, delete, func, insert, or_, select

from checkdata.adapters.sql.bulk import fill
from checkdata.adapters.sql.feed_schema import teacher_records, training_records
from checkdata.adapters.sql.feed_store.changed_participants import touch
from checkdata.adapters.sql.feed_store.records import person_of, teacher_record_from_row, teacher_record_to_row
from checkdata.adapters.sql.feed_store.temporary_tables import differing_teachers, staged_teachers
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.feed.contents import Changes
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.training.teacher_records import TeacherRecord, person_key

_BATCH: Final = 5000
_SAME_TRN: Final = staged_teachers.c.trn == teacher_records.c.trn
_DIFFERS: Final = or_(
    *(staged_teachers.c[c.name].is_distinct_from(c) for c in teacher_records.columns if c.name != "person_key")
)
_DIFFERING_TRNS: Final = select(differing_teachers.c.trn)


class TeacherRecords:
    """The extract of the DQT as loaded."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._by_trn: dict[str, TeacherRecord] = {}
        self._by_person: dict[str, list[TeacherRecord]] = {}
        self._looked_up: set[str] = set()

    def put(self, records: Iterable[TeacherRecord]) -> Changes:
        """Add and change; participants of whom a teacher record that differs may decide something are touched."""
        told = self._stage(records)
        differing, changed = self._find_differing()
        if differing:
            self._write_differing()
            self._touch()
        self._forget()
        return Changes(added=differing - changed, changed=changed, unchanged=told - differing)

    def with_trn(self, trn: str) -> TeacherRecord | None:
        """The teacher record with this TRN."""
        if trn not in self._looked_up:
            self._look_up_trns({trn})
        return self._by_trn.get(trn)

    def of_person(self, person_key: str) -> Sequence[TeacherRecord]:
        """The teacher records of this person, by TRN."""
        if person_key not in self._looked_up:
            self._look_up_persons({person_key})
        return tuple(self._by_person.get(person_key, ()))

    def look_up(self, records: Iterable[TrainingRecord]) -> None:
        """Have the answers ready, and no others, that are asked for when these training records are derived."""
        checked = [record for record in records if record.trn_validated is None]
        self._forget()
        self._look_up_trns({record.trn for record in checked if record.trn is not None})
        self._look_up_persons(set(filter(None, map(person_of, checked))))

    def _forget(self) -> None:
        self._by_trn, self._by_person, self._looked_up = {}, {}, set()

    def _look_up_trns(self, trns: Collection[str]) -> None:
        self._by_trn |= {record.trn: record for record in self._found(teacher_records.c.trn, trns)}

    def _look_up_persons(self, person_keys: Collection[str]) -> None:
        for record in self._found(teacher_records.c.person_key, person_keys):
            key = person_key(record.full_name, record.date_of_birth)
            self._by_person.setdefault(key, []).append(record)

    def _found(self, column: ColumnElement[str], values: Collection[str]) -> list[TeacherRecord]:
        self._looked_up.update(values)
        if not values:
            return []
        found = select(teacher_records).where(column.in_(values)).order_by(teacher_records.c.trn)
        return list(map(teacher_record_from_row, self._transaction.execute(found)))

    def _stage(self, records: Iterable[TeacherRecord]) -> int:
        self._transaction.make_temporary(staged_teachers)
        self._transaction.execute(delete(staged_teachers))
        source, told = iter(records), 0
        while batch := [teacher_record_to_row(record) for record in islice(source, _BATCH)]:
            told += len(batch)
            with self._transaction.staging():
                fill(self._transaction.connection, staged_teachers, batch)
        self._transaction.analyze(staged_teachers.c.trn)
        return told

    def _find_differing(self) -> tuple[int, int]:
        """How many staged records are new or differ, and how many of them are stored otherwise."""
        self._transaction.make_temporary(differing_teachers)
        self._transaction.execute(delete(differing_teachers))
        now = select(staged_teachers.c.trn, staged_teachers.c.person_key).join(teacher_records, _SAME_TRN, isouter=True)
        before = select(teacher_records.c.trn, teacher_records.c.person_key).join(staged_teachers, _SAME_TRN)
        self._insert_differing(now.where(_DIFFERS))
        differing = self._number(select(func.count()).select_from(differing_teachers))
        self._insert_differing(before.where(_DIFFERS))
        return differing, self._number(select(func.count()).select_from(differing_teachers)) - differing

    def _insert_differing(self, rows: Select[Any]) -> None:
        self._transaction.execute(insert(differing_teachers).from_select(["trn", "person_key"], rows))

    def _write_differing(self) -> None:
        self._transaction.write(delete(teacher_records).where(teacher_records.c.trn.in_(_DIFFERING_TRNS)))
        rows = select(staged_teachers).where(staged_teachers.c.trn.in_(_DIFFERING_TRNS))
        names = [column.name for column in teacher_records.columns]
        self._transaction.write(insert(teacher_records).from_select(names, rows))
        self._transaction.analyze(teacher_records.c.trn, teacher_records.c.person_key)

    def _touch(self) -> None:
        decides = or_(
            training_records.c.trn.in_(_DIFFERING_TRNS),
            training_records.c.person_key.in_(select(differing_teachers.c.person_key)),
        )
        checked = training_records.c.trn_validated.is_(None)
        touch(self._transaction, select(training_records.c.participant_id).where(checked, decides))

    def _number(self, statement: Select[Any]) -> int:
        number: int = self._transaction.execute(statement).scalar_one()
        return number
