"""What a directory of teachers is asked, and answered, in SQL."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from attrs import asdict
from sqlalchemy import Executable, Select, bindparam, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from checkdata.adapters.sql.feed_schema import teacher_records
from checkdata.adapters.sql.generation_schema import record_kinds, training_records
from checkdata.adapters.sql.row_mapping import AnyRow
from checkdata.adapters.sql.teacher_check_schema import teacher_answers, teacher_messages
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.training.teacher_answers import (
    AskedTeacher,
    KeptAnswer,
    TeacherAnswer,
    TeacherMessage,
    TeacherStanding,
)
from checkdata.domain.training.teacher_records import TeacherInductionStatus, TeacherRecord

_ANSWERED_BEFORE: Final = bindparam("answered_before", type_=teacher_answers.c.at.type)
_KEY: Final = (teacher_answers.c.trn, teacher_answers.c.date_of_birth)


def _left_open() -> Select[Any]:
    own, kinds = training_records.c, record_kinds.c
    joined = training_records.join(record_kinds, kinds.number == own.kind)
    found = select(own.trn, own.date_of_birth).distinct().select_from(joined)
    return found.where(kinds.trn_validated.is_(None), own.trn.is_not(None), own.date_of_birth.is_not(None))


def _to_ask() -> Select[Any]:
    asked, merged, told = _left_open().subquery("asked"), teacher_records.c, teacher_messages.c
    same = (teacher_answers.c.trn == asked.c.trn) & (teacher_answers.c.date_of_birth == asked.c.date_of_birth)
    heard = exists().where(or_(told.trn == asked.c.trn, told.trn == merged.merged_into), told.at > teacher_answers.c.at)
    joined = asked.join(teacher_answers, same, isouter=True).join(
        teacher_records, merged.trn == asked.c.trn, isouter=True
    )
    due = or_(teacher_answers.c.at.is_(None), teacher_answers.c.at < _ANSWERED_BEFORE, heard)
    return select(asked.c.trn, asked.c.date_of_birth).select_from(joined).where(due)


_TO_ASK: Final = _to_ask()


def _keeping(insert: Any) -> Insert:  # noqa: ANN401 - that of either database
    adding = insert(teacher_answers)
    new = {name: adding.excluded[name] for name in ("at", "standing", "waits", "found")}
    return adding.on_conflict_do_update(index_elements=_KEY, set_=new)  # type: ignore[no-any-return]


def _hearing(insert: Any) -> Any:  # noqa: ANN401 - as above
    adding = insert(teacher_messages).on_conflict_do_nothing(index_elements=[teacher_messages.c.signed])
    return adding.returning(teacher_messages.c.signed)


_KEEPING: Final[Mapping[bool, Insert]] = {True: _keeping(postgresql.insert), False: _keeping(sqlite.insert)}
_HEARING: Final[Mapping[bool, Executable]] = {True: _hearing(postgresql.insert), False: _hearing(sqlite.insert)}
_TAKING_IN: Final = (
    update(teacher_answers)
    .where(
        teacher_answers.c.trn == bindparam("its_trn"),
        teacher_answers.c.date_of_birth == bindparam("its_birthday"),
        teacher_answers.c.at == bindparam("its_moment"),
    )
    .values(waits=False, found=None)
)


class SqlTeacherChecks:
    """A row for each answer, and one for each message."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def number_to_ask(self, answered_before: datetime, /) -> int:
        """How many are to be asked for."""
        self._transaction.see_listings()
        counted = select(func.count()).select_from(_TO_ASK.subquery())
        number: int = self._transaction.execute(counted, {"answered_before": answered_before}).scalar_one()
        return number

    def to_ask(self, answered_before: datetime, most: int, /) -> Sequence[AskedTeacher]:
        """The next to be asked for."""
        self._transaction.see_listings()
        rows = self._transaction.execute(_TO_ASK.limit(most), {"answered_before": answered_before}).all()
        return [AskedTeacher(trn=row.trn, date_of_birth=date.fromisoformat(row.date_of_birth)) for row in rows]

    def keep(self, answers: Sequence[TeacherAnswer], at: datetime, /) -> None:
        """Keep answers."""
        cells = [
            {
                "trn": answer.asked.trn,
                "date_of_birth": answer.asked.date_of_birth.isoformat(),
                "at": at,
                "standing": answer.standing.value,
                "waits": answer.standing is not TeacherStanding.NOT_ANSWERED,
                "found": None if answer.record is None else _written(answer.record),
            }
            for answer in answers
        ]
        if cells:
            self._transaction.write(_KEEPING[self._transaction.on_postgresql], cells)

    def waiting(self) -> Sequence[KeptAnswer]:
        """The answers that wait for a listing."""
        found = select(teacher_answers).where(teacher_answers.c.waits).order_by(*_KEY)
        return list(map(_kept, self._transaction.execute(found).all()))

    def taken_in(self, kept: Sequence[KeptAnswer], /) -> None:
        """Let these wait no more."""
        cells = [
            {
                "its_trn": each.answer.asked.trn,
                "its_birthday": each.answer.asked.date_of_birth.isoformat(),
                "its_moment": each.at,
            }
            for each in kept
        ]
        if cells:
            self._transaction.write(_TAKING_IN, cells)

    def hear(self, message: TeacherMessage, /) -> bool:
        """Keep a message, once."""
        cells = {"signed": message.signed, "trn": message.trn, "at": message.at}
        added = self._transaction.write(_HEARING[self._transaction.on_postgresql], cells)
        return added.scalar_one_or_none() is not None


def _kept(row: AnyRow) -> KeptAnswer:
    answer = TeacherAnswer(
        asked=AskedTeacher(trn=row.trn, date_of_birth=date.fromisoformat(row.date_of_birth)),
        standing=TeacherStanding(row.standing),
        record=None if row.found is None else _read(row.found),
    )
    return KeptAnswer(answer=answer, at=row.at)


def _written(record: TeacherRecord) -> str:
    return json.dumps(asdict(record), default=_word)


def _word(value: object) -> str:
    return value.value if isinstance(value, Enum) else str(value)


def _read(text: str) -> TeacherRecord:
    told = json.loads(text)
    status = told["induction_status"]
    days = {name: date.fromisoformat(told[name]) for name in _DAYS if told[name] is not None}
    return TeacherRecord(
        **{**told, **days, "induction_status": None if status is None else TeacherInductionStatus(status)}
    )


_DAYS: Final = ("date_of_birth", "qts_awarded_on", "induction_started_on", "induction_completed_on")

_conforms: type[ports.TeacherChecks] = SqlTeacherChecks
