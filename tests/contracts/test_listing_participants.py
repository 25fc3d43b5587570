"""What every adapter of `checkdata.domain.ports.FeedStore` must do where it lists participants."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

import pytest
from attrs import evolve

from checkdata.domain.access.scope import Scope
from checkdata.domain.feed.contents import Changes, DueParticipant, References
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedBefore, ListedParticipant, ListingEntry, Names
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.ports import FeedStore, Storage
from checkdata.domain.training.records import TrainingRecord, Viewer
from checkdata.domain.training.states import TrainingState
from checkdata.domain.training.teacher_records import person_key
from checkdata.domain.values import ParticipantId
from checkdata.testing._suites.people import an_agreement
from tests.contracts.examples import REFERENCES, put
from tests.contracts.listings import (
    BORN,
    ENTRIES,
    RECORDS,
    ROWS,
    a_record,
    a_teacher,
    an_entry,
    an_import,
    keep,
    list_all,
    load,
    staged,
    with_listings,
)
from tests.contracts.operators import BODY, BOTH, EVERY_LEAD_PROVIDER, NORTH
from tests.contracts.units_of_work import read, write
from tests.strategies import LEAD_PROVIDERS, NAMES, SCHOOLS, TODAY, day

Until = Callable[[ParticipantId], date | None]
P0: Final = ParticipantId("p0")


def listed_at(storage: Storage, viewer: Viewer = NORTH) -> Sequence[ListedParticipant]:
    query = ParticipantQuery(scope=Scope(organisation=viewer, rules=EVERY_LEAD_PROVIDER))
    return read(storage, lambda work: list(work.participants.rows(query)))


def derived(
    store: FeedStore, today: date = TODAY, names: Names = NAMES, until: Until = lambda _: None
) -> list[DueParticipant]:
    """The participants that are derived one by one for a day, by id."""
    found = []

    def derive(due: DueParticipant) -> tuple[DueParticipant, list[ListingEntry], date | None]:
        found.append(due)
        return due, [], until(due.participant_id)

    store.list_participants(derive, names, today, one_by_one=True)
    return sorted(found, key=lambda due: due.participant_id)


def ids_derived(storage: Storage, today: date = TODAY, names: Names = NAMES) -> list[str]:
    """Whom an import derives that tells no training records; it is undone."""
    with storage.writing() as work:
        return [due.participant_id for due in derived(work.feed_store, today, names)]


def relisted(storage: Storage, *records: TrainingRecord, entries: Sequence[ListingEntry]) -> int:
    with storage.writing() as work:
        keep(work.feed_store, *records)
        number = list_all(work.feed_store, entries)
        work.commit()
    return number


# Who is derived


def test_no_participant_is_derived_where_there_is_no_record(storage: Storage) -> None:
    assert ids_derived(storage) == []
    with storage.writing() as work:
        keep(work.feed_store)
        assert derived(work.feed_store) == []


def test_a_participant_is_derived_with_all_its_records_those_that_a_feed_does_not_tell_too(storage: Storage) -> None:
    put(storage, REFERENCES)
    records = [a_record(0), a_record(1, participant_id=P0, delivery_partner_id=None, partnership=None), a_record(2)]
    with storage.writing() as work:
        keep(work.feed_store, *records)
        found = [(due.participant_id, list(due.records), dict(due.before)) for due in derived(work.feed_store)]
        assert found == [("p0", records[:2], {}), ("p2", records[2:], {})]
    load(storage, *records)
    with storage.writing() as work:
        keep(work.feed_store, evolve(records[0], full_name="New"))
        found_again = [list(due.records) for due in derived(work.feed_store)]
        assert found_again == [[evolve(records[0], full_name="New"), records[1]], records[2:]]


def test_what_a_listing_said_before_is_told_for_each_organisation(storage: Storage) -> None:
    record = a_record(appropriate_body_id="both")
    entries = [an_entry(record, NORTH, TrainingState.JOINING), an_entry(record, BODY, TrainingState.NO_LONGER_INVOLVED)]
    put(storage, REFERENCES)
    relisted(storage, record, entries=entries)
    with storage.writing() as work:
        keep(work.feed_store, evolve(record, full_name="New"))
        (due,) = derived(work.feed_store)
    assert {viewer: evolve(said, listed=None) for viewer, said in due.before.items()} == {
        entry.viewer: ListedBefore(group=entry.listed.group, since=TODAY, since_at_least=True) for entry in entries
    }


def test_no_participant_is_derived_again_on_a_day_on_which_all_that_is_listed_holds(storage: Storage) -> None:
    load(storage, a_record(0), a_record(1))
    assert [ids_derived(storage, day(offset)) for offset in (0, 1, 900)] == [[], [], []]


def test_all_are_derived_again_from_the_first_day_on_which_an_answer_changes(storage: Storage) -> None:
    put(storage, REFERENCES)
    until = {"p0": day(3), "p1": day(5), "p2": None}
    with storage.writing() as work:
        keep(work.feed_store, a_record(0), a_record(1), a_record(2))
        derived(work.feed_store, until=lambda participant_id: until[participant_id])
        work.feed_store.show(an_import())
        work.commit()
    everyone = ["p0", "p1", "p2"]
    asked = {offset: ids_derived(storage, day(offset)) for offset in (0, 2, 3, 4, 900)}
    assert asked == {0: [], 2: [], 3: everyone, 4: everyone, 900: everyone}


def test_all_are_derived_again_for_a_day_before_the_one_that_is_listed(storage: Storage) -> None:
    load(storage, a_record(0))
    assert ids_derived(storage, day(-1)) == ["p0"]
    with storage.writing() as work:
        derived(work.feed_store, day(-1))
        work.feed_store.show(evolve(an_import(), today=day(-1)))
        work.commit()
    assert (ids_derived(storage, day(-1)), ids_derived(storage), ids_derived(storage, day(-2))) == ([], [], ["p0"])


@pytest.mark.parametrize("renamed", ["school", "lead provider"])
def test_all_are_derived_again_where_a_listing_shows_another_name(storage: Storage, renamed: str) -> None:
    load(storage, a_record(0), a_record(1, school_urn="123456"))
    schools = [evolve(SCHOOLS[0], name="Renamed")] if renamed == "school" else []
    leads = [evolve(LEAD_PROVIDERS[0], name="Renamed")] if renamed == "lead provider" else []
    assert ids_derived(storage, names=NAMES.including(schools, leads)) == ["p0", "p1"]
    put(storage, References(schools=schools, lead_providers=leads))
    assert ids_derived(storage, names=NAMES) == ["p0", "p1"]


def test_no_participant_is_derived_again_for_what_no_listing_shows(storage: Storage) -> None:
    load(storage, a_record(0))
    with storage.writing() as work:
        work.feed_store.put_references(
            References(
                lead_providers=[evolve(LEAD_PROVIDERS[0], contact_email="new@ambition.example")],
                delivery_partners=[DeliveryPartner("north", "Renamed")],
                agreements=[an_agreement(ends_on=day(-1))],
            )
        )
        assert derived(work.feed_store) == []


def test_all_are_derived_again_where_a_teacher_record_is_new_or_changed(storage: Storage) -> None:
    load(storage, a_record(0, trn_validated=None, date_of_birth=BORN))

    def derived_after(**changes: Any) -> list[ParticipantId]:  # noqa: ANN401 - any field
        with storage.writing() as work:
            work.feed_store.take_in_teacher_records([a_teacher(**changes)])
            found = [due.participant_id for due in derived(work.feed_store)]
            work.feed_store.show(an_import())
            work.commit()
        return found

    assert derived_after() == ["p0"]
    assert derived_after() == []
    assert derived_after(active_alert=True) == ["p0"]
    assert derived_after(active_alert=True) == []


def test_many_that_are_alike_may_be_told_by_one_of_them_unless_asked_one_by_one(storage: Storage) -> None:
    put(storage, REFERENCES)
    records = [a_record(number, full_name=f"Name {number}") for number in range(30)]
    for one_by_one in (True, False):
        with storage.writing() as work:
            keep(work.feed_store, *records)
            number = 0

            def derive(due: DueParticipant) -> tuple[DueParticipant, list[ListingEntry], None]:
                nonlocal number
                number += 1
                return due, [an_entry(due.records[0])], None

            assert work.feed_store.list_participants(derive, NAMES, TODAY, one_by_one=one_by_one) == 30
            assert number == 30 if one_by_one else number in (1, 30)
            work.feed_store.show(an_import())
            work.commit()
        assert list(listed_at(storage)) == sorted((an_entry(r).listed for r in records), key=lambda row: row.order)
        write(storage, lambda work: empty(work.feed_store))


def empty(store: FeedStore) -> int:
    """Import a complete feed without a row; returns how many rows of listings are gone."""
    store.take_in([])
    store.compare(complete=True)
    store.merge(())
    return list_all(store, [])


def test_teacher_records_and_names_may_be_asked_for_while_participants_are_derived(storage: Storage) -> None:
    put(storage, REFERENCES)
    records = [a_record(number, trn=f"{number:07}", trn_validated=None, date_of_birth=BORN) for number in range(20)]
    teachers = [a_teacher(f"{number:07}") for number in range(0, 20, 2)]
    asked: list[tuple[bool, int]] = []
    with storage.writing() as work:
        work.feed_store.take_in_teacher_records(teachers)
        keep(work.feed_store, *records)

        def derive(due: DueParticipant) -> tuple[DueParticipant, list[ListingEntry], None]:
            trn = due.records[0].trn or ""
            same = work.feed_store.teacher_records_of(person_key(due.records[0].full_name, BORN))
            assert work.feed_store.names() == NAMES
            asked.append((work.feed_store.teacher_record(trn) is not None, len(same)))
            return due, [an_entry(due.records[0])], None

        assert work.feed_store.list_participants(derive, NAMES, TODAY) == 20
        work.feed_store.show(an_import())
        work.commit()
    assert sorted(asked) == [(False, 10)] * 10 + [(True, 10)] * 10
    assert len(listed_at(storage)) == 20


# What is listed


def test_rows_that_are_added_changed_or_removed_are_counted(storage: Storage) -> None:
    put(storage, REFERENCES)
    record = a_record(appropriate_body_id="both")
    at_north, at_body = an_entry(record), an_entry(record, BODY)
    assert relisted(storage, record, entries=[at_north, at_body]) == 2
    changed = evolve(record, full_name="New")
    assert relisted(storage, changed, entries=[an_entry(changed), at_body]) == 1
    assert list(listed_at(storage)) == [an_entry(changed).listed]
    gone = evolve(record, delivery_partner_id="both")
    assert relisted(storage, gone, entries=[an_entry(gone, BOTH), at_body]) == 2
    assert list(listed_at(storage)) == []
    assert list(listed_at(storage, BOTH)) == [an_entry(gone, BOTH).listed]
    assert list(listed_at(storage, BODY)) == [at_body.listed]


def test_rows_that_are_as_they_were_are_not_counted(storage: Storage) -> None:
    put(storage, REFERENCES)
    assert relisted(storage, a_record(), entries=[an_entry(a_record())]) == 1
    changed = a_record(date_of_birth=BORN)
    assert relisted(storage, changed, entries=[an_entry(changed)]) == 0
    assert list(listed_at(storage)) == [an_entry(a_record()).listed]


def test_everything_that_a_row_shows_comes_back(storage: Storage) -> None:
    with_listings(storage)
    for viewer in {entry.viewer for entry in ENTRIES}:
        found = listed_at(storage, viewer)
        assert list(found) == sorted((e.listed for e in ENTRIES if e.viewer == viewer), key=lambda row: row.order)


def test_others_keep_their_rows_order_and_tallies_are_right_again(storage: Storage) -> None:
    with_listings(storage)
    moved = {3: "Aaron", 8: "Zzz", 20: "m"}
    records = [evolve(RECORDS[number], full_name=name) for number, name in moved.items()]
    changed = {record.participant_id for record in records}
    entries = [an_entry(record, DeliveryPartner(record.delivery_partner_id or "")) for record in records]
    others = [entry for entry in ENTRIES if entry.listed.participant_id not in changed]
    relisted(storage, *records, entries=[*others, *entries])
    for viewer in (NORTH, BOTH, BODY, AppropriateBody("borough")):
        scope = Scope(organisation=viewer, rules=EVERY_LEAD_PROVIDER)
        rows = sorted((e.listed for e in (*others, *entries) if e.viewer == viewer), key=lambda row: row.order)
        with storage.reading() as work:
            query = ParticipantQuery(scope=scope)
            assert list(work.participants.rows(query)) == rows
            assert [work.participants.slice(query, n, 1)[0] for n in range(len(rows))] == rows
            assert work.participants.count(query) == len(rows)
            assert sum(tally.number for tally in work.participants.tallies(scope)) == len(rows)
    assert len(ROWS) > 40


def test_when_all_the_records_of_a_participant_are_gone_so_are_its_rows(storage: Storage) -> None:
    load(storage, a_record(0), a_record(1))
    with storage.writing() as work:
        work.feed_store.take_in(staged(a_record(1)))
        work.feed_store.compare(complete=True)
        work.feed_store.merge(())
        assert list_all(work.feed_store, [an_entry(a_record(1), NORTH, TrainingState.JOINING)]) == 1
        work.commit()
    assert [row.participant_id for row in listed_at(storage)] == ["p1"]
    with storage.writing() as work:
        keep(work.feed_store, a_record(0))
        (again, _) = derived(work.feed_store)
        assert (again.participant_id, dict(again.before)) == ("p0", {})


def test_when_a_record_is_given_to_another_participant_so_is_its_row(storage: Storage) -> None:
    load(storage, a_record(0), a_record(1))
    given = a_record(0, participant_id=ParticipantId("p9"))
    with storage.writing() as work:
        keep(work.feed_store, given)
        found = {due.participant_id: list(due.records) for due in derived(work.feed_store)}
        assert found == {"p1": [a_record(1)], "p9": [given]}
    entries = [an_entry(record, NORTH, TrainingState.JOINING) for record in (a_record(1), given)]
    assert relisted(storage, given, entries=entries) == 2
    assert [row.participant_id for row in listed_at(storage)] == ["p1", "p9"]


def test_an_empty_feed_that_is_complete_empties_the_listings(storage: Storage) -> None:
    load(storage, a_record(0), a_record(1))
    assert write(storage, lambda work: empty(work.feed_store)) == 2
    assert list(listed_at(storage)) == []
    assert ids_derived(storage, day(-1)) == []


def test_the_state_behind_a_status_may_change_without_a_change_that_a_user_sees(storage: Storage) -> None:
    put(storage, REFERENCES)
    entries = [
        an_entry(a_record(), NORTH, state) for state in (TrainingState.ACTIVE_FLAGS, TrainingState.DIFFERENT_TRN)
    ]
    relisted(storage, a_record(), entries=entries[:1])
    relisted(storage, a_record(email=""), entries=entries[1:])
    assert entries[0].listed == entries[1].listed
    assert list(listed_at(storage)) == [entries[0].listed]


def test_no_reader_sees_an_import_before_it_is_committed(storage: Storage) -> None:
    load(storage, a_record(0))
    before = list(listed_at(storage))
    with storage.writing() as work:
        changed = a_record(0, full_name="New")
        keep(work.feed_store, changed, a_record(1))
        list_all(work.feed_store, [an_entry(changed), an_entry(a_record(1))])
        assert list(listed_at(storage)) == before
    assert list(listed_at(storage)) == before
    assert ids_derived(storage, day(-1)) == ["p0"]


def test_what_no_import_shows_is_as_if_it_had_never_been(storage: Storage) -> None:
    load(storage, a_record(0))
    before = list(listed_at(storage))
    with storage.writing() as work:
        keep(work.feed_store, a_record(0, full_name="New"), a_record(1))
        derived(work.feed_store)
        work.commit()
    assert list(listed_at(storage)) == before
    with storage.writing() as work:
        keep(work.feed_store)
        assert [list(due.records) for due in derived(work.feed_store)] == [[a_record(0)]]
    assert write(storage, lambda work: keep(work.feed_store, a_record(0))) == Changes(unchanged=1)


def test_where_a_day_changes_no_row_nothing_is_derived_again_until_the_next_change(storage: Storage) -> None:
    put(storage, REFERENCES)
    with storage.writing() as work:
        keep(work.feed_store, a_record())
        derived(work.feed_store, until=lambda _: day(1))
        work.feed_store.show(an_import())
        work.commit()
    assert ids_derived(storage, day(1)) == ["p0"]
    with storage.writing() as work:
        derived(work.feed_store, day(1), until=lambda _: day(5))
        work.feed_store.keep_showing()
        work.commit()
    assert ids_derived(storage, day(4)) == []
    assert ids_derived(storage, day(5)) == ["p0"]
