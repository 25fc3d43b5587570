"""statuses.md, section 3: which record of a participant an organisation sees, in which state, and until when."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from checkdata.domain.feed.derivation import facts_of
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.training.facts import InductionStatus, ParticipantRole, TrainingFacts
from checkdata.domain.training.records import (
    Choice,
    Partnership,
    Standing,
    TrainingRecord,
    Viewer,
    choose_record,
    standing_of,
    viewers_of,
)
from checkdata.domain.training.states import TrainingState, training_state
from checkdata.domain.training.teacher_records import TeacherCheck, TeacherClaim
from checkdata.domain.values import RecordId
from tests.contracts.listings import a_record
from tests.strategies import TODAY, VIEWERS, careers, day

NORTH = DeliveryPartner("north")
SOUTH = DeliveryPartner("South_1")
BODY = AppropriateBody("both")
OTHER_BODY = AppropriateBody("borough")


def ours(number: int = 0, **changes: Any) -> TrainingRecord:  # noqa: ANN401 - any field
    return a_record(number, **{"starts_on": day(-400), **changes})


def theirs(number: int = 9, **changes: Any) -> TrainingRecord:  # noqa: ANN401 - any field
    """A record of another partner, confirmed and started."""
    return a_record(number, **{"delivery_partner_id": "South_1", "starts_on": day(-10), **changes})


def chosen(*records: TrainingRecord, viewer: Viewer = NORTH, on: date = TODAY) -> str | None:
    choice = choose_record(records, viewer, on)
    return None if choice is None else choice.record.record_id


def displaced(*records: TrainingRecord, viewer: Viewer = NORTH, on: date = TODAY) -> bool | None:
    choice = choose_record(records, viewer, on)
    return None if choice is None else choice.displaced


def facts(record: TrainingRecord) -> TrainingFacts:
    def no_record_found(_: TeacherClaim) -> TeacherCheck:
        return TeacherCheck(trn_validated=False, eligibility=None, eligibility_reason=None)

    return facts_of(record, no_record_found)


def standing(records: Sequence[TrainingRecord], viewer: Viewer = NORTH, on: date = TODAY) -> Standing:
    return standing_of(records, viewer, on, facts)


# The order of choice


def test_without_a_record_that_names_it_an_organisation_sees_nothing() -> None:
    assert choose_record([], NORTH, TODAY) is None
    assert chosen(theirs()) is None
    assert chosen(ours(delivery_partner_id=None)) is None
    assert standing([theirs()]) == Standing(choice=None, state=None, holds_until=None)


def test_the_only_record_is_seen_however_old_it_is() -> None:
    assert chosen(ours(starts_on=date(2001, 9, 1), ends_on=date(2002, 7, 31))) == "r0"
    assert chosen(ours(starts_on=day(800))) == "r0"


def test_an_open_record_comes_before_an_ended_one_that_started_later() -> None:
    assert chosen(ours(0), ours(1, starts_on=day(-100), ends_on=day(-1))) == "r0"
    assert chosen(ours(0), ours(1, starts_on=day(-100), ends_on=TODAY)) == "r1"


def test_among_open_records_the_newest_start_comes_first() -> None:
    assert chosen(ours(0, starts_on=day(-3)), ours(1, starts_on=day(-2)), ours(2, starts_on=day(-4))) == "r1"
    assert chosen(ours(0), ours(1, starts_on=day(5))) == "r1"


def test_among_ended_records_the_newest_start_comes_first() -> None:
    records = [ours(0, starts_on=day(-9), ends_on=day(-1)), ours(1, starts_on=day(-8), ends_on=day(-7))]
    assert chosen(*records) == "r1"


def test_among_equal_starts_the_newest_update_comes_first_and_then_the_highest_id() -> None:
    older, newer = (ours(n, updated_at=datetime(2024, 9, 1, hour, tzinfo=UTC)) for n, hour in ((5, 8), (1, 9)))
    assert chosen(older, newer) == "r1"
    assert chosen(ours(1), ours(3), ours(2)) == "r3"


@given(careers(), st.sampled_from(VIEWERS), st.randoms(use_true_random=False))
def test_the_order_in_which_records_come_makes_no_difference(
    records: list[TrainingRecord],
    viewer: Viewer,
    random: Any,  # noqa: ANN401 - hypothesis's own
) -> None:
    shuffled = [*records]
    random.shuffle(shuffled)
    assert choose_record(shuffled, viewer, TODAY) == choose_record(records, viewer, TODAY)
    assert standing(shuffled, viewer) == standing(records, viewer)


# What a delivery partner sees


@pytest.mark.parametrize("partnership", [Partnership.PENDING, Partnership.CHALLENGED, None])
def test_a_partner_sees_no_record_whose_partnership_is_not_confirmed(partnership: Partnership | None) -> None:
    assert chosen(ours(partnership=partnership)) is None
    assert chosen(ours(0), ours(1, starts_on=day(-1), partnership=partnership)) == "r0"


def test_a_partner_sees_no_record_of_a_body_with_its_id() -> None:
    assert chosen(ours(delivery_partner_id=None, appropriate_body_id="north")) is None


# Displaced


def test_where_a_confirmed_started_record_of_another_partner_comes_first_the_row_is_displaced() -> None:
    assert displaced(ours(), theirs()) is True
    assert chosen(ours(), theirs()) == "r0"
    assert displaced(ours(), theirs(), viewer=SOUTH) is False


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(theirs(starts_on=day(1)), id="starts tomorrow"),
        pytest.param(theirs(partnership=Partnership.PENDING), id="pending"),
        pytest.param(theirs(partnership=Partnership.CHALLENGED), id="challenged"),
        pytest.param(theirs(delivery_partner_id=None, partnership=None), id="without a partner"),
        pytest.param(theirs(ends_on=day(-1)), id="ended, while ours is open"),
        pytest.param(theirs(starts_on=day(-500)), id="started before ours"),
        pytest.param(theirs(starts_on=day(-400), record_id=RecordId("q")), id="of a lower id"),
    ],
)
def test_this_record_displaces_nothing(other: TrainingRecord) -> None:
    assert displaced(ours(), other) is False


def test_an_ended_record_is_displaced_by_an_open_one_that_started_before_it() -> None:
    assert displaced(ours(ends_on=day(-1)), theirs(starts_on=day(-500))) is True
    assert displaced(ours(ends_on=TODAY), theirs(starts_on=day(-500))) is False


def test_a_displaced_participant_is_no_longer_involved_whatever_the_facts_and_keeps_that_records_details() -> None:
    withdrawn = ours(induction_status=InductionStatus.WITHDRAWN, full_name="As they were", email="old@school.example")
    result = standing([withdrawn, theirs(full_name="As they are")])
    assert result.state is TrainingState.NO_LONGER_INVOLVED
    assert result.choice == Choice(withdrawn, displaced=True)


def test_a_later_record_of_ours_takes_the_participant_back() -> None:
    back = ours(1, starts_on=day(-5))
    assert displaced(ours(), theirs(), back) is False
    assert chosen(ours(), theirs(), back) == "r1"


def test_a_record_between_two_others_without_a_partner_hides_no_displacement() -> None:
    nobodys = theirs(8, delivery_partner_id=None, partnership=None, starts_on=day(-1))
    assert displaced(ours(), theirs(), nobodys) is True


def test_a_row_is_displaced_from_the_day_after_its_own_last_day() -> None:
    records = [ours(ends_on=date(2024, 1, 14)), theirs(starts_on=day(-900))]
    assert displaced(*records, on=date(2024, 1, 14)) is False
    assert displaced(*records, on=date(2024, 1, 15)) is True
    assert displaced(*records, on=date(2099, 1, 1)) is True


def test_holds_until_knows_the_day_of_displacement() -> None:
    records = [ours(), theirs(starts_on=day(5))]
    assert standing(records).holds_until == day(5)
    assert standing(records, on=day(5)).holds_until is None


def test_a_displaced_participant_is_still_there_up_to_the_last_day_of_the_record_here() -> None:
    records = [ours(ends_on=day(20)), theirs()]
    assert standing(records).still_there
    assert standing(records).holds_until == day(21)
    assert not standing(records, on=day(21)).still_there
    assert not standing([ours(ends_on=day(20))]).still_there


@pytest.mark.parametrize("status", [InductionStatus.WITHDRAWN, InductionStatus.CHANGED])
def test_an_open_record_that_says_they_have_gone_does_not_keep_them(
    status: InductionStatus,
) -> None:
    assert not standing([ours(induction_status=status), theirs()]).still_there


# What an appropriate body sees


def at_body(number: int = 0, **changes: Any) -> TrainingRecord:  # noqa: ANN401 - any field
    return ours(number, **{"appropriate_body_id": "both", "delivery_partner_id": None, "partnership": None, **changes})


def test_a_body_sees_only_ects() -> None:
    assert chosen(at_body(), viewer=BODY) == "r0"
    assert chosen(at_body(role=ParticipantRole.MENTOR), viewer=BODY) is None


@pytest.mark.parametrize("partnership", [*Partnership, None])
def test_a_body_sees_a_record_whatever_its_partnership(partnership: Partnership | None) -> None:
    assert chosen(at_body(delivery_partner_id="north", partnership=partnership), viewer=BODY) == "r0"


def test_a_body_sees_the_record_that_the_same_order_puts_first() -> None:
    ended = at_body(2, starts_on=day(-1), ends_on=day(-1))
    assert chosen(at_body(0, starts_on=day(-9)), at_body(1, starts_on=day(-8)), ended, viewer=BODY) == "r1"


def test_a_body_is_displaced_by_another_body_and_not_by_a_partner() -> None:
    moved = at_body(1, appropriate_body_id="borough", starts_on=day(-1))
    assert displaced(at_body(), moved, viewer=BODY) is True
    assert displaced(at_body(), moved, viewer=OTHER_BODY) is False
    assert displaced(at_body(), theirs(), viewer=BODY) is False
    assert displaced(at_body(delivery_partner_id="north"), theirs(appropriate_body_id="both"), viewer=BODY) is False


# All of it at once, held against the words of statuses.md


def _may_be_seen(record: TrainingRecord, viewer: Viewer) -> bool:
    if isinstance(viewer, AppropriateBody):
        return record.role is ParticipantRole.ECT and record.appropriate_body_id == viewer.id
    return record.delivery_partner_id == viewer.id and record.partnership is Partnership.CONFIRMED


def _is_anothers(record: TrainingRecord, viewer: Viewer, on: date) -> bool:
    if isinstance(viewer, AppropriateBody):
        held = record.role is ParticipantRole.ECT and record.appropriate_body_id not in (None, viewer.id)
    else:
        confirmed = record.partnership is Partnership.CONFIRMED
        held = confirmed and record.delivery_partner_id not in (None, viewer.id)
    return held and record.starts_on <= on


def _in_order(records: Sequence[TrainingRecord], on: date) -> list[TrainingRecord]:
    by_id = sorted(records, key=lambda record: record.record_id, reverse=True)
    by_update = sorted(by_id, key=lambda record: record.updated_at, reverse=True)
    by_start = sorted(by_update, key=lambda record: record.starts_on, reverse=True)
    return sorted(by_start, key=lambda record: record.ends_on is not None and record.ends_on < on)


def _displaced_on(records: Sequence[TrainingRecord], viewer: Viewer, on: date) -> bool:
    counting = [r for r in records if _may_be_seen(r, viewer) or _is_anothers(r, viewer, on)]
    return bool(counting) and not _may_be_seen(_in_order(counting, on)[0], viewer)


def _plainly(records: Sequence[TrainingRecord], viewer: Viewer, on: date) -> Choice | None:
    mine = [record for record in records if _may_be_seen(record, viewer)]
    return Choice(_in_order(mine, on)[0], displaced=_displaced_on(records, viewer, on)) if mine else None


@given(careers(), st.sampled_from(VIEWERS), st.integers(-45, 45).map(day))
def test_the_choice_is_what_the_words_say_on_any_day(records: list[TrainingRecord], viewer: Viewer, on: date) -> None:
    assert choose_record(records, viewer, on) == _plainly(records, viewer, on)


@given(careers(), st.sampled_from(VIEWERS), st.integers(-8, 8).map(day))
def test_the_standing_is_the_choice_and_its_state(records: list[TrainingRecord], viewer: Viewer, on: date) -> None:
    result = standing(records, viewer, on)
    assert result.choice == choose_record(records, viewer, on)
    if result.choice is None:
        assert result.state is None
    elif result.choice.displaced:
        assert result.state is TrainingState.NO_LONGER_INVOLVED
    else:
        assert result.state is training_state(facts(result.choice.record), on)


@given(careers(), st.sampled_from(VIEWERS), st.integers(-8, 8).map(day))
def test_the_standing_is_the_same_on_every_day_before_holds_until_and_another_then(
    records: list[TrainingRecord], viewer: Viewer, today: date
) -> None:
    result = standing(records, viewer, today)
    until = result.holds_until
    assert until is None or until > today
    for asked in _days_between(today, until or day(900)):
        later = standing(records, viewer, asked)
        assert (told(later), later.holds_until) == (told(result), until)
    if until is not None:
        then = standing(records, viewer, until)
        assert told(then) != told(result)


def told(result: Standing) -> tuple[object, ...]:
    return result.choice, result.state, result.still_there


def _days_between(first: date, end: date) -> list[date]:
    """Every day near to one on which a record drawn here starts or ends, and some of the others."""
    near = [first + timedelta(days=n) for n in range(60)]
    far = [day(about + n) for about in (-365, 365, 800) for n in range(-3, 4)]
    return sorted({asked for asked in (*near, *far, end - timedelta(days=1)) if first <= asked < end})


@given(careers(), st.sampled_from(VIEWERS))
@example([ours(ends_on=date.max), theirs(ends_on=date.max)], NORTH)
@example([ours(starts_on=date.min), theirs(starts_on=date.min, ends_on=date.min)], NORTH)
@example([ours(starts_on=date.max), theirs(starts_on=date.max)], NORTH)
def test_there_is_a_standing_on_the_first_and_last_day_of_the_calendar(
    records: list[TrainingRecord], viewer: Viewer
) -> None:
    for on in (date.min, TODAY, date.max):
        result = standing(records, viewer, on)
        assert result.holds_until is None or result.holds_until > on


@given(careers(), st.sampled_from(VIEWERS), st.integers(-8, 8).map(day))
def test_only_organisations_that_see_a_participant_are_among_the_viewers(
    records: list[TrainingRecord], viewer: Viewer, on: date
) -> None:
    if choose_record(records, viewer, on) is not None:
        assert viewer in viewers_of(records)


@given(careers())
def test_the_viewers_are_the_organisations_that_any_record_names(records: list[TrainingRecord]) -> None:
    partners = {DeliveryPartner(r.delivery_partner_id) for r in records if r.delivery_partner_id}
    bodies = {
        AppropriateBody(r.appropriate_body_id)
        for r in records
        if r.appropriate_body_id and r.role is ParticipantRole.ECT
    }
    assert viewers_of(records) == partners | bodies


def test_a_record_is_open_up_to_its_last_day() -> None:
    assert ours(ends_on=None).is_open(TODAY)
    assert ours(ends_on=TODAY).is_open(TODAY)
    assert not evolve(ours(), ends_on=day(-1)).is_open(TODAY)
