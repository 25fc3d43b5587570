"""Imports over every storage: all or nothing, refused rows keep what was, and the same feed twice changes nothing."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from attrs import evolve

from checkdata.adapters.memory import MemoryFeed
from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import FeedRefused
from checkdata.domain.feed.contents import Changes, KnownIds, RowFault
from checkdata.domain.feed.pieces import RecordPiece
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.ports import Storage
from checkdata.domain.training.records import Viewer
from checkdata.domain.training.statuses import Status, StatusGroup
from tests.contracts.operators import BODY, EVERY_LEAD_PROVIDER, NORTH, Operator, row
from tests.contracts.units_of_work import read, read_store
from tests.feeds import RECORD, REFERENCES, TEACHER, reference_row, teacher_row, write_feed, write_file
from tests.recent_events import recent
from tests.strategies import SCHOOLS, TODAY, day

TEN = [row(record_id=f"r{number}") for number in range(10)]


@pytest.fixture
def operator(storage: Storage, tmp_path: Path) -> Operator:
    """A folder with good reference files, and nothing imported yet."""
    return Operator(storage, write_feed(tmp_path / "feed", references=REFERENCES))


def ids(rows: list[ListedParticipant]) -> set[str]:
    return {listed.participant_id for listed in rows}


# All or nothing


def test_what_a_feed_tells_is_listed(operator: Operator) -> None:
    operator.write(row(), row(record_id="r2", delivery_partner_id="both", appropriate_body_id="both"))
    outcome = operator.load()
    assert (outcome.records, outcome.refused_rows) == (Changes(added=2), 0)
    assert outcome.references.added == sum(map(len, filter(None, _things())))
    assert outcome.relisted == 3
    [listed] = operator.listed()
    assert (listed.full_name, listed.lead_provider, listed.school) == ("Zoë O'Neill", "Ambition", "St Mary's")
    assert ids(operator.listed(BODY)) == {"p-r2"}


def _things() -> Iterator[list[object]]:
    for name in ("lead_providers", "delivery_partners", "appropriate_bodies", "schools", "agreements"):
        yield list(getattr(REFERENCES, name))


def test_the_same_feed_twice_changes_nothing_the_second_time(operator: Operator) -> None:
    operator.write(row(), row(record_id="r2", role=""), row(record_id="r3", trn_validated="", eligibility=""))
    write_file(operator.folder, "teacher_records", [teacher_row(TEACHER)])
    operator.load()
    before = operator.everything()
    for complete in (False, True):
        outcome = operator.load(complete=complete)
        assert not outcome.changed
        assert (outcome.done, outcome.refused_rows) == (None, 1)
        assert (outcome.records, outcome.teacher_records) == (Changes(unchanged=2), Changes(unchanged=1))
        assert operator.everything() == before


def test_a_feed_that_is_refused_writes_nothing(operator: Operator) -> None:
    operator.write(row())
    operator.load()
    before = operator.everything()
    write_file(operator.folder, "schools", [{"urn": "999999", "name": "New"}])
    operator.write(row(full_name="Other"), row(record_id="r2"), row(record_id="r2", role=""))
    with pytest.raises(FeedRefused, match=r"record_id on line 4 stands on an earlier line too"):
        operator.load()
    assert operator.everything() == before


class _Broken(MemoryFeed):
    """A feed whose disk fails after its first row."""

    def training_records(self, known: KnownIds, /, *, strict: bool = False) -> Iterator[RecordPiece]:
        yield from super().training_records(known, strict=strict)
        raise OSError("gone")


def test_an_import_that_fails_half_way_writes_nothing(operator: Operator) -> None:
    operator.write(row())
    operator.load()
    before = operator.everything()
    with pytest.raises(OSError, match="gone"):
        operator.load_feed(_Broken.of([evolve(RECORD, full_name="Other")], references=REFERENCES))
    assert operator.everything() == before


@pytest.mark.parametrize(
    ("file", "cells"),
    [
        ("schools", {"urn": "100009", "name": ""}),
        ("agreements", {"agreement_id": "a9"}),
        ("teacher_records", teacher_row(TEACHER, active_alert="")),
        ("training_records", row(record_id="r2", role="")),
        ("training_records", row(record_id="")),
        ("training_records", row(record_id="r2", participant_id="p-r1", role="mentor")),
    ],
)
def test_a_strict_import_refuses_the_feed_for_any_bad_row(operator: Operator, file: str, cells: dict[str, str]) -> None:
    operator.write(row())
    before = operator.everything()
    write_file(operator.folder, file, [row(), cells] if file == "training_records" else [cells])
    with pytest.raises(FeedRefused, match="has a bad row, and the import is strict"):
        operator.load(strict=True)
    assert {fault.file for fault in operator.faults} == {f"{file}.csv"}
    assert operator.everything() == before


def test_a_strict_import_stops_at_the_first_bad_row(operator: Operator) -> None:
    operator.write(row(), row(record_id="r2", role="", email="x"), row(record_id="r3"), row(record_id="r4", role=""))
    with pytest.raises(FeedRefused):
        operator.load(strict=True)
    assert [(fault.line, fault.column) for fault in operator.faults] == [(3, "role"), (3, "email")]


def test_a_strict_import_of_good_rows_loads(operator: Operator) -> None:
    operator.write(row())
    assert operator.load(strict=True).records == Changes(added=1)


# What a feed leaves out or spoils


def test_a_record_that_a_later_feed_leaves_out_stays(operator: Operator) -> None:
    operator.write(row(), row(record_id="r2"))
    operator.load()
    operator.write(row(record_id="r3"))
    operator.load()
    assert ids(operator.listed()) == {"p-r1", "p-r2", "p-r3"}


@pytest.mark.parametrize("complete", [False, True])
def test_a_refused_row_keeps_its_previous_version(operator: Operator, *, complete: bool) -> None:
    operator.write(*TEN)
    operator.load()
    operator.write(row(record_id="r0", full_name="Changed", starts_on="soon"), *TEN[1:])
    outcome = operator.load(complete=complete)
    assert (outcome.records, outcome.refused_rows) == (Changes(unchanged=9), 1)
    assert {listed.full_name for listed in operator.listed()} == {"Zoë O'Neill"}
    assert len(operator.listed()) == 10


def test_a_complete_feed_takes_away_what_it_leaves_out(operator: Operator) -> None:
    operator.write(*TEN)
    operator.load()
    operator.write(*TEN[1:])
    outcome = operator.load(complete=True)
    assert outcome.records == Changes(unchanged=9, removed=1)
    assert outcome.relisted == 1
    assert "p-r0" not in ids(operator.listed())


def test_more_than_a_tenth_goes_only_where_that_is_allowed(operator: Operator) -> None:
    operator.write(*TEN)
    operator.load()
    before = operator.everything()
    operator.write(*TEN[2:])
    with pytest.raises(FeedRefused, match="leaves out 2 of the 10 training records, more than 10 %"):
        operator.load(complete=True)
    assert operator.everything() == before
    assert operator.load(complete=True, allow_deletions=True).records.removed == 2
    operator.write()
    assert operator.load(complete=True, allow_deletions=True).records.removed == 8
    assert operator.listed() == []


def test_a_refused_row_whose_id_cant_be_read_keeps_every_record(operator: Operator) -> None:
    operator.write(*TEN)
    operator.load()
    operator.write(row(record_id=""), *TEN[1:])
    outcome = operator.load(complete=True)
    assert outcome.records.removed == 0
    assert outcome.warnings == (
        "Nothing that training_records.csv leaves out was deleted: a row was refused whose id can't be read.",
    )


def test_complete_takes_away_unused_references_of_the_files_that_are_present(operator: Operator) -> None:
    operator.write(row(school_urn="100002"))
    operator.load()
    write_file(operator.folder, "schools", [{"urn": "100001", "name": "St Mary's"}])
    (operator.folder / "appropriate_bodies.csv").unlink()
    write_file(operator.folder, "agreements", [])
    outcome = operator.load(complete=True)
    assert outcome.references.removed == len(SCHOOLS) - 2 + 1
    assert outcome.warnings == ("schools.csv leaves out school 100002, which is still in use: it stays.",)
    known = read_store(operator.storage, lambda store: store.known_ids())
    assert known.schools == {"100001", "100002"}
    assert known.appropriate_bodies == {"both", "borough"}
    [agreement] = read(operator.storage, lambda work: work.organisations.agreements_of("north"))
    assert not agreement.in_force(TODAY)


def test_complete_keeps_a_reference_whose_row_was_refused(operator: Operator) -> None:
    operator.write()
    operator.load()
    spoilt = [reference_row("schools", school) for school in SCHOOLS]
    spoilt[0]["name"] = ""
    write_file(operator.folder, "schools", spoilt)
    assert operator.load(complete=True).references.removed == 0
    spoilt[1]["urn"] = "1OOOO2"
    write_file(operator.folder, "schools", spoilt[:2])
    outcome = operator.load(complete=True)
    assert outcome.references.removed == 0
    assert outcome.warnings == (
        "Nothing that schools.csv leaves out was deleted: a row was refused whose id can't be read.",
    )


# One participant, one role


def test_a_participant_in_two_roles_has_all_its_rows_refused(operator: Operator) -> None:
    operator.write(row(), row(record_id="r2", participant_id="p-r1", role="mentor"), row(record_id="r3"))
    outcome = operator.load()
    assert operator.faults == [
        RowFault("training_records.csv", line, "participant_id", "in two roles") for line in (2, 3)
    ]
    assert (outcome.records.added, outcome.refused_rows) == (1, 2)
    assert ids(operator.listed()) == {"p-r3"}


def test_a_row_may_not_give_a_stored_participant_a_second_role(operator: Operator) -> None:
    operator.write(row())
    operator.load()
    operator.write(row(record_id="r2", participant_id="p-r1", role="mentor"))
    assert operator.load().refused_rows == 1
    assert [listed.role.value for listed in operator.listed()] == ["ect"]


def test_a_participant_may_change_role_where_the_old_records_are_replaced_or_gone(operator: Operator) -> None:
    operator.write(*TEN)
    operator.load()
    operator.write(row(record_id="r0", role="mentor"), *TEN[1:])
    assert operator.load().refused_rows == 0
    operator.write(row(record_id="r10", participant_id="p-r1", role="mentor"), TEN[0] | {"role": "mentor"}, *TEN[2:])
    assert operator.load(complete=True).refused_rows == 0
    assert {listed.participant_id for listed in operator.listed() if listed.role.value == "mentor"} == {"p-r0", "p-r1"}


# Days


def test_an_import_on_a_day_that_moves_statuses_is_a_change(operator: Operator) -> None:
    operator.write(row(**SOON_ACTIVE))
    operator.load()
    first = operator.as_of()
    outcome = operator.load(day(2))
    assert (outcome.records, outcome.relisted) == (Changes(unchanged=1), 1)
    assert outcome.done == operator.as_of() != first


def test_a_refresh_moves_statuses_and_keeps_the_time_of_the_data(operator: Operator) -> None:
    operator.write(row(**SOON_ACTIVE))
    loaded = operator.load().done
    assert not operator.refresh(TODAY).changed
    assert operator.as_of() == loaded
    refreshed = operator.refresh(day(2)).done
    assert refreshed is not None
    assert loaded is not None
    assert (refreshed.at, refreshed.today) == (loaded.at, day(2))
    assert refreshed.id > loaded.id
    assert operator.as_of() == refreshed
    assert [listed.group for listed in operator.listed()] == [StatusGroup.ACTIVE]
    assert not operator.refresh(day(2)).changed


def test_a_refresh_to_an_earlier_day_derives_again(operator: Operator) -> None:
    operator.write(row(**SOON_ACTIVE))
    operator.load(day(2))
    assert operator.refresh(TODAY).relisted == 1
    assert [listed.group for listed in operator.listed()] == [StatusGroup.REGISTERED]


def test_a_refresh_of_nothing_changes_nothing(operator: Operator) -> None:
    assert not operator.refresh(TODAY).changed
    assert operator.as_of() is None


SOON_ACTIVE = {
    "trn_validated": "true",
    "details_given": "with_trn",
    "eligibility": "eligible",
    "induction_started_on": day(1).isoformat(),
}


def test_since_is_at_least_the_first_import_and_then_the_day_of_the_change(operator: Operator) -> None:
    def since() -> tuple[date, bool]:
        [listed] = operator.listed()
        return listed.since, listed.since_at_least

    operator.write(row(details_request="submitted", trn=""))
    operator.load()
    assert since() == (TODAY, True)
    operator.write(row(details_request="delivered", trn=""))
    operator.load(day(1))
    assert since() == (TODAY, True)
    operator.write(row(**SOON_ACTIVE))
    operator.load(day(3))
    assert since() == (day(3), False)
    operator.refresh(day(5))
    assert since() == (day(3), False)


# Names, teachers, records


def test_a_school_or_lead_provider_that_is_called_otherwise_is_listed_so(operator: Operator) -> None:
    operator.write(row())
    operator.load()
    write_file(operator.folder, "schools", [{"urn": "100001", "name": "St Mary the Virgin"}])
    write_file(operator.folder, "lead_providers", [{"lead_provider_id": "ambition", "name": "Ambition 2"}])
    outcome = operator.load()
    assert (outcome.references.changed, outcome.records.changed, outcome.relisted) == (2, 0, 1)
    assert [(row.school, row.lead_provider) for row in operator.listed()] == [("St Mary the Virgin", "Ambition 2")]


@pytest.mark.parametrize(("viewer", "found"), [(NORTH, 1), (BODY, 0)])
def test_an_address_is_looked_for_only_where_the_role_sees_it(operator: Operator, viewer: Viewer, found: int) -> None:
    operator.write(row(appropriate_body_id=BODY.id))
    operator.load()
    query = ParticipantQuery.of(Scope(organisation=viewer, rules=EVERY_LEAD_PROVIDER), search="zoe@school")
    assert read(operator.storage, lambda work: work.participants.count(query)) == found


TO_BE_CHECKED = {"trn_validated": "", "eligibility": "", "details_given": "with_trn", "date_of_birth": "1990-01-02"}


def test_a_record_left_blank_is_checked_against_the_teacher_record_again_when_that_changes(operator: Operator) -> None:
    def seen() -> list[tuple[str, Status]]:
        return [(listed.trn, listed.status) for listed in operator.listed()]

    operator.write(row(**TO_BE_CHECKED))
    operator.load()
    assert seen() == [("", Status.DFE_CHECKING_ELIGIBILITY)]
    write_file(operator.folder, "teacher_records", [teacher_row(TEACHER)])
    assert operator.load().teacher_records == Changes(added=1)
    assert seen() == [("1234567", Status.CHECKING_QTS)]
    started = {"qts_awarded_on": "2021-07-01", "induction_started_on": "2023-09-01"}
    write_file(operator.folder, "teacher_records", [teacher_row(TEACHER, **started)])
    assert operator.load().teacher_records == Changes(changed=1)
    assert seen() == [("1234567", Status.TRAINING_OR_ELIGIBLE_FOR_TRAINING)]
    write_file(operator.folder, "teacher_records", [teacher_row(TEACHER, date_of_birth="1990-01-03", **started)])
    operator.load()
    assert seen() == [("", Status.DFE_CHECKING_ELIGIBILITY)]


def test_what_the_feed_decided_stands_against_the_teacher_record(operator: Operator) -> None:
    write_file(operator.folder, "teacher_records", [teacher_row(TEACHER, active_alert="true")])
    operator.write(
        row(**TO_BE_CHECKED | {"eligibility": "ineligible", "eligibility_reason": "exempt_from_induction"}),
        row(record_id="r2", **TO_BE_CHECKED | {"trn_validated": "false"}),
    )
    operator.load()
    assert {listed.participant_id: (listed.trn, listed.status) for listed in operator.listed()} == {
        "p-r1": ("1234567", Status.NOT_ELIGIBLE_FOR_FUNDED_TRAINING),
        "p-r2": ("", Status.DFE_CHECKING_ELIGIBILITY),
    }


def test_imports_and_refreshes_are_recorded_with_only_their_counts(operator: Operator) -> None:
    operator.write(row(**SOON_ACTIVE), row(record_id="r2", role=""))
    loaded = operator.load().done
    operator.refresh(day(2))
    refreshed, imported, *of_agreements = read(operator.storage, lambda work: recent(work, 10))
    assert {event.kind for event in of_agreements} == {AuditKind.AGREEMENT_ADDED}
    assert loaded is not None
    assert (imported.kind, imported.actor, imported.import_id) == (AuditKind.FEED_IMPORTED, None, loaded.id)
    assert refreshed.kind is AuditKind.STATUSES_REFRESHED
    assert imported.details == {
        "training_records_added": 1,
        "training_records_changed": 0,
        "training_records_removed": 0,
        "references_added": 14,
        "references_changed": 0,
        "references_removed": 0,
        "teacher_records_added": 0,
        "teacher_records_changed": 0,
        "teacher_records_removed": 0,
        "relisted": 1,
        "refused_rows": 1,
    }


def test_records_from_the_first_day_of_the_calendar_are_derived(operator: Operator) -> None:
    since_ever = {"starts_on": "0001-01-01", "participant_id": "p"}
    newer = {"delivery_partner_id": "both", "updated_at": "2024-01-01T00:00:00Z"}
    operator.write(row(**since_ever), row(record_id="r2", **since_ever, **newer))
    assert operator.load().refused_rows == 0
    assert [listed.group for listed in operator.listed(NORTH)] == [StatusGroup.MOVED_ON]
