"""The Teaching Record System as a directory of teachers: what it answers, and what a bad answer gets."""

import logging
from collections.abc import Iterator
from datetime import date

import pytest
from attrs import evolve

from checkdata.adapters.trs.connection import AT_ONCE, LARGEST_ANSWER, TRIES, TrsConnection
from checkdata.adapters.trs.directory import TeachingRecordSystem
from checkdata.domain.errors import TeachersRefused, TeachersUnavailable
from checkdata.domain.training.teacher_answers import AskedTeacher, TeacherStanding
from checkdata.domain.training.teacher_records import TeacherInductionStatus, TeacherRecord
from tests.integration.trs.trs_server import KEY, Answer, Trs, alert, person, problem, trs_server

BORN = date(1990, 1, 2)
ZOE = AskedTeacher(trn="1234567", date_of_birth=BORN)
FOUND = TeacherRecord(trn="1234567", full_name="Zoë O'Neill", date_of_birth=BORN)


@pytest.fixture
def trs() -> Iterator[Trs]:
    with trs_server() as running:
        running.put(ZOE.trn)
        yield running


def directory(
    trs: Trs, waited: list[float] | None = None, *, key: str = KEY, patience: float = 10, whole: float = 20
) -> TeachingRecordSystem:
    pause = ([] if waited is None else waited).append
    return TeachingRecordSystem(TrsConnection(trs.url, key, patience=patience, whole=whole, pause=pause))


def standings(trs: Trs, *asked: AskedTeacher) -> list[TeacherStanding]:
    return [answer.standing for answer in directory(trs).ask(asked)]


def numbered(count: int) -> list[AskedTeacher]:
    return [AskedTeacher(trn=f"{number:07}", date_of_birth=BORN) for number in range(1, count + 1)]


def test_a_teacher_is_told_with_qts_and_induction(trs: Trs) -> None:
    trs.put(
        ZOE.trn,
        middleName="Ann",
        qts={"holdsFrom": "2021-07-01", "routes": []},
        induction={"status": "InProgress", "startDate": "2021-09-01", "completedDate": None, "exemptionReasons": []},
    )
    (answer,) = directory(trs).ask([ZOE])
    assert answer.record == evolve(
        FOUND,
        full_name="Zoë Ann O'Neill",
        qts_awarded_on=date(2021, 7, 1),
        induction_started_on=date(2021, 9, 1),
        induction_status=TeacherInductionStatus.IN_PROGRESS,
    )


@pytest.mark.parametrize(
    ("alerts", "active"), [([], False), ([alert()], True), ([alert(endDate="2024-08-01")], False)], ids=["0", "1", "2"]
)
def test_of_alerts_only_is_told_whether_one_is_open(trs: Trs, alerts: list[object], active: bool) -> None:  # noqa: FBT001 - as told
    trs.put(ZOE.trn, alerts=alerts)
    (answer,) = directory(trs).ask([ZOE])
    assert answer.record == evolve(FOUND, active_alert=active)


def test_a_lot_has_as_many_as_one_request_takes_and_is_bounded_in_requests_at_once(trs: Trs) -> None:
    trs.put(*(each.trn for each in numbered(501)))
    assert set(standings(trs, *numbered(501))) == {TeacherStanding.FOUND}
    assert list(map(len, trs.lots)) == [500, 1]
    trs.persons.clear()
    assert set(standings(trs, *numbered(40))) == {TeacherStanding.UNKNOWN}
    assert trs.most_at_once <= AT_ONCE


def test_a_chain_of_merges_is_followed_and_a_ring_is_not_gone_round_for_ever(trs: Trs) -> None:
    trs.merged = {ZOE.trn: "0000001", "0000001": "0000002", "0000003": "0000004", "0000004": "0000003"}
    trs.put("0000002")
    ring = evolve(ZOE, trn="0000003")
    chained, round_and_round = directory(trs).ask([ZOE, ring])
    assert chained.record == evolve(FOUND, merged_into="0000002")
    assert round_and_round.standing is TeacherStanding.NOT_ANSWERED


def test_one_that_is_refused_among_500_costs_nobody_else_an_answer(trs: Trs) -> None:
    trs.put(*(each.trn for each in numbered(500)))
    trs.refused = {"0000321"}
    answers = directory(trs).ask(numbered(500))
    assert [answer.asked.trn for answer in answers if answer.standing is not TeacherStanding.FOUND] == ["0000321"]
    assert answers[320].standing is TeacherStanding.NOT_ANSWERED
    assert len(trs.asked) < 20


@pytest.mark.parametrize(
    "changes",
    [
        {"firstName": None, "lastName": ""},
        {"firstName": "a\0b"},
        {"dateOfBirth": None},
        {"dateOfBirth": "02/01/1990"},
        {"qts": "2021"},
        {"alerts": None},
        {"alerts": [1]},
        {"induction": {"status": "Unheard"}},
        {"trn": "12345678"},
    ],
    ids=range(9),
)
def test_one_that_can_not_be_read_says_nothing_of_its_teacher_and_costs_nobody_else_an_answer(
    trs: Trs, changes: dict[str, object]
) -> None:
    other = evolve(ZOE, trn="0000001")
    told = [person(ZOE.trn) | changes, person(other.trn)]
    trs.answers = [Answer(200, {"total": 2, "results": told})]
    assert standings(trs, ZOE, other) == [TeacherStanding.NOT_ANSWERED, TeacherStanding.FOUND]


def test_a_teacher_who_was_not_asked_for_is_passed_over(trs: Trs) -> None:
    trs.answers = [Answer(200, {"total": 2, "results": [person(ZOE.trn), person("0000001")]})]
    assert [answer.record for answer in directory(trs).ask([ZOE])] == [FOUND]


# When it is busy, gone or broken


@pytest.mark.parametrize(("told", "seconds"), [("7", 7.0), ("9999999", 120.0), ("soon", 2.0), (None, 2.0)])
def test_it_is_asked_again_when_it_says_or_soon_and_never_much_later(
    trs: Trs, told: str | None, seconds: float
) -> None:
    trs.answers = [Answer(429, headers={} if told is None else {"Retry-After": told})]
    waited = list[float]()
    assert directory(trs, waited).ask([ZOE])[0].record == FOUND
    assert waited == [seconds]


@pytest.mark.parametrize(
    "answer",
    [problem(500, "x"), problem(503, "x"), Answer(200, {"total": 9, "results": []}), Answer(200, "x", cut=True)],
    ids=["500", "503", "some-of-them", "cut"],
)
def test_half_an_answer_is_none_and_it_is_asked_again(trs: Trs, answer: Answer) -> None:
    trs.answers = [answer]
    assert directory(trs).ask([ZOE])[0].record == FOUND
    trs.answers = [answer] * TRIES
    with pytest.raises(TeachersUnavailable):
        directory(trs).ask([ZOE])


def test_a_server_that_is_not_there_does_not_answer() -> None:
    with trs_server() as gone:
        pass
    with pytest.raises(TeachersUnavailable, match="Try again later"):
        directory(gone).ask([ZOE])


def test_an_answer_a_byte_now_and_then_ends_with_the_whole_time(trs: Trs) -> None:
    trs.answers = [Answer(200, "x" * 1000, drips=0.05)]
    with pytest.raises(TeachersUnavailable):
        TrsConnection(trs.url, KEY, whole=0.5, tries=1).ask("GET", "/v3/trns/1234567")


def test_an_answer_of_a_gigabyte_is_not_read(trs: Trs) -> None:
    trs.answers = [Answer(200, "", endless=True)]
    with pytest.raises(TeachersUnavailable, match="far more than was asked for"):
        directory(trs).ask([ZOE])
    assert LARGEST_ANSWER < 2**25


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_is_told_at_once(trs: Trs, status: int) -> None:
    trs.answers = [problem(status, "x")]
    with pytest.raises(TeachersRefused, match="CHECKDATA_TRS_KEY"):
        directory(trs).ask([ZOE])
    assert len(trs.asked) == 1


@pytest.mark.parametrize("place", ["https://evil.example/v3/trns/7654321", "//evil.example", "/v3/persons/7654321", ""])
def test_a_redirect_elsewhere_is_not_followed_and_no_key_goes_there(trs: Trs, place: str) -> None:
    with trs_server() as other:
        for location in (place, f"{other.url}/v3/trns/7654321"):
            trs.persons.clear()
            trs.answers = [Answer(200, {"total": 0, "results": []}), Answer(308, headers={"Location": location})]
            assert standings(trs, ZOE) == [TeacherStanding.NOT_ANSWERED]
        trs.answers = [Answer(308, headers={"Location": f"{other.url}/v3/persons/find"})]
        with pytest.raises(TeachersRefused, match="sent us elsewhere"):
            directory(trs).ask([ZOE])
        assert other.asked == []


def test_no_error_and_no_log_has_the_key_a_trn_or_what_it_says(trs: Trs, caplog: pytest.LogCaptureFixture) -> None:
    trs.answers = [problem(503, f"{ZOE.trn} {KEY}")] * TRIES
    with caplog.at_level(logging.DEBUG), pytest.raises(TeachersUnavailable) as raised:
        directory(trs).ask([ZOE])
    told = str(raised.value) + caplog.text + repr(TrsConnection(trs.url, KEY))
    assert KEY not in told
    assert ZOE.trn not in told
