"""The facts of a training record, and what they take from the teacher records (feed.md, ``teacher_records.csv``)."""

from datetime import date, timedelta
from typing import Final

from attrs import asdict, evolve
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.feed.contents import DueParticipant
from checkdata.domain.feed.derivation import Derived, derive, facts_of
from checkdata.domain.listing.departures import KEPT_MONTHS
from checkdata.domain.listing.rows import ListingEntry
from checkdata.domain.training.facts import Eligibility, EligibilityReason, TrainingFacts
from checkdata.domain.training.records import TrainingRecord, Viewer, viewers_of
from checkdata.domain.training.teacher_records import TeacherCheck, TeacherClaim
from checkdata.domain.values import ParticipantId
from tests.strategies import NAMES, TODAY, careers, days, training_records

FOUND: Final = TeacherCheck(
    trn_validated=True, eligibility=Eligibility.MANUAL_CHECK, eligibility_reason=EligibilityReason.NO_QTS
)
UNDECIDED: Final = TeacherCheck(trn_validated=False, eligibility=None, eligibility_reason=None)
CHECKS: Final = st.builds(
    TeacherCheck,
    trn_validated=st.booleans(),
    eligibility=st.none() | st.sampled_from(Eligibility),
    eligibility_reason=st.none() | st.sampled_from(EligibilityReason),
)
CHECKED: Final = {"trn_validated", "eligibility", "eligibility_reason"}


@given(training_records(), CHECKS)
def test_facts_are_the_columns_of_the_record(record: TrainingRecord, check: TeacherCheck) -> None:
    facts = asdict(facts_of(record, lambda _: check), recurse=False)
    told = {name: getattr(record, name) for name in facts if hasattr(record, name) and name not in CHECKED}
    assert {name: facts[name] for name in told} == told
    assert facts.keys() - told.keys() - CHECKED == {"has_trn", "has_lead_provider"}
    assert facts["has_trn"] == (record.trn is not None)
    assert facts["has_lead_provider"] == (record.lead_provider_id is not None)


@given(training_records())
def test_the_record_is_asked_about_as_the_school_gave_it(record: TrainingRecord) -> None:
    asked: list[TeacherClaim] = []

    def check(claim: TeacherClaim) -> TeacherCheck:
        asked.append(claim)
        return FOUND

    facts_of(record, check)
    claim = TeacherClaim(
        role=record.role, full_name=record.full_name, date_of_birth=record.date_of_birth, trn=record.trn
    )
    assert asked == ([claim] if record.trn_validated is None else [])


@given(record=training_records(), trn_validated=st.booleans())
def test_a_validation_that_was_told_stands_and_so_does_the_eligibility(
    record: TrainingRecord, *, trn_validated: bool
) -> None:
    facts = facts_of(evolve(record, trn_validated=trn_validated), lambda _: FOUND)
    assert decided(facts) == (trn_validated, record.eligibility, record.eligibility_reason)


@given(training_records(), st.sampled_from(Eligibility))
def test_an_eligibility_that_was_told_stands_though_the_trn_is_checked(
    record: TrainingRecord, eligibility: Eligibility
) -> None:
    facts = facts_of(evolve(record, trn_validated=None, eligibility=eligibility), lambda _: FOUND)
    assert decided(facts) == (True, eligibility, record.eligibility_reason)


@given(training_records())
def test_where_both_are_blank_the_teacher_record_decides(record: TrainingRecord) -> None:
    facts = facts_of(evolve(record, trn_validated=None, eligibility=None), lambda _: FOUND)
    assert decided(facts) == (True, Eligibility.MANUAL_CHECK, EligibilityReason.NO_QTS)


@given(training_records())
def test_a_reason_that_was_told_stands_where_the_teacher_record_has_none(record: TrainingRecord) -> None:
    facts = facts_of(evolve(record, trn_validated=None, eligibility=None), lambda _: UNDECIDED)
    assert decided(facts) == (False, None, record.eligibility_reason)


@given(careers(), days(), CHECKS)
def test_until_the_day_that_is_told_the_rows_stay(
    records: list[TrainingRecord], today: date, check: TeacherCheck
) -> None:
    now = derived_on(today, records, check)
    until = now.holds_until or today + timedelta(days=1000)
    for day in {today + timedelta(days=1), today + (until - today) / 2, until - timedelta(days=1)}:
        if day < until:
            assert rows_of(derived_on(day, records, check)) == rows_of(now)


def derived_on(day: date, records: list[TrainingRecord], check: TeacherCheck) -> Derived:
    due = DueParticipant(participant_id=ParticipantId("p1"), records=records, before={})
    return derive(due, NAMES, lambda _: check, day, kept_months=KEPT_MONTHS)


def rows_of(derived: Derived) -> dict[Viewer, ListingEntry]:
    """The rows by who sees them, but since when."""
    return {entry.viewer: evolve(entry, listed=evolve(entry.listed, since=TODAY)) for entry in derived.entries}


@given(careers(), CHECKS)
def test_a_participant_has_at_most_one_row_for_each_organisation_that_its_records_name(
    records: list[TrainingRecord], check: TeacherCheck
) -> None:
    derived = derived_on(TODAY, records, check)
    viewers = [entry.viewer for entry in derived.entries]
    assert len(viewers) == len(set(viewers))
    assert set(viewers) <= viewers_of(records)
    assert derived.holds_until is None or derived.holds_until > TODAY


def test_a_participant_without_records_has_no_rows() -> None:
    derived = derived_on(TODAY, [], FOUND)
    assert (derived.entries, derived.holds_until) == ([], None)


def decided(facts: TrainingFacts) -> tuple[bool, Eligibility | None, EligibilityReason | None]:
    return facts.trn_validated, facts.eligibility, facts.eligibility_reason
