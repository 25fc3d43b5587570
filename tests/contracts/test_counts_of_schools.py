"""What every adapter of `checkdata.domain.ports.Counts` must do with the counts of schools and of changes."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.ports import Storage
from checkdata.domain.training.states import TrainingState
from checkdata.domain.training.who_acts import WhoActs
from tests.contracts.examples import REFERENCES, put
from tests.contracts.listings import ROWS, a_record, an_entry, an_import, keep, list_all
from tests.contracts.operators import EVERY_LEAD_PROVIDER, NORTH
from tests.contracts.units_of_work import read
from tests.strategies import NOON, SCHOOLS, day, queries, scopes

NAMES: Final = {school.urn: school.name for school in SCHOOLS}
WHOLE: Final = Scope(organisation=NORTH, rules=EVERY_LEAD_PROVIDER)
OVER_EVERY_STORAGE: Final = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

Numbers = dict[str, Counter[WhoActs]]


def by_school(rows: Iterable[ListedParticipant]) -> Numbers:
    numbers: Numbers = {}
    for row in rows:
        numbers.setdefault(row.school_urn, Counter())[row.next] += 1
    return numbers


@OVER_EVERY_STORAGE
@given(scope=scopes())
def test_a_school_is_counted_once_under_the_name_of_its_urn_and_only_in_scope(listed: Storage, scope: Scope) -> None:
    found = read(listed, lambda work: work.counts.of_schools(scope))
    assert {school.urn: school.next for school in found} == by_school(filter(scope.covers, ROWS))
    assert all(school.name == NAMES[school.urn] for school in found)
    assert len({school.urn for school in found}) == len(found)
    with listed.reading() as work:
        assert {urn: work.counts.of_school(scope, urn) for urn in NAMES} == {
            **dict.fromkeys(NAMES),
            **{school.urn: school for school in found},
        }
    assert found == sorted(found, key=lambda school: (-school.to_resolve, school.key, school.name, school.urn))


@OVER_EVERY_STORAGE
@given(data=st.data(), scope=scopes())
def test_the_list_of_a_school_finds_as_many_as_are_counted(listed: Storage, data: st.DataObject, scope: Scope) -> None:
    query = data.draw(queries(ROWS, scope))
    with listed.reading() as work:
        for school in work.counts.of_schools(scope):
            at_school = evolve(query, school_urn=school.urn)
            rows = work.participants.slice(at_school, 0, 100)
            assert rows == query.order.arranged(filter(at_school.matches, ROWS))
            assert work.participants.count(at_school) == len(rows)
            with listed.reading() as other:
                found = other.participants.find(at_school, 0, 100)
            assert (found.rows, found.number) == (rows, len(rows))
            assert list(work.participants.ids(at_school)) == [row.participant_id for row in rows]
            every = ParticipantQuery(scope=scope, school_urn=school.urn)
            assert work.participants.count(every) == school.number
    with listed.reading() as work:
        elsewhere = work.participants.find(evolve(query, school_urn="not a URN"), 0, 100)
    assert (elsewhere.rows, elsewhere.number) == ([], 0)


@OVER_EVERY_STORAGE
@given(scope=scopes(), then=scopes(), days=st.integers(-2, 2))
def test_changes_are_counted_as_the_page_of_what_changed_gives_them(
    listed: Storage, scope: Scope, then: Scope, days: int
) -> None:
    since, before = NOON + timedelta(days=days), evolve(then, organisation=scope.organisation)
    with listed.reading() as work:
        changes = list(work.participants.changes(ParticipantQuery(scope=scope), since, then=before))
        assert work.counts.of_changes(scope, since, then=before) == len(changes)


def test_what_was_counted_before_an_import_is_not_told_after_it(storage: Storage) -> None:
    put(storage, REFERENCES)

    def counted() -> tuple[int, int, int]:
        with storage.reading() as work:
            schools = work.counts.of_schools(WHOLE)
            changes = work.counts.of_changes(WHOLE, NOON - timedelta(days=1), then=WHOLE)
            past = work.counts.of_past_days(WHOLE, 2022, a_record().role)
            return sum(school.number for school in schools), changes, sum(count.number for count in past)

    for number in (1, 2):
        records = [a_record(each) for each in range(number)]
        with storage.writing() as work:
            keep(work.feed_store, *records)
            entries = [an_entry(record, NORTH, TrainingState.JOINING) for record in records]
            list_all(work.feed_store, entries, evolve(an_import(), today=day(number)))
            work.commit()
        assert counted() == counted() == (number, number, number * (number + 1) // 2)
