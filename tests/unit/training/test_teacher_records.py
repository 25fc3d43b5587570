"""feed.md, ``teacher_records.csv``: whose TRN it is, and what the teacher record makes of eligibility."""

from datetime import date
from typing import Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.training.facts import Eligibility, EligibilityReason, ParticipantRole
from checkdata.domain.training.teacher_records import (
    TeacherCheck,
    TeacherClaim,
    TeacherInductionStatus,
    TeacherRecord,
    check_against_teacher_records,
    person_key,
)

BORN: Final = date(1998, 2, 28)
ECT: Final = TeacherClaim(role=ParticipantRole.ECT, full_name="Zoë Marie O'Neill", date_of_birth=BORN, trn="1234567")
MENTOR: Final = evolve(ECT, role=ParticipantRole.MENTOR)
WITHOUT_TRN: Final = evolve(ECT, trn=None)
RECORD: Final = TeacherRecord(
    trn="1234567",
    full_name="Zoe Marie ONeill",
    date_of_birth=BORN,
    qts_awarded_on=date(2023, 7, 1),
    induction_started_on=date(2023, 9, 1),
    induction_status=TeacherInductionStatus.IN_PROGRESS,
)
ANOTHER_PERSON: Final = evolve(RECORD, full_name="Adam Smith", date_of_birth=date(1970, 1, 1))
SAME_PERSON: Final = evolve(RECORD, trn="7654321")

FEW_NAMES: Final = ["Zoë O'Neill", "ONEILL Zoe", "Zoe Marie", "Adam Smith", "-", ""]
FEW_DAYS: Final = [BORN, date(1970, 1, 1)]
FEW_TRNS: Final = ["1234567", "7654321", "0000001"]

claims: Final = st.builds(
    TeacherClaim,
    role=st.sampled_from(ParticipantRole),
    full_name=st.sampled_from(FEW_NAMES),
    date_of_birth=st.none() | st.sampled_from(FEW_DAYS),
    trn=st.none() | st.sampled_from(FEW_TRNS),
)
records: Final = st.builds(
    TeacherRecord,
    trn=st.sampled_from(FEW_TRNS),
    full_name=st.sampled_from(FEW_NAMES),
    date_of_birth=st.sampled_from(FEW_DAYS),
    qts_awarded_on=st.none() | st.dates(),
    induction_started_on=st.none() | st.dates(),
    induction_status=st.none() | st.sampled_from(TeacherInductionStatus),
    active_alert=st.booleans(),
)
extracts: Final = st.lists(records, unique_by=lambda record: record.trn, max_size=3)


def looked_up(claim: TeacherClaim, extract: list[TeacherRecord]) -> TeacherCheck:
    """The check of a claim with what an extract has on it, as an adapter looks it up."""
    born = claim.date_of_birth
    same_person = [
        record
        for record in extract
        if born is not None and person_key(record.full_name, record.date_of_birth) == person_key(claim.full_name, born)
    ]
    with_that_trn = next((record for record in extract if record.trn == claim.trn), None)
    return check_against_teacher_records(claim, with_that_trn, same_person)


@pytest.mark.parametrize(
    ("claimed", "recorded", "valid"),
    [
        pytest.param("Zoë O'Neill", "zoe oneill", True, id="the same but for case and marks"),
        pytest.param("Zoë O'Neill", "Zoe Marie Smith", True, id="the same first name"),
        pytest.param("O'Neill Zoë", "Zoe ONeill", True, id="the same full name in another order"),
        pytest.param("Zoë", "Zoe", True, id="a name of one word"),
        pytest.param("Marie O'Neill", "Zoe ONeill", False, id="another first name"),
        pytest.param("O'Neill Zoë", "Zoe Marie ONeill", False, id="another order and a name more"),
        pytest.param("Zo O'Neill", "Zoe ONeill", False, id="the beginning of the first name"),
        pytest.param("-", "'", False, id="two names without a letter"),
        pytest.param("Zoë", "", False, id="no name on the teacher record"),
    ],
)
def test_a_trn_is_valid_with_the_same_first_name_or_full_name(claimed: str, recorded: str, *, valid: bool) -> None:
    claim, record = evolve(ECT, full_name=claimed), evolve(RECORD, full_name=recorded)
    assert check_against_teacher_records(claim, record, []).trn_validated is valid


@pytest.mark.parametrize("born", [None, date(1998, 3, 1)])
def test_a_trn_is_not_valid_without_the_same_date_of_birth(born: date | None) -> None:
    check = check_against_teacher_records(evolve(ECT, date_of_birth=born), RECORD, [])
    assert check == TeacherCheck(trn_validated=False, eligibility=None, eligibility_reason=None)


@pytest.mark.parametrize("trn", [None, "7654321"])
def test_a_record_with_another_trn_than_the_one_given_validates_nothing(trn: str | None) -> None:
    assert not check_against_teacher_records(evolve(ECT, trn=trn), RECORD, []).trn_validated


CHECKED_BY_HAND: Final = Eligibility.MANUAL_CHECK
INELIGIBLE: Final = Eligibility.INELIGIBLE
ALERT: Final = evolve(RECORD, active_alert=True)
NO_QTS: Final = evolve(RECORD, qts_awarded_on=None)
EXEMPT: Final = evolve(RECORD, induction_status=TeacherInductionStatus.EXEMPT)
STARTED_BEFORE: Final = evolve(RECORD, induction_started_on=date(2021, 8, 31))
STARTED_ON_THE_DAY: Final = evolve(RECORD, induction_started_on=date(2021, 9, 1))
NOT_STARTED: Final = evolve(RECORD, induction_started_on=None)


@pytest.mark.parametrize(
    ("claim", "record", "eligibility", "reason"),
    [
        pytest.param(ECT, ALERT, CHECKED_BY_HAND, EligibilityReason.ACTIVE_FLAGS, id="alert"),
        pytest.param(
            ECT,
            evolve(ALERT, qts_awarded_on=None),
            CHECKED_BY_HAND,
            EligibilityReason.ACTIVE_FLAGS,
            id="alert before no QTS",
        ),
        pytest.param(MENTOR, ALERT, CHECKED_BY_HAND, EligibilityReason.ACTIVE_FLAGS, id="alert of a mentor"),
        pytest.param(ECT, NO_QTS, CHECKED_BY_HAND, EligibilityReason.NO_QTS, id="no QTS"),
        pytest.param(
            ECT,
            evolve(EXEMPT, qts_awarded_on=None),
            CHECKED_BY_HAND,
            EligibilityReason.NO_QTS,
            id="no QTS before exempt",
        ),
        pytest.param(ECT, EXEMPT, INELIGIBLE, EligibilityReason.EXEMPT_FROM_INDUCTION, id="exempt"),
        pytest.param(
            ECT,
            evolve(EXEMPT, induction_started_on=date(2020, 9, 1)),
            INELIGIBLE,
            EligibilityReason.EXEMPT_FROM_INDUCTION,
            id="exempt before a previous induction",
        ),
        pytest.param(
            ECT,
            evolve(EXEMPT, induction_started_on=None),
            INELIGIBLE,
            EligibilityReason.EXEMPT_FROM_INDUCTION,
            id="exempt before no induction start",
        ),
        pytest.param(
            ECT,
            STARTED_BEFORE,
            INELIGIBLE,
            EligibilityReason.PREVIOUS_INDUCTION,
            id="induction started before 1 September 2021",
        ),
        pytest.param(ECT, STARTED_ON_THE_DAY, Eligibility.ELIGIBLE, None, id="induction started on 1 September 2021"),
        pytest.param(ECT, NOT_STARTED, CHECKED_BY_HAND, EligibilityReason.NO_INDUCTION, id="no induction start"),
        pytest.param(ECT, RECORD, Eligibility.ELIGIBLE, None, id="all in order"),
        pytest.param(
            MENTOR,
            evolve(EXEMPT, qts_awarded_on=None, induction_started_on=None),
            Eligibility.ELIGIBLE,
            None,
            id="a mentor's QTS and induction are no matter",
        ),
    ],
)
def test_the_record_with_a_valid_trn_decides_by_the_first_row_that_matches(
    claim: TeacherClaim, record: TeacherRecord, eligibility: Eligibility, reason: EligibilityReason | None
) -> None:
    expected = TeacherCheck(trn_validated=True, eligibility=eligibility, eligibility_reason=reason)
    assert check_against_teacher_records(claim, record, []) == expected


@pytest.mark.parametrize("claim", [ECT, MENTOR])
@pytest.mark.parametrize("with_that_trn", [None, ANOTHER_PERSON, evolve(ANOTHER_PERSON, active_alert=True)])
@pytest.mark.parametrize(
    ("same_person", "eligibility", "reason"),
    [
        pytest.param([], None, None, id="no teacher record found"),
        pytest.param([SAME_PERSON], CHECKED_BY_HAND, EligibilityReason.DIFFERENT_TRN, id="a different TRN found"),
        pytest.param(
            [SAME_PERSON, evolve(SAME_PERSON, trn="0000001", active_alert=True)],
            CHECKED_BY_HAND,
            EligibilityReason.ACTIVE_FLAGS,
            id="an alert before a different TRN",
        ),
    ],
)
def test_a_trn_that_is_not_theirs_leaves_the_answer_to_their_other_records(
    claim: TeacherClaim,
    with_that_trn: TeacherRecord | None,
    same_person: list[TeacherRecord],
    eligibility: Eligibility | None,
    reason: EligibilityReason | None,
) -> None:
    expected = TeacherCheck(trn_validated=False, eligibility=eligibility, eligibility_reason=reason)
    assert check_against_teacher_records(claim, with_that_trn, same_person) == expected


def test_no_trn_given_is_no_different_trn() -> None:
    assert check_against_teacher_records(WITHOUT_TRN, None, [SAME_PERSON]).eligibility is None


def test_an_alert_counts_though_no_trn_was_given() -> None:
    check = check_against_teacher_records(WITHOUT_TRN, None, [evolve(SAME_PERSON, active_alert=True)])
    assert check.eligibility_reason is EligibilityReason.ACTIVE_FLAGS


@given(st.sampled_from([ECT, MENTOR]), records, extracts)
def test_once_the_trn_is_valid_no_namesake_matters(
    claim: TeacherClaim, record: TeacherRecord, namesakes: list[TeacherRecord]
) -> None:
    its_own = evolve(record, trn="1234567", full_name="Zoe ONeill", date_of_birth=BORN)
    check = check_against_teacher_records(claim, its_own, namesakes)
    assert check.trn_validated
    assert check == check_against_teacher_records(claim, its_own, [])


@given(claims, extracts)
def test_a_validated_trn_is_the_one_given_and_of_a_teacher_born_on_that_day(
    claim: TeacherClaim, extract: list[TeacherRecord]
) -> None:
    owners = [record.date_of_birth for record in extract if record.trn == claim.trn]
    if looked_up(claim, extract).trn_validated:
        assert owners == [claim.date_of_birth]


@given(claims, extracts)
def test_the_order_of_the_extract_does_not_matter(claim: TeacherClaim, extract: list[TeacherRecord]) -> None:
    assert looked_up(claim, extract) == looked_up(claim, extract[::-1])


@given(claims, extracts)
def test_an_answer_gives_a_reason_unless_the_participant_is_eligible_or_not_decided(
    claim: TeacherClaim, extract: list[TeacherRecord]
) -> None:
    check = looked_up(claim, extract)
    assert (check.eligibility_reason is None) == (check.eligibility in {None, Eligibility.ELIGIBLE})


@given(claims, extracts)
def test_a_different_trn_is_found_only_where_the_trn_given_is_not_valid(
    claim: TeacherClaim, extract: list[TeacherRecord]
) -> None:
    check = looked_up(claim, extract)
    if check.eligibility_reason is EligibilityReason.DIFFERENT_TRN:
        assert not check.trn_validated
        assert claim.trn is not None


@given(st.permutations(["Zoë", "Marie", "O'Neill"]), st.dates())
def test_a_person_is_found_by_their_name_in_any_order(words: list[str], born: date) -> None:
    assert person_key(" ".join(words), born) == person_key("zoe marie oneill", born)


@pytest.mark.parametrize(
    ("name", "born"),
    [("Zoe Smith", BORN), ("Zoe", BORN), ("Zoe ONeill ONeill", BORN), ("Zoe ONeill", date(1998, 3, 1))],
)
def test_another_name_or_birthday_is_another_person(name: str, born: date) -> None:
    assert person_key(name, born) != person_key("Zoe ONeill", BORN)
