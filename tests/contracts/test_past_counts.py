"""What every adapter of `checkdata.domain.ports.Counts` must do with the counts of earlier days."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkdata.domain.access.scope import Scope, ScopeRule
from checkdata.domain.listing.counts import EACH_DAY_FOR, EACH_MONTH_FOR, a_month_before, days_to_forget
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import DeliveryPartner
from checkdata.domain.ports import Storage
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.states import TrainingState
from checkdata.domain.training.statuses import Status
from tests.contracts.examples import REFERENCES, put
from tests.contracts.listings import ROWS, a_record, an_entry, an_import, keep, list_all
from tests.contracts.operators import BODY, EVERY_LEAD_PROVIDER, NORTH
from tests.contracts.units_of_work import read, write
from tests.strategies import LEAD_PROVIDERS, TODAY, YEARS, day, days, scopes

Counted = Mapping[tuple[date, Status], int]

WHOLE = Scope(organisation=NORTH, rules=EVERY_LEAD_PROVIDER)
JOINING, DEFERRED = TrainingState.JOINING, TrainingState.DEFERRED_TRAINING
TRAINING, IS_DEFERRED = Status.TRAINING_OR_ELIGIBLE_FOR_TRAINING, Status.PARTICIPANT_DEFERRED


def counted(storage: Storage, scope: Scope, year: int, role: ParticipantRole) -> Counted:
    found = read(storage, lambda work: work.counts.of_past_days(scope, year, role))
    assert [count.day for count in found] == sorted(count.day for count in found)
    return {(count.day, count.status): count.number for count in found}


def of_rows(rows: Iterable[ListedParticipant], scope: Scope, year: int, role: ParticipantRole) -> Counted:
    numbers = Counter[tuple[date, Status]]()
    for row in filter(scope.covers, rows):
        numbers[TODAY, row.status] += (row.academic_year, row.role) == (year, role)
    return numbers


def lists(storage: Storage, on: date, *states: TrainingState) -> None:
    """An import of that day lists a participant in each of these states at North."""
    records = [a_record(number) for number in range(len(states))]
    entries = [an_entry(record, NORTH, state) for record, state in zip(records, states, strict=True)]
    with storage.writing() as work:
        keep(work.feed_store, *records)
        list_all(work.feed_store, entries, evolve(an_import(), today=on))
        work.commit()


def at_north(storage: Storage) -> Counted:
    return counted(storage, WHOLE, 2022, ParticipantRole.ECT)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scope=scopes(), year=st.sampled_from(YEARS), role=st.sampled_from(ParticipantRole))
def test_the_scope_of_today_bounds_what_is_counted_of_a_day(
    listed: Storage, scope: Scope, year: int, role: ParticipantRole
) -> None:
    assert counted(listed, scope, year, role) == of_rows(ROWS, scope, year, role)


def test_each_day_has_its_counts_as_the_last_import_of_the_day_left_them(storage: Storage) -> None:
    put(storage, REFERENCES)
    lists(storage, day(-2), JOINING, JOINING)
    lists(storage, day(-1), DEFERRED, DEFERRED)
    lists(storage, day(-1), JOINING, DEFERRED)
    assert at_north(storage) == {(day(-2), TRAINING): 2, (day(-1), TRAINING): 1, (day(-1), IS_DEFERRED): 1}


def test_an_import_that_is_not_committed_leaves_the_counts_of_the_day_as_they_are(storage: Storage) -> None:
    put(storage, REFERENCES)
    lists(storage, TODAY, JOINING)
    with storage.writing() as work:
        keep(work.feed_store, a_record(1))
        list_all(work.feed_store, [an_entry(a_record(1), NORTH, DEFERRED)], evolve(an_import(), today=TODAY))
    assert at_north(storage) == {(TODAY, TRAINING): 1}


def test_another_organisation_and_a_scope_without_rules_count_nothing(storage: Storage) -> None:
    put(storage, REFERENCES)
    lists(storage, TODAY, JOINING)
    others = (
        Scope(organisation=NORTH),
        Scope(organisation=DeliveryPartner("south"), rules=EVERY_LEAD_PROVIDER),
        Scope(organisation=NORTH, rules=(ScopeRule(lead_provider_id=LEAD_PROVIDERS[-1].id),)),
        Scope(organisation=BODY),
    )
    assert [counted(storage, scope, 2022, ParticipantRole.ECT) for scope in others] == [{}, {}, {}, {}]


def test_old_days_are_thinned_to_the_last_of_each_month_and_then_forgotten(storage: Storage) -> None:
    put(storage, REFERENCES)
    told = [date(2024, 1, 3), date(2024, 1, 30), date(2024, 6, 29), date(2024, 6, 30), date(2024, 7, 2), TODAY]
    for number, on in enumerate(told):
        lists(storage, on, *([JOINING] * (number + 1)))
    assert write(storage, lambda work: work.retention.past_counts(TODAY)) == 2
    assert sorted({on for on, _ in at_north(storage)}) == [told[1], *told[3:]]
    assert write(storage, lambda work: work.retention.past_counts(TODAY)) == 0
    write(storage, lambda work: work.retention.past_counts(TODAY + EACH_MONTH_FOR))
    lists(storage, TODAY, JOINING)  # because what a process has counted stands until the next import
    assert sorted({on for on, _ in at_north(storage)}) == [TODAY]


@given(found=st.sets(days(), max_size=20), today=days())
def test_what_was_counted_a_month_ago_is_not_thinned_away(found: set[date], today: date) -> None:
    def a_month_ago(kept: Iterable[date]) -> date | None:
        return max((each for each in kept if each <= a_month_before(today)), default=None)

    recent = {each for each in found if today - EACH_MONTH_FOR <= each <= today}
    assert a_month_ago(recent - days_to_forget(recent, today)) == a_month_ago(recent)
    assert all(each < today - EACH_DAY_FOR for each in days_to_forget(recent, today))
