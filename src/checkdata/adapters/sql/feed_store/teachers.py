"""Teacher records in SQL, and quick answers about those of the participants at hand."""

from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from operator import attrgetter
from typing import Final

from sqlalchemy import Boolean, Column, MetaData, Table, delete, exists, func, insert, or_, select

from checkdata.adapters.sql.bulk import fill
from checkdata.adapters.sql.feed_schema import teacher_records
from checkdata.adapters.sql.feed_store.records import Cells, person_of, teacher_record_from_row, teacher_record_to_row
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.feed.contents import Changes
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.training.teacher_answers import AskedTeacher, asked_for
from checkdata.domain.training.teacher_records import TeacherRecord, person_key

_BATCH: Final = 5000
_temporary: Final = MetaData()

staged_teachers: Final = Table(
    "staged_teachers",
    _temporary,
    *(Column(column.name, column.type) for column in teacher_records.columns),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
"""The teacher records of a feed."""

differing_teachers: Final = Table(
    "differing_teachers",
    _temporary,
    Column("trn", teacher_records.c.trn.type),
    Column("added", Boolean),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
"""Those of them that are new, or not as they are stored."""

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
        self._differing = 0

    @property
    def differ(self) -> bool:
        """Whether records were taken in that are new or stored otherwise."""
        return self._differing > 0

    def exist(self) -> bool:
        """Whether there is any teacher record."""
        found: bool = self._transaction.execute(select(exists(select(teacher_records)))).scalar_one()
        return found or self.differ

    def take_in(self, records: Iterable[TeacherRecord]) -> Changes:
        """Take records in beside those that are stored; from now on they answer in their place."""
        told = self._stage(records)
        if not told:
            return Changes()
        self._differing, changed = self._find_differing()
        self._forget()
        return Changes(added=self._differing - changed, changed=changed, unchanged=told - self._differing)

    def forget(self, told: Collection[AskedTeacher]) -> int:
        """Let the records with these TRNs and birthdays answer no more; `write` deletes them."""
        trns = sorted({asked.trn for asked in told})
        batches = (trns[first : first + _BATCH] for first in range(0, len(trns), _BATCH))
        gone = [record.trn for batch in batches for record in self._found("trn", batch) if asked_for(record) in told]
        self._forget()
        if not gone:
            return 0
        for table in (staged_teachers, differing_teachers):
            self._transaction.make_temporary(table)
        with self._transaction.staging():
            self._transaction.execute(delete(staged_teachers).where(staged_teachers.c.trn.in_(gone)))
            differed = self._transaction.execute(delete(differing_teachers).where(differing_teachers.c.trn.in_(gone)))
            fill(self._transaction.connection, differing_teachers, [(trn, False) for trn in gone])
        self._differing += len(gone) - differed.rowcount
        return len(gone)

    def renew_keys(self) -> None:
        """Answer by today's person keys; `write` stores them, so that nobody is kept from writing before."""
        last, rows = "", select(teacher_records).order_by(teacher_records.c.trn).limit(_BATCH)
        while found := self._transaction.execute(rows.where(teacher_records.c.trn > last)).all():
            stored = [(row.person_key, teacher_record_to_row(teacher_record_from_row(row))) for row in found]
            self._put_in_place([cells for key, cells in stored if cells[-1] != key])
            last = found[-1].trn
        self._forget()

    def write(self) -> None:
        """Put what was taken in in the place of what is stored."""
        if self.differ:
            self._write_differing()

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
        self._by_trn |= {record.trn: record for record in self._found("trn", trns)}

    def _look_up_persons(self, person_keys: Collection[str]) -> None:
        for record in self._found("person_key", person_keys):
            key = person_key(record.full_name, record.date_of_birth)
            self._by_person.setdefault(key, []).append(record)

    def _found(self, name: str, values: Collection[str]) -> list[TeacherRecord]:
        self._looked_up.update(values)
        if not values:
            return []
        stored = select(teacher_records).where(teacher_records.c[name].in_(values))
        if self.differ:
            told = select(staged_teachers).where(staged_teachers.c[name].in_(values))
            told = told.where(staged_teachers.c.trn.in_(_DIFFERING_TRNS))
            stored = stored.where(teacher_records.c.trn.not_in(_DIFFERING_TRNS))
            rows = self._transaction.execute(stored.union_all(told)).all()
        else:
            rows = self._transaction.execute(stored).all()
        return sorted(map(teacher_record_from_row, rows), key=attrgetter("trn"))

    def _stage(self, records: Iterable[TeacherRecord]) -> int:
        source, told = iter(records), 0
        while batch := [teacher_record_to_row(record) for record in islice(source, _BATCH)]:
            if not told:
                self._transaction.make_temporary(staged_teachers)
            told += len(batch)
            with self._transaction.staging():
                fill(self._transaction.connection, staged_teachers, batch)
        if told:
            self._transaction.analyze(staged_teachers.c.trn)
        return told

    def _find_differing(self) -> tuple[int, int]:
        """How many staged records are new or differ, and how many of them are stored otherwise."""
        self._transaction.make_temporary(differing_teachers)
        joined = staged_teachers.join(teacher_records, _SAME_TRN, isouter=True)
        is_new = teacher_records.c.trn.is_(None)
        found = select(staged_teachers.c.trn, is_new).select_from(joined).where(_DIFFERS)
        with self._transaction.staging():
            self._transaction.execute(insert(differing_teachers).from_select(["trn", "added"], found))
        counted = select(func.count(), func.count().filter(~differing_teachers.c.added)).select_from(differing_teachers)
        differing, changed = self._transaction.execute(counted).one()
        return differing, changed

    def _put_in_place(self, rows: Sequence[Cells]) -> None:
        """Have rows answer in the place of those stored, unless a feed has told these otherwise."""
        if not rows:
            return
        for table in (staged_teachers, differing_teachers):
            self._transaction.make_temporary(table)
        among = _DIFFERING_TRNS.where(differing_teachers.c.trn.in_([cells[0] for cells in rows]))
        told = set(self._transaction.execute(among).scalars())
        renewed = [cells for cells in rows if cells[0] not in told]
        trns = [cells[0] for cells in renewed]
        with self._transaction.staging():
            self._transaction.execute(delete(staged_teachers).where(staged_teachers.c.trn.in_(trns)))
            fill(self._transaction.connection, staged_teachers, renewed)
            fill(self._transaction.connection, differing_teachers, [(trn, False) for trn in trns])
        self._transaction.analyze(differing_teachers.c.trn)
        self._differing += len(renewed)

    def _write_differing(self) -> None:
        self._transaction.write(delete(teacher_records).where(teacher_records.c.trn.in_(_DIFFERING_TRNS)))
        rows = select(staged_teachers).where(staged_teachers.c.trn.in_(_DIFFERING_TRNS))
        names = [column.name for column in teacher_records.columns]
        self._transaction.write(insert(teacher_records).from_select(names, rows))
        self._transaction.analyze(teacher_records.c.trn, teacher_records.c.person_key)
