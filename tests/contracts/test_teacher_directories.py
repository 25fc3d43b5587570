"""Every directory of teachers answers alike: the Teaching Record System, an extract in a feed, and one in memory."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from attrs import evolve

from checkdata.adapters.feed import FolderFeed
from checkdata.adapters.feed.extract import ExtractOfTeachers
from checkdata.adapters.memory import MemoryRejections, MemoryTeachers
from checkdata.adapters.trs.connection import TrsConnection
from checkdata.adapters.trs.directory import TeachingRecordSystem
from checkdata.domain.ports import TeacherDirectory
from checkdata.domain.training.teacher_answers import TeacherAnswer, TeacherStanding, asked_for
from checkdata.domain.training.teacher_records import TeacherInductionStatus, TeacherRecord
from tests.feeds import RECORD, TEACHER, teacher_row, training_row, write_feed, write_file
from tests.integration.trs.trs_server import KEY, alert, trs_server

FULL = evolve(
    TEACHER,
    qts_awarded_on=date(2021, 7, 1),
    induction_started_on=date(2021, 9, 1),
    induction_completed_on=date(2023, 7, 1),
    induction_status=TeacherInductionStatus.PASSED,
    active_alert=True,
)
ZOE = asked_for(FULL)
MERGED = evolve(ZOE, trn="0000009")

Make = Callable[[Sequence[TeacherRecord], Mapping[str, str]], TeacherDirectory]


@pytest.fixture(params=["memory", "extract", "trs"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Makes a directory of teachers and of merged TRNs."""
    if request.param == "memory":
        yield lambda teachers, merged: MemoryTeachers(teachers, merged=merged)
    elif request.param == "extract":
        yield lambda teachers, _: _extract(tmp_path, teachers)
    else:
        with trs_server() as trs:

            def made(teachers: Sequence[TeacherRecord], merged: Mapping[str, str]) -> TeacherDirectory:
                trs.merged = dict(merged)
                for teacher in teachers:
                    trs.put(teacher.trn, **_told(teacher))
                return TeachingRecordSystem(TrsConnection(trs.url, KEY))

            yield made


def _extract(folder: Path, teachers: Sequence[TeacherRecord]) -> TeacherDirectory:
    write_feed(folder / "feed")
    write_file(folder / "feed", "training_records", [training_row(RECORD)])
    write_file(folder / "feed", "teacher_records", [teacher_row(each) for each in teachers])
    return ExtractOfTeachers(FolderFeed(folder / "feed", MemoryRejections()))


def _told(teacher: TeacherRecord) -> dict[str, object]:
    first, last = teacher.full_name.split(maxsplit=1)
    status = teacher.induction_status
    return {
        "firstName": first,
        "lastName": last,
        "dateOfBirth": str(teacher.date_of_birth),
        "qts": None if teacher.qts_awarded_on is None else {"holdsFrom": str(teacher.qts_awarded_on), "routes": []},
        "induction": {
            "status": "None" if status is None else "Passed",
            "startDate": teacher.induction_started_on and str(teacher.induction_started_on),
            "completedDate": teacher.induction_completed_on and str(teacher.induction_completed_on),
            "exemptionReasons": [],
        },
        "alerts": [alert()] if teacher.active_alert else [],
    }


def test_a_teacher_is_found_by_trn_and_birthday_with_all_that_decides_a_state(make: Make) -> None:
    bare = evolve(TEACHER, trn="0000001")
    found = make([FULL, bare], {}).ask([asked_for(bare), ZOE])
    assert [answer.record for answer in found] == [bare, FULL]
    assert {answer.standing for answer in found} == {TeacherStanding.FOUND}


def test_who_was_born_on_another_day_is_told_from_who_is_unknown(make: Make) -> None:
    other, unknown = evolve(ZOE, date_of_birth=date(1980, 1, 1)), evolve(ZOE, trn="0000001")
    assert list(make([FULL], {}).ask([other, unknown, ZOE])) == [
        TeacherAnswer(asked=other, standing=TeacherStanding.BORN_ON_ANOTHER_DAY),
        TeacherAnswer(asked=unknown, standing=TeacherStanding.UNKNOWN),
        TeacherAnswer(asked=ZOE, standing=TeacherStanding.FOUND, record=FULL),
    ]


def test_nobody_is_answered_where_nobody_is_asked(make: Make) -> None:
    assert list(make([FULL], {}).ask([])) == []


def test_who_is_asked_for_twice_is_answered_twice(make: Make) -> None:
    assert [answer.record for answer in make([FULL], {}).ask([ZOE, ZOE])] == [FULL, FULL]


@pytest.mark.parametrize("make", ["memory", "trs"], indirect=True)
def test_a_merged_trn_is_answered_with_the_record_that_stands_for_it(make: Make) -> None:
    (answer,) = make([FULL], {MERGED.trn: ZOE.trn}).ask([MERGED])
    assert answer.record == evolve(FULL, trn=MERGED.trn, merged_into=ZOE.trn)
