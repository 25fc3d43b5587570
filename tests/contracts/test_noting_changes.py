"""Notes of changes, on every storage: counted within the user's scope, sent to nobody without access."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from checkdata.domain.access.decision import AccessRefused, Acting
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.messages import ChangesCounted, ChangesCountedMessage
from checkdata.domain.people.change_notes import NoteFrequency
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import Storage
from checkdata.domain.services.listing.note_changes import NoteChanges
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.values import EmailAddress
from tests.access_world import BOSS, NORTH, RECORDS, SOUTH, AccessWorld, a_record


@pytest.fixture
def world(storage: Storage) -> AccessWorld:
    world = AccessWorld(storage=storage, now=datetime(2024, 6, 3, 5, 0, tzinfo=UTC))  # a Monday, 6am in London
    world.load()
    return world


def noting(world: AccessWorld) -> NoteChanges:
    return NoteChanges(storage=world.storage, clock=world.clock)


def waiting(name: str) -> TrainingRecord:
    """A new participant of North Hub, about whom the school is to act: nobody gave details yet."""
    return a_record(name)


def come(world: AccessWorld, *records: TrainingRecord) -> None:
    """A minute later, the next feed has these participants besides."""
    world.pass_time(minutes=1)
    world.load(*RECORDS, *records)


def notes(world: AccessWorld) -> Sequence[tuple[EmailAddress, ChangesCounted]]:
    noting(world).queue_due()
    return [(to, message.counted) for to, message in world.mails() if isinstance(message, ChangesCountedMessage)]


def test_a_note_tells_how_much_changed_since_the_one_before_and_is_sent_once(world: AccessWorld) -> None:
    shown = world.now.isoformat()  # the feed after which changes are told
    noting(world).choose(world.bob, NoteFrequency.DAILY)
    world.pass_time(days=1)
    come(world, waiting("new"), a_record("souths-new", partner=SOUTH))
    told = world.now.isoformat()
    world.pass_time(hours=2)
    counted = ChangesCounted(
        user_id=world.bob.user_id,
        role=Role.DELIVERY_PARTNER,
        organisation_id=NORTH.id,
        organisation="North Hub",
        changes=1,
        of_schools=1,
        since=shown,
    )
    assert notes(world) == [(BOSS, counted)]
    assert notes(world) == []
    world.pass_time(days=1)
    assert notes(world) == []
    come(world, waiting("new"), waiting("newer"))
    world.pass_time(days=1)
    assert notes(world) == [(BOSS, evolve(counted, since=told))]


def test_who_left_view_is_a_change_that_waits_for_no_school(world: AccessWorld) -> None:
    come(world, waiting("new"))
    noting(world).choose(world.bob, NoteFrequency.DAILY)
    world.pass_time(minutes=1)
    world.load(*RECORDS, a_record("new", partner=SOUTH), a_record("newer"))
    world.manage_agreements.end("ag-2", reason="Over")
    world.pass_time(days=1, hours=2)
    [(_, told)] = notes(world)
    assert told.of_schools == 1
    assert told.changes > told.of_schools


def test_an_import_that_is_shown_after_a_note_was_made_is_told_by_the_next(world: AccessWorld) -> None:
    noting(world).choose(world.bob, NoteFrequency.DAILY)
    began = world.now + timedelta(days=1, hours=3)
    world.now = began + timedelta(seconds=1)
    assert notes(world) == []  # while the import that began before is not shown yet
    world.now = began
    world.load(*RECORDS, waiting("new"))
    world.now = began + timedelta(days=1)
    assert [told.changes for _, told in notes(world)] == [1]


def test_a_weekly_note_waits_for_monday(world: AccessWorld) -> None:
    noting(world).choose(world.bob, NoteFrequency.WEEKLY)
    world.pass_time(hours=2)
    assert notes(world) == []
    come(world, waiting("new"))
    world.pass_time(days=6)
    assert notes(world) == []
    world.pass_time(days=1)
    assert [told.changes for _, told in notes(world)] == [1]


def test_nobody_is_mailed_without_access_that_day(world: AccessWorld) -> None:
    noting(world).choose(world.bob, NoteFrequency.DAILY)
    world.pass_time(days=1)
    come(world, waiting("new"))
    world.access.suspend(BOSS, reason="Phone lost")
    world.pass_time(hours=2)
    assert notes(world) == []
    world.access.reinstate(BOSS, reason="Found")
    assert notes(world) == []  # its day is over


def test_a_note_that_waits_is_not_sent_once_access_is_gone_or_it_is_stopped(world: AccessWorld) -> None:
    for day, end in enumerate((stop, remove)):
        noting(world).choose(world.bob, NoteFrequency.DAILY)
        come(world, *(waiting(f"new-{number}") for number in range(day + 1)))
        world.pass_time(days=1, hours=3)
        assert noting(world).queue_due() == 1
        end(world)
        assert not [message for _, message in world.mails() if isinstance(message, ChangesCountedMessage)]


def stop(world: AccessWorld) -> None:
    noting(world).stop(world.bob.user_id, NORTH)


def remove(world: AccessWorld) -> None:
    world.access.remove(BOSS, reason="Left")


def test_choosing_and_stopping_are_on_record_and_only_a_change_is(world: AccessWorld) -> None:
    note = noting(world)
    assert note.chosen(world.bob) is None
    for frequency in (NoteFrequency.DAILY, NoteFrequency.DAILY, NoteFrequency.WEEKLY):
        note.choose(world.bob, frequency)
        assert note.chosen(world.bob) is frequency
    note.stop(world.bob.user_id, NORTH)
    note.stop(world.bob.user_id, NORTH)
    assert note.chosen(world.bob) is None
    told = [event.details["often"] for event in world.audit() if event.kind is AuditKind.NOTES_CHOSEN]
    assert told == ["daily", "weekly", "never"]


def test_a_user_without_access_chooses_nothing(world: AccessWorld) -> None:
    with pytest.raises(AccessRefused):
        noting(world).choose(Acting(world.bob.user_id, SOUTH), NoteFrequency.DAILY)
    assert noting(world).chosen(Acting(world.bob.user_id, SOUTH)) is None
