"""The demo's feed has participants of every status, told by the feed or left to the teacher records."""

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from checkdata.domain.training.facts import (
    DetailsGiven,
    DetailsRequest,
    Eligibility,
    EligibilityReason,
    InductionStatus,
    Mentees,
    ParticipantRole,
    Programme,
    TrainingFacts,
    TrainingStatus,
)
from checkdata.domain.training.states import TrainingState, training_state
from checkdata.domain.training.statuses import STATUS_OF, Status
from checkdata.domain.training.teacher_records import (
    TeacherClaim,
    TeacherInductionStatus,
    TeacherRecord,
    check_against_teacher_records,
    person_key,
)
from checkdata.entrypoints.demo import write_demo_feed
from tests.unit.demo.feed_contract import Feed, Row, day, read, seven_digits

TODAY: Final = date(2026, 11, 24)


def written(folder: Path, today: date = TODAY) -> Feed:
    write_demo_feed(folder, today=today)
    return read(folder)


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Feed:
    return written(tmp_path_factory.mktemp("feed"))


def decided_by_teacher_records(feed: Feed) -> Counter[EligibilityReason | None]:
    """The reasons for what the teacher records decide where the training records leave it to them."""
    teachers = [teacher_record(row) for row in feed["teacher_records"]]
    by_trn = {teacher.trn: teacher for teacher in teachers}
    by_person = defaultdict(list)
    for teacher in teachers:
        by_person[person_key(teacher.full_name, teacher.date_of_birth)].append(teacher)
    reasons: Counter[EligibilityReason | None] = Counter()
    for row in feed["training_records"]:
        born = day(row["date_of_birth"])
        if born and row["trn"] and not row["trn_validated"] and not row["eligibility"]:
            trn = seven_digits(row["trn"])
            claim = TeacherClaim(
                role=ParticipantRole(row["role"]), full_name=row["full_name"], date_of_birth=born, trn=trn
            )
            same_person = by_person[person_key(row["full_name"], born)]
            reasons[check_against_teacher_records(claim, by_trn.get(trn), same_person).eligibility_reason] += 1
    return reasons


def teacher_record(row: Row) -> TeacherRecord:
    return TeacherRecord(
        trn=row["trn"],
        full_name=row["full_name"],
        date_of_birth=date.fromisoformat(row["date_of_birth"]),
        qts_awarded_on=day(row["qts_awarded_on"]),
        induction_started_on=day(row["induction_started_on"]),
        induction_completed_on=day(row["induction_completed_on"]),
        induction_status=TeacherInductionStatus(row["induction_status"]) if row["induction_status"] else None,
        active_alert=row["active_alert"] == "true",
    )


def test_the_teacher_records_decide_in_every_way_that_they_can(feed: Feed) -> None:
    assert set(decided_by_teacher_records(feed)) == {
        None,
        EligibilityReason.ACTIVE_FLAGS,
        EligibilityReason.DIFFERENT_TRN,
        EligibilityReason.NO_QTS,
        EligibilityReason.EXEMPT_FROM_INDUCTION,
        EligibilityReason.PREVIOUS_INDUCTION,
        EligibilityReason.NO_INDUCTION,
    }


def facts(row: Row) -> TrainingFacts:
    starts_on = day(row["starts_on"])
    assert starts_on
    return TrainingFacts(
        role=ParticipantRole(row["role"]),
        has_lead_provider=bool(row["lead_provider_id"]),
        has_trn=bool(row["trn"]),
        trn_validated=row["trn_validated"] == "true",
        programme=Programme(row["programme"]),
        induction_status=InductionStatus(row["induction_status"]),
        training_status=TrainingStatus(row["training_status"]),
        school_transfer=row["school_transfer"] == "true",
        starts_on=starts_on,
        ends_on=day(row["ends_on"]),
        induction_started_on=day(row["induction_started_on"]),
        induction_completed_on=day(row["induction_completed_on"]),
        details_given=DetailsGiven(row["details_given"]),
        details_request=DetailsRequest(row["details_request"]) if row["details_request"] else None,
        check_failed=row["check_failed"] == "true",
        eligibility=Eligibility(row["eligibility"]) if row["eligibility"] else None,
        eligibility_reason=EligibilityReason(row["eligibility_reason"]) if row["eligibility_reason"] else None,
        mentees=Mentees(row["mentees"]),
    )


def states(feed: Feed, today: date) -> Counter[TrainingState]:
    """The states of the records that leave nothing to the teacher records."""
    told = (row for row in feed["training_records"] if row["trn_validated"] or not row["trn"])
    return Counter(training_state(facts(row), today) for row in told)


def test_every_training_state_occurs(feed: Feed) -> None:
    assert set(states(feed, TODAY)) == set(TrainingState)


@pytest.mark.parametrize("today", [date(2025, 9, 1), date(2026, 11, 24), date(2027, 3, 31), date(2030, 8, 31)])
def test_all_eight_statuses_occur_on_any_day_and_most_participants_train(tmp_path: Path, today: date) -> None:
    statuses: Counter[Status] = Counter()
    for state, times in states(written(tmp_path, today=today), today).items():
        statuses[STATUS_OF[state]] += times
    assert set(statuses) == set(Status)
    assert statuses[Status.TRAINING_OR_ELIGIBLE_FOR_TRAINING] > statuses.total() / 2
