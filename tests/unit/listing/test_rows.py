"""rules.md, rules 8 to 11: a participant as one organisation sees them."""

from datetime import date
from itertools import product
from typing import Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.listing.rows import ListedBefore, ListedParticipant, ListingEntry, StatusSince, list_participant
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.training.facts import INDUCTION_TYPE_OF
from checkdata.domain.training.records import TrainingRecord, Viewer
from checkdata.domain.training.states import TrainingState
from checkdata.domain.training.statuses import GROUP_OF, STATUS_OF, StatusGroup
from checkdata.domain.values import search_key
from tests.contracts.listings import a_record
from tests.strategies import NAMES, TODAY, VIEWERS, day, days, listed_participants, training_records

PARTNER: Final = DeliveryPartner("north")
BODY: Final = AppropriateBody("both")
FULL: Final = a_record(
    email="zoe@school.example", appropriate_body_id="both", induction_tutor_email="tutor@school.example"
)


def listed(  # noqa: PLR0913 - what a row is made of
    record: TrainingRecord = FULL,
    viewer: Viewer = PARTNER,
    state: TrainingState = TrainingState.JOINING,
    *,
    shows_trn: bool = True,
    before: ListedBefore | None = None,
    today: date = TODAY,
) -> ListedParticipant:
    return an_entry(record, viewer, state, shows_trn=shows_trn, before=before, today=today).listed


def an_entry(  # noqa: PLR0913 - what a row is made of
    record: TrainingRecord,
    viewer: Viewer,
    state: TrainingState,
    *,
    shows_trn: bool = True,
    before: ListedBefore | None = None,
    today: date = TODAY,
) -> ListingEntry:
    return list_participant(record, viewer, state, NAMES, shows_trn=shows_trn, before=before, today=today)


def said(row: ListedParticipant) -> ListedBefore:
    return ListedBefore(group=row.group, since=row.since, since_at_least=row.since_at_least)


def test_a_partner_sees_the_nine_things_of_the_chosen_record() -> None:
    row = listed()
    assert (row.full_name, row.email, row.trn, row.role) == (FULL.full_name, FULL.email, FULL.trn, FULL.role)
    assert (row.lead_provider, row.lead_provider_id) == ("Ambition", "ambition")
    assert (row.school, row.school_urn, row.academic_year) == ("St Mary's", "100001", 2022)
    assert row.status is STATUS_OF[TrainingState.JOINING]


@given(training_records(), st.sampled_from(TrainingState))
def test_what_a_partner_may_not_see_is_not_in_its_rows(record: TrainingRecord, state: TrainingState) -> None:
    row = listed(record, PARTNER, state)
    assert (row.delivery_partner_id, row.appropriate_body_id) == ("north", None)
    assert row.induction_tutor_email == ""


@given(training_records(), st.sampled_from(TrainingState))
def test_what_a_body_may_not_see_is_not_in_its_rows(record: TrainingRecord, state: TrainingState) -> None:
    row = listed(record, BODY, state)
    assert (row.delivery_partner_id, row.appropriate_body_id) == (None, "both")
    assert (row.email, row.lead_provider_id, row.lead_provider) == ("", None, "")
    assert row.induction_tutor_email == record.induction_tutor_email
    assert row.induction_type is INDUCTION_TYPE_OF[record.programme]


@pytest.mark.parametrize("viewer", [PARTNER, BODY])
def test_a_trn_is_shown_once_it_is_validated(viewer: Viewer) -> None:
    assert listed(viewer=viewer, shows_trn=True).trn == "1234567"
    assert listed(viewer=viewer, shows_trn=False).trn == ""
    assert listed(evolve(FULL, trn=None), viewer, shows_trn=True).trn == ""


@given(record=training_records(), state=st.sampled_from(TrainingState))
def test_the_day_of_completion_is_told_only_of_a_completed_induction(
    record: TrainingRecord, state: TrainingState
) -> None:
    completed = state is TrainingState.COMPLETED_TRAINING
    assert listed(record, state=state).completed_on == (record.induction_completed_on if completed else None)


def test_where_no_lead_provider_is_confirmed_it_is_blank() -> None:
    row = listed(evolve(FULL, lead_provider_id=None))
    assert (row.lead_provider_id, row.lead_provider) == (None, "")


@given(training_records(), st.sampled_from(VIEWERS), st.sampled_from(TrainingState))
def test_the_state_stays_beside_the_row_which_tells_only_its_status_and_group(
    record: TrainingRecord, viewer: Viewer, state: TrainingState
) -> None:
    entry = an_entry(record, viewer, state)
    assert (entry.state, entry.viewer) == (state, viewer)
    assert (entry.listed.status, entry.listed.group) == (STATUS_OF[state], GROUP_OF[state])


@given(training_records(), st.sampled_from(VIEWERS), st.sampled_from(StatusGroup), days())
def test_the_states_of_one_group_make_the_same_row(
    record: TrainingRecord, viewer: Viewer, group: StatusGroup, since: date
) -> None:
    before = ListedBefore(group=group, since=since, since_at_least=False)
    rows = [listed(record, viewer, state, before=before) for state, its in GROUP_OF.items() if its is group]
    assert all(row == rows[0] for row in rows)


def test_a_participant_met_for_the_first_time_is_so_since_at_least_that_day() -> None:
    row = listed(before=None)
    assert (row.since, row.since_at_least) == (TODAY, True)


@pytest.mark.parametrize("at_least", [True, False])
def test_while_the_group_stays_so_does_since(*, at_least: bool) -> None:
    before = ListedBefore(group=StatusGroup.JOINING, since=day(-9), since_at_least=at_least)
    row = listed(before=before)
    assert (row.since, row.since_at_least) == (day(-9), at_least)


def test_a_change_of_group_is_since_the_day_of_the_import_that_met_it_for_certain() -> None:
    before = ListedBefore(group=StatusGroup.ACTIVE, since=day(-9), since_at_least=True)
    row = listed(before=before)
    assert (row.since, row.since_at_least) == (TODAY, False)


@given(st.lists(st.tuples(st.sampled_from(TrainingState), st.integers(0, 5)), min_size=1, max_size=8))
def test_since_is_the_day_on_which_the_newest_group_was_met(history: list[tuple[TrainingState, int]]) -> None:
    before, today, met, first = None, TODAY, TODAY, True
    last: StatusGroup | None = None
    for state, later in history:
        today = date.fromordinal(today.toordinal() + later)
        row = listed(state=state, before=before, today=today)
        if row.group is not last:
            met, first, last = today, last is None, row.group
        assert (row.since, row.since_at_least) == (met, first)
        before = said(row)


def test_since_follows_from_what_was_said_before() -> None:
    for group, other in product(StatusGroup, repeat=2):
        since = StatusSince.following(ListedBefore(group=group, since=day(-3), since_at_least=True), other, TODAY)
        assert since == (
            StatusSince(on=day(-3), at_least=True) if group is other else StatusSince(on=TODAY, at_least=False)
        )


@given(listed_participants(), listed_participants())
def test_the_order_is_by_folded_name_then_name_then_id_and_total(
    one: ListedParticipant, other: ListedParticipant
) -> None:
    assert one.order == (search_key(one.full_name), one.full_name, one.participant_id)
    assert (one.order == other.order) is (
        one.full_name == other.full_name and one.participant_id == other.participant_id
    )
    if search_key(one.full_name) < search_key(other.full_name):
        assert one.order < other.order


def test_the_order_is_by_code_point() -> None:
    in_order = ["_", "Abel", "Ångström", "b", "O'Neill", "Oneill", "Zoë", "zoe", "\uffee", "😀"]
    rows = sorted((evolve(listed(), full_name=name) for name in reversed(in_order)), key=lambda row: row.order)
    assert [row.full_name for row in rows] == in_order
