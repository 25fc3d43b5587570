"""TRNs that training records leave open are asked for, and the answers decide what is listed (feed.md)."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from attrs import define, evolve, field

from checkdata.adapters.memory import MemoryTeachers
from checkdata.domain.errors import TeachersUnavailable
from checkdata.domain.feed.contents import Changes
from checkdata.domain.ports import Storage, TeacherDirectory
from checkdata.domain.services.feed.check_trns import ANSWERS_HOLD, CheckTrns
from checkdata.domain.training.statuses import StatusGroup
from checkdata.domain.training.teacher_answers import (
    AskedTeacher,
    TeacherAnswer,
    TeacherMessage,
    TeacherStanding,
)
from checkdata.domain.training.teacher_records import TeacherInductionStatus
from tests.contracts.operators import Operator, row
from tests.contracts.units_of_work import read, write
from tests.feeds import REFERENCES, TEACHER, write_feed
from tests.storages import owners
from tests.strategies import NOON, TODAY

OPEN = {"trn_validated": "", "eligibility": "", "date_of_birth": TEACHER.date_of_birth.isoformat()}
ZOE = AskedTeacher(trn=TEACHER.trn, date_of_birth=TEACHER.date_of_birth)
SURVIVOR = "7654321"


@define
class Asked:
    """A directory that keeps what it was asked, and breaks off after *answers* of them."""

    directory: TeacherDirectory
    asked: list[AskedTeacher] = field(factory=list)
    answers: int = 10_000

    def ask(self, asked: Sequence[AskedTeacher], /) -> Sequence[TeacherAnswer]:
        if len(self.asked) + len(asked) > self.answers:
            raise TeachersUnavailable("It does not answer.")
        self.asked += asked
        return self.directory.ask(asked)


@pytest.fixture
def operator(storage: Storage, tmp_path: Path) -> Operator:
    """Who has imported the training record of Zoë, whose TRN is left open."""
    operator = Operator(storage, write_feed(tmp_path / "feed", references=REFERENCES))
    operator.write(row(**OPEN))
    operator.load()
    return operator


def check(operator: Operator, directory: TeacherDirectory, **changes: timedelta) -> dict[str, int]:
    """Ask, and list; how many have which standing."""
    checks = CheckTrns(storage=owners(operator.storage), clock=operator.clock, directory=directory, **changes)
    before, told = checks.number_to_ask(), list[int]()
    counts = checks.ask(told.append)
    assert sum(told) == before
    operator.refresh(TODAY)
    return {standing.value: count for standing, count in counts.items()}


def shown(operator: Operator) -> tuple[str, StatusGroup]:
    (listed,) = operator.listed()
    return listed.trn, listed.group


def hear(operator: Operator, trn: str, signed: str = "1") -> bool:
    operator.now += timedelta(minutes=1)
    message = TeacherMessage(signed=signed, trn=trn, at=operator.now)
    return write(operator.storage, lambda work: work.teacher_checks.hear(message))


def test_a_trn_that_is_left_open_is_shown_once_its_teacher_is_found(operator: Operator) -> None:
    assert shown(operator)[0] == ""
    assert check(operator, MemoryTeachers([TEACHER])) == {"found": 1}
    assert shown(operator)[0] == TEACHER.trn


@pytest.mark.parametrize(
    "cells",
    [{"trn_validated": "true"}, {"trn_validated": "false"}, {"trn": ""}, {"date_of_birth": ""}],
    ids=["valid", "wrong", "none", "no-birthday"],
)
def test_nobody_is_asked_for_whose_record_leaves_nothing_open(operator: Operator, cells: dict[str, str]) -> None:
    operator.write(row(**OPEN | cells))
    operator.load()
    assert check(operator, asked := Asked(MemoryTeachers([TEACHER]))) == {}
    assert asked.asked == []


def test_a_teacher_is_asked_for_once_until_the_answer_is_old(operator: Operator) -> None:
    operator.write(row(**OPEN), row(**OPEN, record_id="r2"))
    operator.load()
    asked = Asked(MemoryTeachers([TEACHER]))
    assert [check(operator, asked) for _ in range(2)] == [{"found": 1}, {}]
    operator.now += ANSWERS_HOLD
    assert check(operator, asked) == {"found": 1}
    assert asked.asked == [ZOE, ZOE]


@pytest.mark.parametrize(
    "directory",
    [
        MemoryTeachers([]),
        MemoryTeachers([evolve(TEACHER, date_of_birth=date(1980, 1, 1))]),
        MemoryTeachers([TEACHER], deactivated=[TEACHER.trn]),
    ],
    ids=["unknown", "another", "deactivated"],
)
def test_a_teacher_who_is_found_no_more_is_not_validated_any_more(
    operator: Operator, directory: TeacherDirectory
) -> None:
    check(operator, MemoryTeachers([TEACHER]))
    operator.now += timedelta(days=8)
    check(operator, directory)
    assert shown(operator)[0] == ""


def test_an_answer_about_another_birthday_leaves_the_right_one_as_it_was(operator: Operator) -> None:
    operator.write(row(**OPEN), row(**OPEN | {"date_of_birth": "1970-01-01"}, record_id="r2"))
    operator.load()
    assert check(operator, MemoryTeachers([TEACHER])) == {"found": 1, "born_on_another_day": 1}
    assert sorted(listed.trn for listed in operator.listed()) == ["", TEACHER.trn]


def test_a_question_that_gets_no_answer_changes_nothing(operator: Operator) -> None:
    check(operator, MemoryTeachers([TEACHER]))
    operator.now += timedelta(days=8)

    @define
    class Silent:
        def ask(self, asked: Sequence[AskedTeacher], /) -> Sequence[TeacherAnswer]:  # noqa: ARG002 - nobody is known
            return []

    assert check(operator, Silent()) == {"not_answered": 1}
    assert shown(operator)[0] == TEACHER.trn


# Alerts


def test_an_alert_decides_a_state_and_nothing_else_of_it_is_kept(operator: Operator) -> None:
    check(operator, MemoryTeachers([TEACHER]))
    eligible = shown(operator)[1]
    hear(operator, TEACHER.trn)
    check(operator, MemoryTeachers([evolve(TEACHER, active_alert=True)]))
    assert shown(operator)[1] is not eligible
    assert read(owners(operator.storage), lambda work: work.teacher_checks.waiting()) == []


# Merged records


def merged() -> MemoryTeachers:
    survivor = evolve(TEACHER, trn=SURVIVOR, induction_status=TeacherInductionStatus.IN_PROGRESS)
    return MemoryTeachers([survivor], merged={TEACHER.trn: SURVIVOR})


def test_a_trn_that_was_merged_is_shown_as_the_one_that_stands_for_it_and_as_it_was_in_its_history(
    operator: Operator,
) -> None:
    check(operator, MemoryTeachers([TEACHER]))
    hear(operator, TEACHER.trn)
    check(operator, merged())
    assert shown(operator)[0] == SURVIVOR
    trail = read(operator.storage, lambda work: list(work.trails.of_partner("north")))
    assert TEACHER.trn in repr(trail)


def test_a_message_about_the_record_that_stands_for_a_merged_one_has_it_asked_for(operator: Operator) -> None:
    check(operator, merged())
    hear(operator, SURVIVOR)
    asked = Asked(merged())
    assert check(operator, asked) == {"found": 1}
    assert asked.asked == [ZOE]


# Messages


def test_a_message_has_its_teacher_asked_for_before_the_answer_is_old(operator: Operator) -> None:
    asked = Asked(MemoryTeachers([TEACHER]))
    check(operator, asked)
    assert hear(operator, TEACHER.trn)
    assert check(operator, asked) == {"found": 1}
    assert check(operator, asked) == {}


def test_two_tries_of_one_event_have_its_teacher_asked_for_once(operator: Operator) -> None:
    check(operator, MemoryTeachers([TEACHER]))
    assert hear(operator, TEACHER.trn, "first try")
    assert hear(operator, TEACHER.trn, "second try")
    asked = Asked(MemoryTeachers([TEACHER]))
    assert [check(operator, asked) for _ in range(2)] == [{"found": 1}, {}]
    assert asked.asked == [ZOE]


def test_a_message_about_nobody_we_have_has_nobody_asked_for(operator: Operator) -> None:
    check(operator, MemoryTeachers([TEACHER]))
    assert hear(operator, "0000001")
    assert check(operator, MemoryTeachers([TEACHER])) == {}


def test_the_same_message_is_heard_once(operator: Operator) -> None:
    assert [hear(operator, TEACHER.trn), hear(operator, TEACHER.trn), hear(operator, TEACHER.trn, "2")] == [
        True,
        False,
        True,
    ]


# Going on


def test_what_was_answered_before_the_directory_broke_off_is_not_asked_again(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checkdata.domain.services.feed.check_trns.AT_ONCE", 2)
    trns = [f"{number:07}" for number in range(1, 6)]
    operator.write(*(row(**OPEN, record_id=f"r{trn}") | {"trn": trn} for trn in trns))
    operator.load(complete=True, allow_deletions=True)
    first = Asked(MemoryTeachers([evolve(TEACHER, trn=trn) for trn in trns]), answers=4)
    with pytest.raises(TeachersUnavailable):
        check(operator, first)
    second = Asked(first.directory)
    assert check(operator, second) == {"found": 1}
    assert {each.trn for each in (*first.asked, *second.asked)} == set(trns)
    assert {listed.trn for listed in operator.listed()} == set(trns)


def test_an_answer_that_came_while_a_listing_was_made_still_waits(storage: Storage) -> None:
    answer = TeacherAnswer(asked=ZOE, standing=TeacherStanding.FOUND, record=TEACHER)
    write(storage, lambda work: work.teacher_checks.keep([answer], NOON))
    kept = read(owners(storage), lambda work: work.teacher_checks.waiting())
    assert [each.answer for each in kept] == [answer]
    write(storage, lambda work: work.teacher_checks.keep([answer], NOON + timedelta(seconds=1)))
    write(storage, lambda work: work.teacher_checks.taken_in(kept))
    assert len(read(owners(storage), lambda work: work.teacher_checks.waiting())) == 1


def test_what_is_asked_twice_with_the_same_answer_changes_nothing(operator: Operator) -> None:
    check(operator, MemoryTeachers([TEACHER]))
    before = operator.everything()
    operator.now += timedelta(days=8)
    check(operator, MemoryTeachers([TEACHER]))
    assert operator.everything() == before


def test_the_records_that_are_forgotten_are_counted(storage: Storage) -> None:
    def forget(told: Collection[AskedTeacher]) -> tuple[Changes, int, object]:
        with storage.writing() as work:
            taken = work.feed_store.take_in_teacher_records([TEACHER])
            return taken, work.feed_store.forget_teacher_records(told), work.feed_store.teacher_record(TEACHER.trn)

    assert forget({ZOE}) == (Changes(added=1), 1, None)
    assert forget({evolve(ZOE, date_of_birth=TODAY)}) == (Changes(added=1), 0, TEACHER)
