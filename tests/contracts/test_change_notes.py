"""What every adapter of `checkdata.domain.ports.ChangeNotes` must do."""

from datetime import UTC, datetime, timedelta

from attrs import evolve

from checkdata.domain.people.change_notes import ChangeNote, NoteFrequency
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.ports import Storage
from checkdata.domain.values import UserId
from checkdata.testing._suites.people import ADA, BEA, BODY, NORTH
from tests.contracts.examples import with_people
from tests.contracts.units_of_work import read, write

NOON = datetime(2024, 6, 3, 12, tzinfo=UTC)


def a_note(user_id: UserId = ADA.id, organisation: Organisation = NORTH) -> ChangeNote:
    moments = {"told_until": NOON, "looked_at": NOON + timedelta(hours=1)}
    return ChangeNote(user_id=user_id, organisation=organisation, frequency=NoteFrequency.DAILY, **moments)


def test_a_note_is_that_of_its_user_and_organisation(storage: Storage) -> None:
    with_people(storage)
    write(storage, lambda work: work.change_notes.put(a_note()))
    assert read(storage, lambda work: work.change_notes.get(ADA.id, evolve(NORTH, name="Once"))) == a_note()
    for user_id, organisation in ((BEA.id, NORTH), (ADA.id, BODY)):
        found = read(storage, lambda work, of=(user_id, organisation): work.change_notes.get(*of))  # type: ignore[misc]
        assert found is None


def test_a_note_takes_the_place_of_the_one_before(storage: Storage) -> None:
    with_people(storage)
    later = evolve(a_note(), frequency=NoteFrequency.WEEKLY, told_until=NOON + timedelta(days=1))
    write(storage, lambda work: work.change_notes.put(a_note()))
    write(storage, lambda work: work.change_notes.put(later))
    assert read(storage, lambda work: work.change_notes.all()) == [later]


def test_all_notes_are_found_and_those_dropped_are_not(storage: Storage) -> None:
    with_people(storage)
    notes = [a_note(), a_note(BEA.id), a_note(BEA.id, BODY)]
    for note in notes:
        write(storage, lambda work, note=note: work.change_notes.put(note))  # type: ignore[misc]
    found = read(storage, lambda work: work.change_notes.all())
    assert sorted(found, key=str) == sorted(notes, key=str)
    assert [note.organisation.name for note in found if note.organisation == BODY] == [BODY.name]
    write(storage, lambda work: work.change_notes.drop(BEA.id, NORTH))
    write(storage, lambda work: work.change_notes.drop(BEA.id, NORTH))
    found = read(storage, lambda work: work.change_notes.all())
    assert sorted(found, key=str) == sorted([a_note(), a_note(BEA.id, BODY)], key=str)
