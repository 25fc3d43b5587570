"""What every adapter of `checkdata.domain.ports.FeedStore` must do."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkdata.domain.access.scope import Scope, ScopeRule
from checkdata.domain.feed.contents import Changes, DueParticipant, FeedRow, KnownIds, NamedIds, References
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedBefore, ListedParticipant, ListingEntry
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, LeadProvider, School
from checkdata.domain.ports import FeedStore, Storage
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.records import TrainingRecord, Viewer
from checkdata.domain.training.states import TrainingState
from checkdata.domain.training.teacher_records import TeacherInductionStatus, TeacherRecord, person_key
from checkdata.domain.values import LeadProviderId, ParticipantId, RecordId
from tests.contracts.examples import ADA, BODY, REFERENCES, a_grant, add_grants, add_users, an_agreement, put
from tests.contracts.listings import ENTRIES, RECORDS, ROWS, a_record, an_entry, keep, list_all, staged, with_listings
from tests.contracts.units_of_work import read, read_store, write
from tests.strategies import LEAD_PROVIDERS, SCHOOLS, TODAY, day, training_records

NORTH = DeliveryPartner("north")
BOTH = DeliveryPartner("both")
ALL_RULES = tuple(ScopeRule(lead_provider_id=lead) for lead in (None, *(lead.id for lead in LEAD_PROVIDERS)))
MENTOR = ParticipantRole.MENTOR
BORN = date(1990, 1, 1)


def a_teacher(trn: str = "1234567", **changes: Any) -> TeacherRecord:  # noqa: ANN401 - any field
    return evolve(TeacherRecord(trn=trn, full_name="Zoë O'Neill", date_of_birth=BORN), **changes)


def load(storage: Storage, *records: TrainingRecord, state: TrainingState = TrainingState.JOINING) -> None:
    """Write records with all reference data, and list each participant at the partner that its last one names."""
    put(storage, REFERENCES)
    last = {record.participant_id: record for record in records}
    with storage.writing() as work:
        keep(work.feed_store, *records)
        list_all(
            work.feed_store, [an_entry(r, DeliveryPartner(r.delivery_partner_id or ""), state) for r in last.values()]
        )
        work.commit()


def due_ids(store: FeedStore, today: date = TODAY) -> list[str]:
    return [due.participant_id for due in store.due(today)]


def listed_at(storage: Storage, viewer: Viewer = NORTH) -> Sequence[ListedParticipant]:
    query = ParticipantQuery(scope=Scope(organisation=viewer, rules=ALL_RULES))
    return read(storage, lambda work: list(work.participants.rows(query)))


# Reference data


def test_nothing_is_known_before_the_first_feed(storage: Storage) -> None:
    with storage.writing() as work:
        assert work.feed_store.known_ids() == KnownIds()
        found = work.feed_store.names()
        assert (dict(found.schools), dict(found.lead_providers)) == ({}, {})
        assert work.feed_store.stored() == 0
        assert work.feed_store.teacher_record("1234567") is None
        assert list(work.feed_store.teacher_records_of(person_key("Zoë", BORN))) == []
    assert write(storage, lambda work: due_ids(work.feed_store)) == []


def test_what_was_loaded_is_known_by_id_and_name(storage: Storage) -> None:
    put(storage, REFERENCES)
    with storage.writing() as work:
        assert work.feed_store.known_ids() == KnownIds().including(REFERENCES)
        found = work.feed_store.names()
        assert dict(found.schools) == {school.urn: school.name for school in SCHOOLS}
        assert dict(found.lead_providers) == {lead.id: lead.name for lead in LEAD_PROVIDERS}


def test_reference_data_counts_as_added_then_as_unchanged(storage: Storage) -> None:
    number = len(LEAD_PROVIDERS) + 3 + 2 + len(SCHOOLS) + 2
    assert write(storage, lambda work: work.feed_store.put_references(REFERENCES)) == Changes(added=number)
    assert write(storage, lambda work: work.feed_store.put_references(REFERENCES)) == Changes(unchanged=number)


@pytest.mark.parametrize(
    "changed",
    [
        References(lead_providers=[evolve(LEAD_PROVIDERS[0], name="Renamed")]),
        References(lead_providers=[evolve(LEAD_PROVIDERS[0], contact_email="new@ambition.example")]),
        References(delivery_partners=[DeliveryPartner("north", "Renamed")]),
        References(appropriate_bodies=[AppropriateBody("both", "Renamed")]),
        References(schools=[School("100001", "Renamed")]),
        References(agreements=[an_agreement(ends_on=None)]),
        References(agreements=[an_agreement(covers_unconfirmed=True)]),
        References(agreements=[an_agreement(last_academic_year=None)]),
        References(agreements=[an_agreement(delivery_partner_id="both")]),
    ],
)
def test_a_row_that_differs_in_anything_counts_as_changed_and_is_written(storage: Storage, changed: References) -> None:
    put(storage, REFERENCES)
    assert write(storage, lambda work: work.feed_store.put_references(changed)) == Changes(changed=1)
    assert write(storage, lambda work: work.feed_store.put_references(changed)) == Changes(unchanged=1)


def test_what_a_feed_does_not_name_stays(storage: Storage) -> None:
    put(storage, REFERENCES)
    put(storage, References(schools=[School("999999", "New")], agreements=[]))
    with storage.writing() as work:
        known = work.feed_store.known_ids()
        assert known.schools == {*(school.urn for school in SCHOOLS), "999999"}
        assert known.lead_providers == {lead.id for lead in LEAD_PROVIDERS}
        assert [agreement.id for agreement in work.organisations.agreements_of("north")] == ["a1"]


def test_an_agreement_may_come_with_the_organisations_that_it_names(storage: Storage) -> None:
    references = References(
        agreements=[an_agreement(lead_provider_id=LeadProviderId("new"), delivery_partner_id="new")],
        lead_providers=[LeadProvider(LeadProviderId("new"), "New")],
        delivery_partners=[DeliveryPartner("new", "New")],
    )
    assert write(storage, lambda work: work.feed_store.put_references(references)) == Changes(added=3)


# Teacher records


def test_teacher_records_are_added_changed_or_found_the_same(storage: Storage) -> None:
    first = [a_teacher("0000001"), a_teacher("0000002"), a_teacher("0000003")]
    second = [
        a_teacher("0000001"),
        a_teacher("0000002", active_alert=True),
        a_teacher("0000003", full_name="Zoë ONeill"),
        a_teacher("0000004"),
    ]
    assert write(storage, lambda work: work.feed_store.put_teacher_records(first)) == Changes(added=3)
    changes = write(storage, lambda work: work.feed_store.put_teacher_records(iter(second)))
    assert changes == Changes(added=1, changed=2, unchanged=1)
    assert write(storage, lambda work: work.feed_store.put_teacher_records([])) == Changes()
    with storage.writing() as work:
        assert [work.feed_store.teacher_record(teacher.trn) for teacher in second] == second


def test_a_teacher_record_comes_back_as_it_was_told(storage: Storage) -> None:
    teachers = [
        a_teacher(
            f"{number:07}",
            qts_awarded_on=day(-900),
            induction_started_on=day(-800),
            induction_completed_on=day(-10),
            induction_status=status,
            active_alert=number % 2 == 0,
        )
        for number, status in enumerate(TeacherInductionStatus)
    ]
    write(storage, lambda work: work.feed_store.put_teacher_records(teachers))
    with storage.writing() as work:
        assert [work.feed_store.teacher_record(teacher.trn) for teacher in teachers] == teachers


def test_the_teacher_records_of_a_person_are_found_whatever_the_order_of_their_names(storage: Storage) -> None:
    ours = [a_teacher("0000001"), a_teacher("0000002", full_name="O’NEILL, Zoe".replace(",", ""))]
    others = [a_teacher("0000003", date_of_birth=date(1991, 2, 3)), a_teacher("0000004", full_name="Zoë Smith")]
    write(storage, lambda work: work.feed_store.put_teacher_records([*ours, *others]))
    with storage.writing() as work:
        assert list(work.feed_store.teacher_records_of(person_key("Zoë O'Neill", BORN))) == ours
        work.feed_store.put_teacher_records([evolve(ours[0], full_name="Zoë Łukasz")])
        assert list(work.feed_store.teacher_records_of(person_key("Zoë O'Neill", BORN))) == ours[1:]
        assert len(work.feed_store.teacher_records_of(person_key("lukasz ZOE", BORN))) == 1


# Staging


def test_no_row_is_a_duplicate_in_an_empty_feed_or_one_of_different_ids(storage: Storage) -> None:
    with storage.writing() as work:
        assert work.feed_store.duplicate_line() is None
        work.feed_store.stage(staged(a_record(0), a_record(1)))
        assert work.feed_store.duplicate_line() is None


def test_the_first_line_whose_record_id_stood_before_is_told_refused_rows_counting(storage: Storage) -> None:
    rows = staged(a_record(0), a_record(1), a_record(2), a_record(1), a_record(0), refused=[3, 5])
    with storage.writing() as work:
        work.feed_store.stage(iter(rows))
        assert work.feed_store.duplicate_line() == 5


def test_ids_that_differ_in_case_are_no_duplicates_and_stored_ones_are_none(storage: Storage) -> None:
    load(storage, a_record(0))
    with storage.writing() as work:
        work.feed_store.stage(staged(a_record(0), a_record(1, record_id=RecordId("R0"))))
        assert work.feed_store.duplicate_line() is None


def conflicts(storage: Storage, rows: Sequence[FeedRow], *, complete: bool = False) -> list[int]:
    with storage.writing() as work:
        work.feed_store.stage(rows)
        return list(work.feed_store.role_conflicts(complete=complete))


P0 = ParticipantId("p0")


def test_a_participant_in_one_role_is_in_no_conflict(storage: Storage) -> None:
    assert conflicts(storage, []) == []
    assert conflicts(storage, staged(a_record(0), a_record(1, participant_id=P0), a_record(2, role=MENTOR))) == []


def test_all_rows_of_a_participant_in_two_roles_are_told_in_order_refused_ones_too(storage: Storage) -> None:
    rows = staged(
        a_record(0),
        a_record(1, role=MENTOR),
        a_record(2, participant_id=P0, role=MENTOR),
        a_record(3, participant_id=P0),
        a_record(4),
        refused=[4],
    )
    assert conflicts(storage, rows) == [2, 4, 5]


def test_a_row_whose_role_can_not_be_read_says_nothing_of_roles_but_shares_its_participants_fate(
    storage: Storage,
) -> None:
    unread = FeedRow(line=9, record_id=a_record(9).record_id, participant_id=P0, role=None, record=None)
    assert conflicts(storage, [*staged(a_record(0)), unread]) == []
    both = staged(a_record(0), a_record(1, participant_id=P0, role=MENTOR))
    assert conflicts(storage, [*both, unread]) == [2, 3, 9]


def test_a_stored_record_that_stays_counts_and_one_that_is_replaced_does_not(storage: Storage) -> None:
    load(storage, a_record(0), a_record(1, participant_id=P0))
    assert conflicts(storage, staged(a_record(0, role=MENTOR))) == [2]
    assert conflicts(storage, staged(a_record(2, participant_id=P0, role=MENTOR))) == [2]
    replaced = staged(a_record(0, role=MENTOR), a_record(1, participant_id=P0, role=MENTOR))
    assert conflicts(storage, replaced) == []


def test_a_refused_row_keeps_its_stored_record_which_counts(storage: Storage) -> None:
    load(storage, a_record(0))
    refused = FeedRow(line=2, record_id=a_record(0).record_id, participant_id=P0, role=MENTOR, record=None)
    new = evolve(staged(a_record(1, participant_id=P0, role=MENTOR))[0], line=3)
    assert conflicts(storage, [refused, new]) == [2, 3]
    assert conflicts(storage, [refused, new], complete=True) == [2, 3]


def test_a_stored_record_that_a_complete_feed_leaves_out_does_not_count(storage: Storage) -> None:
    load(storage, a_record(0))
    rows = staged(a_record(1, participant_id=P0, role=MENTOR))
    assert conflicts(storage, rows, complete=False) == [2]
    assert conflicts(storage, rows, complete=True) == []


def test_what_a_feed_leaves_out_is_counted_refused_rows_counting_as_named(storage: Storage) -> None:
    load(storage, *[a_record(number) for number in range(5)])
    with storage.writing() as work:
        assert work.feed_store.stored() == 5
        work.feed_store.stage(staged(a_record(0), a_record(1), a_record(9), refused=[3]))
        assert work.feed_store.missing() == 3
        assert work.feed_store.stored() == 5


# Merging


def test_records_are_added_changed_or_found_the_same(storage: Storage) -> None:
    put(storage, REFERENCES)
    first = [a_record(0), a_record(1), a_record(2)]
    second = [a_record(0), a_record(1, email=""), a_record(2, full_name="Zoë ONeill"), a_record(3)]
    with storage.writing() as work:
        work.feed_store.stage(staged(*first))
        assert work.feed_store.merge(complete=False) == Changes(added=3)
        work.commit()
    with storage.writing() as work:
        work.feed_store.stage(staged(*second))
        assert work.feed_store.merge(complete=False) == Changes(added=1, changed=2, unchanged=1)
        assert work.feed_store.stored() == 4
        work.commit()
    with storage.writing() as work:
        work.feed_store.stage(staged(*second))
        assert not work.feed_store.merge(complete=False)
        work.commit()


CHANGED: dict[str, Any] = {
    "trn": None,
    "trn_validated": None,
    "email": "",
    "date_of_birth": BORN,
    "lead_provider_id": None,
    "delivery_partner_id": "both",
    "appropriate_body_id": "both",
    "partnership": None,
    "ends_on": day(3),
    "updated_at": a_record().updated_at.replace(microsecond=123457),
    "school_transfer": True,
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_record_that_differs_in_any_field_has_changed(storage: Storage, name: str) -> None:
    load(storage, a_record())
    with storage.writing() as work:
        work.feed_store.stage(staged(a_record(0, **{name: CHANGED[name]})))
        assert work.feed_store.merge(complete=False) == Changes(changed=1)


def test_a_refused_row_keeps_the_previous_version_of_its_record(storage: Storage) -> None:
    load(storage, a_record(0), a_record(1))
    rows = staged(a_record(0, full_name="New"), a_record(1, full_name="New"), a_record(2), refused=[2, 4])
    with storage.writing() as work:
        work.feed_store.stage(rows)
        work.feed_store.unstage([3])
        assert work.feed_store.missing() == 0
        assert work.feed_store.merge(complete=True) == Changes()
        assert work.feed_store.stored() == 2
        assert due_ids(work.feed_store) == []


def test_what_a_feed_leaves_out_stays_unless_the_feed_is_complete(storage: Storage) -> None:
    load(storage, a_record(0), a_record(1))
    with storage.writing() as work:
        work.feed_store.stage(staged(a_record(1)))
        assert work.feed_store.merge(complete=False) == Changes(unchanged=1)
        assert work.feed_store.stored() == 2
    with storage.writing() as work:
        work.feed_store.stage(staged(a_record(1)))
        assert work.feed_store.merge(complete=True) == Changes(unchanged=1, removed=1)
        assert work.feed_store.stored() == 1
        assert [(due.participant_id, list(due.records)) for due in work.feed_store.due(TODAY)] == [("p0", [])]


def test_an_empty_feed_that_is_complete_takes_everything_away(storage: Storage) -> None:
    load(storage, a_record(0), a_record(1))
    with storage.writing() as work:
        work.feed_store.stage([])
        assert work.feed_store.merge(complete=True) == Changes(removed=2)
        assert list_all(work.feed_store, []) == 2
        work.commit()
    assert list(listed_at(storage)) == []
    assert write(storage, lambda work: due_ids(work.feed_store)) == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(training_records(), max_size=4, unique_by=lambda record: record.record_id))
def test_any_record_comes_back_as_it_was_told(storage: Storage, records: list[TrainingRecord]) -> None:
    with storage.writing() as work:  # and no commit, so that the next example finds nothing
        work.feed_store.put_references(REFERENCES)
        work.feed_store.stage(staged(*records))
        assert work.feed_store.merge(complete=False) == Changes(added=len(records))
        found = [record for due in work.feed_store.due(TODAY) for record in due.records]
        assert sorted(found, key=lambda record: record.record_id) == sorted(records, key=lambda r: r.record_id)


# What is no longer named


def deleted(storage: Storage, **ids: set[str]) -> tuple[Changes, list[str]]:
    named: Any = ids
    changes, warnings = write(storage, lambda work: work.feed_store.delete_missing_references(NamedIds(**named)))
    return changes, list(warnings)


def test_reference_data_that_nothing_uses_goes_when_it_is_not_named(storage: Storage) -> None:
    put(storage, evolve(REFERENCES, agreements=[]))
    assert deleted(storage, schools={"100001"}, appropriate_bodies={"both", "not-loaded"}) == (Changes(removed=5), [])
    known = read_store(storage, lambda store: store.known_ids())
    assert (known.schools, known.appropriate_bodies) == ({"100001"}, {"both"})
    assert len(known.delivery_partners) == 3


def test_where_nothing_is_told_of_a_file_nothing_of_it_goes(storage: Storage) -> None:
    put(storage, REFERENCES)
    assert deleted(storage) == (Changes(), [])
    assert read_store(storage, lambda store: store.known_ids()) == KnownIds().including(REFERENCES)


def test_reference_data_that_training_records_name_stays_with_a_warning_each(storage: Storage) -> None:
    load(storage, a_record(appropriate_body_id="both"))
    changes, warnings = deleted(
        storage,
        schools=set(),
        lead_providers=set(),
        delivery_partners=set(),
        appropriate_bodies=set(),
        agreements=set(),
    )
    removed = 2 + (len(SCHOOLS) - 1) + (len(LEAD_PROVIDERS) - 1) + 2 + 1
    assert changes == Changes(removed=removed)
    assert len(warnings) == 4
    for name in ("100001", "ambition", "north", "both"):
        assert [name in warning for warning in warnings].count(True) == 1
    assert read_store(storage, lambda store: store.known_ids()) == KnownIds(
        lead_providers={"ambition"}, delivery_partners={"north"}, appropriate_bodies={"both"}, schools={"100001"}
    )


def test_an_agreement_goes_and_with_it_what_only_it_names(storage: Storage) -> None:
    put(storage, REFERENCES)
    kept, warnings = deleted(storage, lead_providers=set(), delivery_partners=set())
    assert kept.removed == len(LEAD_PROVIDERS) - 1 + 1
    assert len(warnings) == 3
    assert deleted(storage, agreements=set(), lead_providers=set(), delivery_partners=set()) == (
        Changes(removed=2 + 1 + 2),
        [],
    )


@pytest.mark.parametrize("ended_on", [None, day(-1)])
def test_an_organisation_for_which_a_user_has_or_had_access_stays(storage: Storage, ended_on: date | None) -> None:
    put(storage, evolve(REFERENCES, agreements=[]))
    add_users(storage, ADA)
    add_grants(storage, a_grant(ended_on=ended_on), a_grant("g2", BODY, ended_on=ended_on, confirmed_by=None))
    changes, warnings = deleted(storage, lead_providers=set(), delivery_partners=set(), appropriate_bodies=set())
    assert changes == Changes(removed=2 + 2 + 1)
    assert len(warnings) == 3
    known = read_store(storage, lambda store: store.known_ids())
    assert (known.lead_providers, known.delivery_partners, known.appropriate_bodies) == (
        {"ambition"},
        {"north"},
        {"both"},
    )


# Who is due


def test_a_participant_is_due_until_it_is_listed_with_all_its_records(storage: Storage) -> None:
    put(storage, REFERENCES)
    records = [a_record(0), a_record(1, participant_id=P0, delivery_partner_id=None, partnership=None)]
    with storage.writing() as work:
        keep(work.feed_store, *records)
        (due,) = work.feed_store.due(TODAY)
        assert (due.participant_id, list(due.records), dict(due.before)) == (P0, records, {})
        work.commit()
    with storage.writing() as work:
        assert due_ids(work.feed_store) == ["p0"]
        list_all(work.feed_store, [])
        assert due_ids(work.feed_store) == []
        work.commit()
    assert write(storage, lambda work: due_ids(work.feed_store)) == []


def test_what_a_listing_said_before_is_told_for_each_organisation(storage: Storage) -> None:
    record = a_record(appropriate_body_id="both")
    entries = [
        an_entry(record, NORTH, TrainingState.JOINING),
        an_entry(record, AppropriateBody("both"), TrainingState.NO_LONGER_INVOLVED),
    ]
    put(storage, REFERENCES)
    with storage.writing() as work:
        keep(work.feed_store, record)
        list_all(work.feed_store, entries)
        work.commit()
    with storage.writing() as work:
        keep(work.feed_store, evolve(record, full_name="New"))
        (due,) = work.feed_store.due(TODAY)
        work.commit()
    assert dict(due.before) == {
        entry.viewer: ListedBefore(group=entry.listed.group, since=TODAY, since_at_least=True) for entry in entries
    }


def test_a_participant_whose_record_changed_is_due_and_no_other(storage: Storage) -> None:
    load(storage, a_record(0), a_record(1), a_record(2))
    with storage.writing() as work:
        keep(work.feed_store, a_record(0), a_record(1, email=""))
        assert due_ids(work.feed_store) == ["p1"]


def test_when_a_record_is_given_to_another_participant_both_are_due(storage: Storage) -> None:
    load(storage, a_record(0), a_record(1))
    with storage.writing() as work:
        keep(work.feed_store, a_record(0, participant_id=ParticipantId("p9")))
        found = {due.participant_id: list(due.records) for due in work.feed_store.due(TODAY)}
        assert found == {"p0": [], "p9": [a_record(0, participant_id=ParticipantId("p9"))]}


def test_participants_whose_school_or_lead_provider_is_renamed_are_due(storage: Storage) -> None:
    load(
        storage,
        a_record(0),
        a_record(1, school_urn="123456"),
        a_record(2, lead_provider_id=LeadProviderId("best-practice")),
        a_record(3, lead_provider_id=None),
    )
    with storage.writing() as work:
        work.feed_store.put_references(References(schools=[School("123456", "Renamed"), SCHOOLS[0]]))
        assert due_ids(work.feed_store) == ["p1"]
        renamed = LeadProvider(LeadProviderId("best-practice"), "Renamed")
        work.feed_store.put_references(References(lead_providers=[renamed]))
        assert due_ids(work.feed_store) == ["p1", "p2"]


def test_participants_are_not_due_for_what_no_listing_shows(storage: Storage) -> None:
    load(storage, a_record(0))
    with storage.writing() as work:
        work.feed_store.put_references(
            References(
                lead_providers=[evolve(LEAD_PROVIDERS[0], contact_email="new@ambition.example")],
                delivery_partners=[DeliveryPartner("north", "Renamed")],
                agreements=[an_agreement(ends_on=day(-1))],
            )
        )
        assert due_ids(work.feed_store) == []


def test_participants_are_due_when_a_teacher_record_of_their_trn_or_of_their_person_changes(storage: Storage) -> None:
    unchecked: dict[str, Any] = {"trn_validated": None, "date_of_birth": BORN}
    load(
        storage,
        a_record(0, **unchecked),
        a_record(1, **{**unchecked, "trn": "7654321"}),
        a_record(2, **{**unchecked, "full_name": "Somebody Else", "trn": None}),
        a_record(3, **{**unchecked, "date_of_birth": None, "trn": None}),
    )

    def due_after(teacher: TeacherRecord) -> list[str]:
        with storage.writing() as work:
            work.feed_store.put_teacher_records([teacher])
            found = due_ids(work.feed_store)
            list_all(work.feed_store, [])
            work.commit()
        return found

    assert due_after(a_teacher("7654321", full_name="Nobody")) == ["p1"]
    assert due_after(a_teacher("0000001", full_name="O'NEILL Zoe")) == ["p0", "p1"]
    assert due_after(a_teacher("0000001", full_name="Somebody Else")) == ["p0", "p1", "p2"]
    assert due_after(a_teacher("0000001", full_name="Somebody Else")) == []


def test_a_participant_is_due_again_from_the_day_on_which_its_answer_changes(storage: Storage) -> None:
    put(storage, REFERENCES)
    with storage.writing() as work:
        keep(work.feed_store, a_record(0), a_record(1), a_record(2))
        until = {"p0": day(3), "p1": day(5), "p2": None}
        work.feed_store.relist(((due, [], until[due.participant_id]) for due in work.feed_store.due(TODAY)), TODAY)
        work.commit()
    with storage.writing() as work:
        asked = {offset: due_ids(work.feed_store, day(offset)) for offset in (0, 2, 3, 4, 5, 900)}
    assert asked == {0: [], 2: [], 3: ["p0"], 4: ["p0"], 5: ["p0", "p1"], 900: ["p0", "p1"]}


def test_a_participant_that_was_derived_for_a_later_day_is_due(storage: Storage) -> None:
    load(storage, a_record(0))
    with storage.writing() as work:
        assert due_ids(work.feed_store, day(-1)) == ["p0"]
        work.feed_store.relist(((due, [], None) for due in work.feed_store.due(day(-1))), day(-1))
        assert due_ids(work.feed_store, day(-1)) == []
        assert due_ids(work.feed_store, TODAY) == []


# Listings made again


def relisted(storage: Storage, *records: TrainingRecord, entries: Sequence[ListingEntry]) -> int:
    with storage.writing() as work:
        keep(work.feed_store, *records)
        number = list_all(work.feed_store, entries)
        work.commit()
    return number


def test_rows_that_are_added_changed_or_removed_are_counted(storage: Storage) -> None:
    put(storage, REFERENCES)
    record = a_record(appropriate_body_id="both")
    at_north, at_body = an_entry(record), an_entry(record, AppropriateBody("both"))
    assert relisted(storage, record, entries=[at_north, at_body]) == 2
    changed = evolve(record, full_name="New")
    assert relisted(storage, changed, entries=[an_entry(changed), at_body]) == 1
    assert list(listed_at(storage)) == [an_entry(changed).listed]
    gone = evolve(record, delivery_partner_id="both")
    assert relisted(storage, gone, entries=[an_entry(gone, BOTH), at_body]) == 2
    assert list(listed_at(storage)) == []
    assert list(listed_at(storage, BOTH)) == [an_entry(gone, BOTH).listed]
    assert list(listed_at(storage, AppropriateBody("both"))) == [at_body.listed]


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
    relisted(storage, *records, entries=entries)
    for viewer in (NORTH, BOTH, AppropriateBody("both"), AppropriateBody("borough")):
        scope = Scope(organisation=viewer, rules=ALL_RULES)
        kept = [e.listed for e in ENTRIES if e.viewer == viewer and e.listed.participant_id not in changed]
        rows = sorted([*kept, *(e.listed for e in entries if e.viewer == viewer)], key=lambda row: row.order)
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
        work.feed_store.stage(staged(a_record(1)))
        work.feed_store.merge(complete=True)
        assert list_all(work.feed_store, []) == 1
        work.commit()
    assert [row.participant_id for row in listed_at(storage)] == ["p1"]
    with storage.writing() as work:
        keep(work.feed_store, a_record(0))
        assert [dict(due.before) for due in work.feed_store.due(TODAY)] == [{}]


def test_the_state_behind_a_status_may_change_without_a_change_that_a_user_sees(storage: Storage) -> None:
    put(storage, REFERENCES)
    entries = [
        an_entry(a_record(), NORTH, state) for state in (TrainingState.ACTIVE_FLAGS, TrainingState.DIFFERENT_TRN)
    ]
    relisted(storage, a_record(), entries=entries[:1])
    relisted(storage, a_record(email=""), entries=entries[1:])
    assert entries[0].listed == entries[1].listed
    assert list(listed_at(storage)) == [entries[0].listed]


def test_teacher_records_and_names_may_be_asked_for_while_participants_are_derived(storage: Storage) -> None:
    put(storage, REFERENCES)
    records = [a_record(number, trn=f"{number:07}", trn_validated=None, date_of_birth=BORN) for number in range(20)]
    teachers = [a_teacher(f"{number:07}") for number in range(0, 20, 2)]
    asked: list[tuple[bool, int]] = []
    with storage.writing() as work:
        work.feed_store.put_teacher_records(teachers)
        keep(work.feed_store, *records)

        def derive(due: DueParticipant) -> tuple[DueParticipant, list[ListingEntry], None]:
            trn = due.records[0].trn or ""
            same = work.feed_store.teacher_records_of(person_key(due.records[0].full_name, BORN))
            asked.append((work.feed_store.teacher_record(trn) is not None, len(same)))
            return due, [an_entry(due.records[0])], None

        assert work.feed_store.relist(map(derive, work.feed_store.due(TODAY)), TODAY) == 20
        work.commit()
    assert sorted(asked) == [(False, 10)] * 10 + [(True, 10)] * 10
    assert len(listed_at(storage)) == 20


def test_no_reader_sees_an_import_before_it_is_committed(storage: Storage) -> None:
    load(storage, a_record(0))
    before = list(listed_at(storage))
    with storage.writing() as work:
        changed = a_record(0, full_name="New")
        keep(work.feed_store, changed, a_record(1))
        list_all(work.feed_store, [an_entry(changed), an_entry(a_record(1))])
        assert list(listed_at(storage)) == before
    assert list(listed_at(storage)) == before
    with storage.writing() as work:
        assert work.feed_store.stored() == 1
        assert due_ids(work.feed_store) == []
