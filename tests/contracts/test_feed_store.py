"""What every adapter of `checkdata.domain.ports.FeedStore` must do with what a feed tells, until it is listed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from attrs import evolve, fields_dict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkdata.domain.feed.contents import Changes, Compared, KnownIds, NamedIds, References
from checkdata.domain.feed.pieces import RefusedRow, RowPiece
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, LeadProvider, School
from checkdata.domain.ports import Storage
from checkdata.domain.training.facts import (
    DetailsGiven,
    DetailsRequest,
    Eligibility,
    EligibilityReason,
    InductionStatus,
    Mentees,
    ParticipantRole,
    Programme,
    TrainingStatus,
)
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.training.teacher_records import TeacherInductionStatus, person_key
from checkdata.domain.values import LeadProviderId, ParticipantId, RecordId
from checkdata.testing._suites.people import ADA, BODY, a_grant, add_grants, add_users, an_agreement
from tests.contracts.examples import REFERENCES, put
from tests.contracts.listings import BORN, a_record, a_teacher, keep, load, records_of, staged, tell_teachers
from tests.contracts.units_of_work import read_store, write
from tests.strategies import LEAD_PROVIDERS, SCHOOLS, day, training_records

MENTOR: Final = ParticipantRole.MENTOR
P0: Final = ParticipantId("p0")


# Reference data


def test_nothing_is_known_before_the_first_feed(storage: Storage) -> None:
    with storage.writing() as work:
        assert work.feed_store.known_ids() == KnownIds()
        found = work.feed_store.names()
        assert (dict(found.schools), dict(found.lead_providers)) == ({}, {})
        assert work.feed_store.teacher_record("1234567") is None
        assert list(work.feed_store.teacher_records_of(person_key("Zoë", BORN))) == []
        assert records_of(work.feed_store) == []


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
    assert tell_teachers(storage, *first) == Changes(added=3)
    assert tell_teachers(storage, *second) == Changes(added=1, changed=2, unchanged=1)
    assert tell_teachers(storage) == Changes()
    assert read_store(storage, lambda store: [store.teacher_record(teacher.trn) for teacher in second]) == second


def test_teacher_records_answer_from_when_they_are_taken_in_and_stay_once_an_import_shows_them(
    storage: Storage,
) -> None:
    with storage.writing() as work:
        work.feed_store.take_in_teacher_records([a_teacher()])
        assert work.feed_store.teacher_record("1234567") == a_teacher()
        work.commit()
    assert read_store(storage, lambda store: store.teacher_record("1234567")) is None
    tell_teachers(storage, a_teacher())
    assert read_store(storage, lambda store: store.teacher_record("1234567")) == a_teacher()


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
    tell_teachers(storage, *teachers)
    assert read_store(storage, lambda store: [store.teacher_record(teacher.trn) for teacher in teachers]) == teachers


def test_the_teacher_records_of_a_person_are_found_whatever_the_order_of_their_names(storage: Storage) -> None:
    ours = [a_teacher("0000001"), a_teacher("0000002", full_name="O’NEILL, Zoe".replace(",", ""))]
    others = [a_teacher("0000003", date_of_birth=date(1991, 2, 3)), a_teacher("0000004", full_name="Zoë Smith")]
    tell_teachers(storage, *ours, *others)
    with storage.writing() as work:
        assert list(work.feed_store.teacher_records_of(person_key("Zoë O'Neill", BORN))) == ours
        work.feed_store.take_in_teacher_records([evolve(ours[0], full_name="Zoë Łukasz")])
        assert list(work.feed_store.teacher_records_of(person_key("Zoë O'Neill", BORN))) == ours[1:]
        assert len(work.feed_store.teacher_records_of(person_key("lukasz ZOE", BORN))) == 1


# Comparing


def compared(storage: Storage, pieces: Sequence[RowPiece], *, complete: bool = False) -> Compared:
    with storage.writing() as work:
        work.feed_store.take_in(iter(pieces))
        return work.feed_store.compare(complete=complete)


def conflicts(storage: Storage, pieces: Sequence[RowPiece], *, complete: bool = False) -> list[int]:
    return list(compared(storage, pieces, complete=complete).role_conflicts)


def test_no_row_is_a_duplicate_in_an_empty_feed_or_one_of_different_ids(storage: Storage) -> None:
    assert compared(storage, []) == Compared(duplicate_line=None, role_conflicts=[], missing=0, stored=0)
    assert compared(storage, staged(a_record(0), a_record(1), refused=[3])).duplicate_line is None


@pytest.mark.parametrize("stored", [0, 1])
@pytest.mark.parametrize("refused", [[], [3], [5], [6], [3, 5], [2, 6], [2, 3, 5, 6]])
def test_the_first_line_whose_record_id_stood_before_is_told_refused_rows_counting(
    storage: Storage, refused: Sequence[int], stored: int
) -> None:
    load(storage, *[a_record(number) for number in range(stored)])
    rows = staged(a_record(0), a_record(1), a_record(2), a_record(1), a_record(0), refused=refused)
    assert compared(storage, rows).duplicate_line == 5


def test_ids_that_differ_in_case_are_no_duplicates_and_stored_ones_are_none(storage: Storage) -> None:
    load(storage, a_record(0))
    rows = staged(a_record(0), a_record(1, record_id=RecordId("R0")))
    assert compared(storage, rows).duplicate_line is None


def test_a_refused_row_may_have_an_id_that_no_database_can_store(storage: Storage) -> None:
    load(storage, a_record(0))
    keys = ("\0", "a\0b", "\ud800", "x" * 10_000)
    refused = [RefusedRow(line, RecordId(key), ParticipantId(key), MENTOR) for line, key in enumerate(keys, start=9)]
    found = compared(storage, [*staged(a_record(0)), RowPiece([], refused)])
    assert (found.duplicate_line, list(found.role_conflicts)) == (None, [])


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
    unread = RowPiece([], [RefusedRow(9, a_record(9).record_id, P0, None)])
    assert conflicts(storage, [*staged(a_record(0)), unread]) == []
    both = staged(a_record(0), a_record(1, participant_id=P0, role=MENTOR))
    assert conflicts(storage, [*both, unread]) == [2, 3, 9]


def test_rows_whose_participant_can_not_be_read_are_in_no_conflict(storage: Storage) -> None:
    nobody = ParticipantId("")
    unread = [RefusedRow(line, RecordId(f"u{line}"), nobody, None) for line in (8, 9)]
    assert conflicts(storage, [*staged(a_record(0)), RowPiece([], unread)]) == []


def test_a_stored_record_that_stays_counts_and_one_that_is_replaced_does_not(storage: Storage) -> None:
    load(storage, a_record(0), a_record(1, participant_id=P0))
    assert conflicts(storage, staged(a_record(0, role=MENTOR))) == [2]
    assert conflicts(storage, staged(a_record(2, participant_id=P0, role=MENTOR))) == [2]
    replaced = staged(a_record(0, role=MENTOR), a_record(1, participant_id=P0, role=MENTOR))
    assert conflicts(storage, replaced) == []


def test_a_refused_row_keeps_its_stored_record_which_counts(storage: Storage) -> None:
    load(storage, a_record(0))
    refused = RowPiece([], [RefusedRow(9, a_record(0).record_id, P0, MENTOR)])
    new = staged(a_record(1, participant_id=P0, role=MENTOR))
    assert conflicts(storage, [refused, *new]) == [2, 9]
    assert conflicts(storage, [refused, *new], complete=True) == [2, 9]


def test_a_stored_record_that_a_complete_feed_leaves_out_does_not_count(storage: Storage) -> None:
    load(storage, a_record(0))
    rows = staged(a_record(1, participant_id=P0, role=MENTOR))
    assert conflicts(storage, rows, complete=False) == [2]
    assert conflicts(storage, rows, complete=True) == []


def test_what_a_feed_leaves_out_is_counted_refused_rows_counting_as_named(storage: Storage) -> None:
    load(storage, *[a_record(number) for number in range(5)])
    rows = staged(a_record(0), a_record(1), a_record(9), refused=[3])
    for complete in (False, True):
        found = compared(storage, rows, complete=complete)
        assert (found.missing, found.stored) == (3, 5)


# Merging


def merged(
    storage: Storage, pieces: Sequence[RowPiece], refused: Sequence[int] = (), *, complete: bool = False
) -> tuple[Changes, list[TrainingRecord]]:
    """What the rows change, and all records as they are then; all of it is undone."""
    with storage.writing() as work:
        work.feed_store.take_in(iter(pieces))
        work.feed_store.compare(complete=complete)
        changes = work.feed_store.merge(refused)
        return changes, records_of(work.feed_store)


def test_records_are_added_changed_or_found_the_same(storage: Storage) -> None:
    load(storage)
    first = [a_record(0), a_record(1), a_record(2)]
    second = [a_record(0), a_record(1, email=""), a_record(2, full_name="Zoë ONeill"), a_record(3)]
    assert merged(storage, staged(*first)) == (Changes(added=3), first)
    load(storage, *first)
    assert merged(storage, staged(*second)) == (Changes(added=1, changed=2, unchanged=1), second)
    load(storage, *second)
    assert merged(storage, staged(*second)) == (Changes(unchanged=4), second)


CHANGED: Final[dict[str, Any]] = {
    "participant_id": ParticipantId("p9"),
    "role": MENTOR,
    "full_name": "Zoë ONeill",
    "email": "",
    "trn": None,
    "school_urn": "100002",
    "academic_year": 2023,
    "lead_provider_id": None,
    "delivery_partner_id": "both",
    "starts_on": day(-11),
    "updated_at": datetime(2024, 9, 1, 8, 30, 15, 123457, UTC),
    "date_of_birth": BORN,
    "trn_validated": None,
    "appropriate_body_id": "both",
    "partnership": None,
    "programme": Programme.CIP,
    "induction_tutor_email": "tutor@school.example",
    "induction_status": InductionStatus.LEAVING,
    "training_status": TrainingStatus.DEFERRED,
    "school_transfer": True,
    "ends_on": day(3),
    "induction_started_on": day(-3),
    "induction_completed_on": day(-2),
    "details_given": DetailsGiven.WITH_TRN,
    "details_request": DetailsRequest.SUBMITTED,
    "check_failed": True,
    "eligibility": Eligibility.ELIGIBLE,
    "eligibility_reason": EligibilityReason.NO_QTS,
    "mentees": Mentees.CURRENT,
}


def test_each_field_of_a_record_has_its_example_of_a_change() -> None:
    assert {*CHANGED, "record_id"} == {*fields_dict(TrainingRecord)}
    assert [name for name, value in CHANGED.items() if value == getattr(a_record(), name)] == []


@pytest.mark.parametrize("name", CHANGED)
def test_a_record_that_differs_in_any_field_has_changed(storage: Storage, name: str) -> None:
    changed = a_record(0, **{name: CHANGED[name]})
    load(storage, a_record())
    assert merged(storage, staged(changed)) == (Changes(changed=1), [changed])


def test_a_refused_row_keeps_the_previous_version_of_its_record(storage: Storage) -> None:
    before = [a_record(0), a_record(1)]
    load(storage, *before)
    rows = staged(a_record(0, full_name="New"), a_record(1, full_name="New"), a_record(2), refused=[2, 4])
    assert merged(storage, rows, [3], complete=True) == (Changes(), before)
    assert merged(storage, rows, [3], complete=False) == (Changes(), before)


def test_a_row_that_is_refused_after_all_is_not_added(storage: Storage) -> None:
    assert merged(storage, staged(a_record(0), a_record(1)), [2]) == (Changes(added=1), [a_record(1)])


def test_what_a_feed_leaves_out_stays_unless_the_feed_is_complete(storage: Storage) -> None:
    load(storage, a_record(0), a_record(1))
    assert merged(storage, staged(a_record(1))) == (Changes(unchanged=1), [a_record(0), a_record(1)])
    assert merged(storage, staged(a_record(1)), complete=True) == (Changes(unchanged=1, removed=1), [a_record(1)])


def test_an_empty_feed_that_is_complete_takes_everything_away(storage: Storage) -> None:
    load(storage, a_record(0), a_record(1))
    assert merged(storage, [], complete=True) == (Changes(removed=2), [])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(training_records(), max_size=4, unique_by=lambda record: record.record_id))
def test_any_record_comes_back_as_it_was_told(storage: Storage, records: list[TrainingRecord]) -> None:
    found = merged(storage, staged(*records))
    assert found == (Changes(added=len(records)), sorted(records, key=lambda record: record.record_id))


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


def test_the_records_of_the_import_that_runs_say_what_is_in_use(storage: Storage) -> None:
    load(storage, a_record(0, school_urn="100001"))
    with storage.writing() as work:
        keep(work.feed_store, a_record(0, school_urn="100002"))
        records_of(work.feed_store)
        changes, warnings = work.feed_store.delete_missing_references(NamedIds(schools=set()))
        assert changes == Changes(removed=len(SCHOOLS) - 1)
        assert ["100002" in warning for warning in warnings] == [True]
