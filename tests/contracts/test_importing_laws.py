"""What an import derives for a day does not depend on the imports before."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checkdata.adapters.memory import MemoryFeed, MemoryRejections, MemoryStorage
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.ports import Storage
from checkdata.domain.services.feed.import_feed import ImportFeed
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.statuses import GONE
from checkdata.domain.training.teacher_records import TeacherInductionStatus, TeacherRecord
from tests.contracts.operators import EVERY_LEAD_PROVIDER
from tests.contracts.units_of_work import read
from tests.feeds import REFERENCES
from tests.strategies import BIRTHDAYS, NOON, TODAY, TRNS, VIEWERS, days, names, training_records

ROLES: Final = {"p1": ParticipantRole.ECT, "P2": ParticipantRole.ECT, "p-3": ParticipantRole.MENTOR}

TEACHERS: Final = st.lists(
    st.builds(
        TeacherRecord,
        trn=st.sampled_from(TRNS),
        full_name=names().filter(lambda name: name.strip()),
        date_of_birth=st.sampled_from(BIRTHDAYS),
        qts_awarded_on=st.none() | days(),
        induction_started_on=st.none() | days(),
        induction_status=st.none() | st.sampled_from(TeacherInductionStatus),
        active_alert=st.booleans(),
    ),
    unique_by=lambda record: record.trn,
    min_size=len(TRNS),
    max_size=len(TRNS),
)


@st.composite
def feeds(draw: DrawFn) -> MemoryFeed:
    """Feeds in which each participant has one role, and each TRN its teacher, often the participant by name."""
    records = draw(st.lists(training_records(), min_size=3, max_size=6, unique_by=lambda record: record.record_id))
    teachers = draw(TEACHERS)
    own = {record.trn: record.full_name for record in records if record.trn and draw(st.booleans())}
    return MemoryFeed.of(
        [evolve(record, role=ROLES[record.participant_id]) for record in records],
        references=REFERENCES,
        teacher_records=[evolve(t, full_name=own.get(t.trn) or t.full_name) for t in teachers],
    )


def load(storage: Storage, feed: MemoryFeed, today: date) -> None:
    """Let the storage hold what the feed tells and no other training record."""
    importing(storage).load(feed, MemoryRejections(), today=today, complete=True, allow_deletions=True)


def importing(storage: Storage) -> ImportFeed:
    return ImportFeed(storage=storage, clock=lambda: NOON)


def seen(storage: Storage) -> list[list[ListedParticipant]]:
    """Every row of whom an organisation has, without since when.

    Since when, and who is no longer involved, depends on the order of imports: on what was known, and shown, by when.
    """
    scopes = [Scope(organisation=viewer, rules=EVERY_LEAD_PROVIDER) for viewer in VIEWERS]
    found = read(
        storage, lambda work: [list(work.participants.rows(ParticipantQuery(scope=scope))) for scope in scopes]
    )
    return [[evolve(row, since=TODAY, since_at_least=False) for row in rows if row.group not in GONE] for rows in found]


def imported(feed: MemoryFeed, today: date) -> list[list[ListedParticipant]]:
    storage = MemoryStorage()
    load(storage, feed, today)
    return seen(storage)


def a_refresh_is_an_import(storage: Storage, feed: MemoryFeed, ways: Sequence[date]) -> None:
    load(storage, feed, ways[0])
    for day in ways[1:]:
        importing(storage).refresh(today=day)
    assert seen(storage) == imported(feed, ways[-1])
    assert not importing(storage).refresh(today=ways[-1]).changed


IN_MEMORY: Final = settings(max_examples=200)
IN_SQL: Final = settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
WAYS: Final = st.lists(days(), min_size=1, max_size=4)


@IN_MEMORY
@given(feeds(), WAYS)
def test_refreshed_to_a_day_is_imported_on_that_day(feed: MemoryFeed, ways: Sequence[date]) -> None:
    a_refresh_is_an_import(MemoryStorage(), feed, ways)


@IN_SQL
@given(feeds(), WAYS)
def test_any_storage_refreshed_to_a_day_shows_what_memory_imports_on_that_day(
    storage: Storage, feed: MemoryFeed, ways: Sequence[date]
) -> None:
    a_refresh_is_an_import(storage, feed, ways)


@IN_SQL
@given(st.lists(feeds(), min_size=2, max_size=3), days())
def test_a_complete_feed_is_all_that_is_seen_whatever_was_loaded_before(
    storage: Storage, loaded: Sequence[MemoryFeed], today: date
) -> None:
    for feed in loaded:
        load(storage, feed, today)
    assert seen(storage) == imported(loaded[-1], today)
