"""A bad row is refused by itself, told by its line, its column and the rule that it broke (feed.md)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve

from checkdata.domain.feed.contents import RowFault
from checkdata.domain.feed.pieces import RefusedRow
from checkdata.domain.people.organisations import School
from checkdata.domain.training.facts import EligibilityReason
from checkdata.domain.training.teacher_records import TeacherInductionStatus
from checkdata.domain.values import ParticipantId, RecordId
from tests.feeds import (
    AGREEMENT,
    COLUMNS,
    RECORD,
    TEACHER,
    csv_bytes,
    reference_row,
    teacher_row,
    training_row,
    write_file,
)
from tests.strategies import APPROPRIATE_BODIES, DELIVERY_PARTNERS, LEAD_PROVIDERS, SCHOOLS
from tests.unit.feed.reading import faults_of, read, with_records, with_text


@pytest.mark.parametrize(
    ("column", "cell", "rule"),
    [
        ("record_id", "", "blank"),
        ("record_id", "r" * 256, "longer than 255 characters"),
        ("participant_id", " ", "blank"),
        ("role", "", "not one of ect, mentor"),
        ("role", "ECT", "not one of ect, mentor"),
        ("full_name", "", "blank"),
        ("full_name", "\u00a0 ", "blank"),
        ("email", "zoe@school", "not an email address"),
        ("email", "zoe school@a.b", "not an email address"),
        ("email", "@a.b", "not an email address"),
        ("trn", "1234", "not a TRN of 7 digits"),
        ("trn", "12345678", "not a TRN of 7 digits"),
        ("trn", "１２３４５６７", "not a TRN of 7 digits"),
        ("trn", "ABCDEFG", "not a TRN of 7 digits"),
        ("trn_validated", "yes", "not one of true, false"),
        ("trn_validated", "True", "not one of true, false"),
        ("date_of_birth", "01/02/1990", "not a date"),
        ("date_of_birth", "19900102", "not a date"),
        ("school_urn", "10000", "not 6 digits"),
        ("school_urn", "", "not 6 digits"),
        ("school_urn", "999999", "not known in schools.csv"),
        ("academic_year", "2023/24", "not the first year of an academic year"),
        ("academic_year", "", "not the first year of an academic year"),
        ("lead_provider_id", "Ambition", "not known in lead_providers.csv"),
        ("delivery_partner_id", "nowhere", "not known in delivery_partners.csv"),
        ("appropriate_body_id", "north", "not known in appropriate_bodies.csv"),
        ("partnership", "agreed", "not one of confirmed, pending, challenged"),
        ("programme", "FIP", "not one of fip, cip, diy, other"),
        ("induction_tutor_email", "tutor", "not an email address"),
        ("induction_status", "on_holiday", "not one of active, changed, leaving, completed, withdrawn"),
        ("training_status", "completed", "not one of active, deferred, withdrawn"),
        ("school_transfer", "1", "not one of true, false"),
        ("starts_on", "", "not a date"),
        ("starts_on", "2023-02-29", "not a date"),
        ("starts_on", "2023-9-1", "not a date"),
        ("starts_on", "2023-W35-5", "not a date"),
        ("ends_on", "never", "not a date"),
        ("ends_on", "2023-09-01T00:00:00", "not a date"),
        ("induction_started_on", "0000-01-01", "not a date"),
        ("induction_completed_on", "2023-13-01", "not a date"),
        ("details_given", "some", "not one of none, without_trn, with_trn"),
        ("details_request", "sent", "not one of submitted, delivered, failed"),
        ("check_failed", "no", "not one of true, false"),
        ("eligibility", "maybe", "not one of eligible, matched, ineligible, manual_check"),
        (
            "eligibility_reason",
            "none",
            f"not one of {', '.join(reason.value for reason in EligibilityReason)}",
        ),
        ("mentees", "two", "not one of none, former, current"),
        ("updated_at", "", "not a date and time with an offset"),
        ("updated_at", "2023-10-01", "not a date and time with an offset"),
        ("updated_at", "2023-10-01T09:00:00", "not a date and time with an offset"),
        ("updated_at", "2023-10-01T25:00:00Z", "not a date and time with an offset"),
        ("updated_at", "0001-01-01T00:00:00+14:00", "not a date and time with an offset"),
    ],
)
def test_a_bad_cell_refuses_only_its_row(folder: Path, column: str, cell: str, rule: str) -> None:
    good = (
        training_row(evolve(RECORD, record_id=RecordId("r0"))),
        training_row(evolve(RECORD, record_id=RecordId("r2"))),
    )
    spoilt = training_row(RECORD, **{column: cell})
    assert faults_of(folder, good[0], spoilt, good[1]) == [(3, column, rule)]
    assert [record.record_id for record in read(folder).records] == ["r0", "r2"]


@pytest.mark.parametrize("character", ["\x00", "\t", "\n", "\r", "\r\n", "\x1b", "\x7f", "\x85", "\x9f"])
@pytest.mark.parametrize("column", ["record_id", "full_name", "trn", "mentees", "updated_at"])
def test_a_control_character_refuses_its_row(folder: Path, column: str, character: str) -> None:
    cells = training_row(RECORD)
    cells[column] = cells[column][:1] + character + cells[column][1:]
    assert faults_of(folder, cells) == [(2, column, "a control character")]


def test_a_row_with_several_faults_gives_one_each_in_the_order_of_its_columns(folder: Path) -> None:
    row = training_row(RECORD, role="head", trn="", trn_validated="true", starts_on="soon", email="a\tb")
    assert faults_of(folder, row) == [
        (2, "role", "not one of ect, mentor"),
        (2, "email", "a control character"),
        (2, "starts_on", "not a date"),
        (2, "trn_validated", "true without a TRN"),
    ]


def test_a_validated_trn_that_is_no_trn_is_one_fault(folder: Path) -> None:
    row = training_row(RECORD, trn="12", trn_validated="true")
    assert faults_of(folder, row) == [(2, "trn", "not a TRN of 7 digits")]


@pytest.mark.parametrize("damage", ["", ",", "r1", "r1,p1,ect", ",,,"])
def test_a_wrong_number_of_cells_refuses_the_row_at_no_column(folder: Path, damage: str) -> None:
    header, good = csv_bytes([training_row(RECORD)], COLUMNS["training_records"]).decode().splitlines()
    found = read(with_text(folder, "training_records", f"{header}\n{damage}\n{good}\n{good},\n"))
    assert [(f.line, f.column, f.rule) for f in found.faults] == [
        (2, "", "wrong number of cells"),
        (4, "", "wrong number of cells"),
    ]
    assert found.records == [RECORD]


def test_a_quote_in_a_cell_that_is_not_in_quotes_refuses_its_row(folder: Path) -> None:
    columns = COLUMNS["training_records"]
    good = ",".join(training_row(RECORD)[column] for column in columns)
    text = "\n".join([",".join(columns), good.replace("Zoë", 'Zoë "Zo"'), good.replace("r1", "r2"), ""])
    found = read(with_text(folder, "training_records", text))
    assert [(f.line, f.column, f.rule) for f in found.faults] == [
        (2, "full_name", "a quote in a cell that is not in quotes")
    ]
    assert [record.record_id for record in found.records] == ["r2"]


def test_a_row_is_found_by_its_first_physical_line(folder: Path) -> None:
    of_lines = training_row(RECORD, full_name="Zoë\r\nO'Neill\n\n", record_id="r1")
    short = training_row(RECORD, role="", record_id="r2")
    good = training_row(RECORD, record_id="r3")
    assert faults_of(folder, of_lines, short, good, of_lines | {"record_id": "r4"}) == [
        (2, "full_name", "a control character"),
        (6, "role", "not one of ect, mentor"),
        (8, "full_name", "a control character"),
    ]
    found = read(folder)
    assert ([row.line for row in found.good], [row.line for row in found.refused]) == ([7], [2, 6, 8])


def test_a_refused_row_still_tells_whose_it_is(folder: Path) -> None:
    found = read(
        with_records(folder, training_row(RECORD, starts_on=""), training_row(RECORD, record_id="r2", role=""))
    )
    assert found.refused == [
        RefusedRow(2, RecordId("r1"), ParticipantId("p1"), RECORD.role),
        RefusedRow(3, RecordId("r2"), ParticipantId("p1"), None),
    ]
    assert not found.has_unnamed_rows


@pytest.mark.parametrize(("record_id", "unnamed"), [("", True), ("r\x07", True), ("r9", False)])
def test_a_refused_row_without_a_readable_id_is_remembered(folder: Path, record_id: str, *, unnamed: bool) -> None:
    found = read(with_records(folder, training_row(RECORD, record_id=record_id, role="")))
    assert found.has_unnamed_rows == unnamed
    assert len(found.refused) == (not unnamed)


def test_a_damaged_row_is_of_its_first_cell_where_that_is_the_key(folder: Path) -> None:
    header = ",".join(COLUMNS["training_records"])
    found = read(with_text(folder, "training_records", f"{header}\nr7,p1,ect\n"))
    assert found.refused == [RefusedRow(2, RecordId("r7"), ParticipantId(""), None)]
    swapped = ",".join(("participant_id", "record_id", *COLUMNS["training_records"][2:]))
    found = read(with_text(folder, "training_records", f"{swapped}\np1,r7,ect\n"))
    assert (found.refused, found.has_unnamed_rows) == ([], True)


def test_an_empty_line_is_refused_and_about_nothing(folder: Path) -> None:
    header, good = csv_bytes([training_row(RECORD)], COLUMNS["training_records"]).decode().splitlines()
    found = read(with_text(folder, "training_records", f"{header}\n{good}\n\n"))
    assert [(f.line, f.column, f.rule) for f in found.faults] == [(3, "", "wrong number of cells")]
    assert (found.records, found.has_unnamed_rows) == ([RECORD], False)


REFERENCE_FAULTS: Final = [
    ("lead_providers", "lead_provider_id", "", "not an id of up to 64 letters, digits, dashes and underscores"),
    ("lead_providers", "lead_provider_id", "a b", "not an id of up to 64 letters, digits, dashes and underscores"),
    ("lead_providers", "lead_provider_id", "a" * 65, "not an id of up to 64 letters, digits, dashes and underscores"),
    ("lead_providers", "name", "", "blank"),
    ("lead_providers", "contact_email", "me", "not an email address"),
    ("delivery_partners", "delivery_partner_id", "é", "not an id of up to 64 letters, digits, dashes and underscores"),
    ("delivery_partners", "name", "North\tWest", "a control character"),
    ("appropriate_bodies", "appropriate_body_id", "/", "not an id of up to 64 letters, digits, dashes and underscores"),
    ("appropriate_bodies", "name", " ", "blank"),
    ("schools", "urn", "12345", "not 6 digits"),
    ("schools", "name", "", "blank"),
    ("agreements", "agreement_id", "", "not an id of up to 64 letters, digits, dashes and underscores"),
    ("agreements", "lead_provider_id", "", "not known in lead_providers.csv"),
    ("agreements", "lead_provider_id", "north", "not known in lead_providers.csv"),
    ("agreements", "delivery_partner_id", "ambition", "not known in delivery_partners.csv"),
    ("agreements", "starts_on", "", "not a date"),
    ("agreements", "ends_on", "2021-08-31", "before starts_on"),
    ("agreements", "first_academic_year", "23", "not the first year of an academic year"),
    ("agreements", "last_academic_year", "2020", "before first_academic_year"),
    ("agreements", "covers_unconfirmed", "no", "not one of true, false"),
]


@pytest.mark.parametrize(("file", "column", "cell", "rule"), REFERENCE_FAULTS)
def test_only_a_bad_reference_is_refused(folder: Path, file: str, column: str, cell: str, rule: str) -> None:
    agreements = [evolve(AGREEMENT, id="z", first_academic_year=2021), evolve(AGREEMENT, id="y")]
    things: dict[str, Sequence[Any]] = {
        "lead_providers": LEAD_PROVIDERS,
        "delivery_partners": DELIVERY_PARTNERS,
        "appropriate_bodies": APPROPRIATE_BODIES,
        "schools": SCHOOLS,
        "agreements": agreements,
    }
    rows = [reference_row(file, things[file][0], **{column: cell}), reference_row(file, things[file][1])]
    write_file(folder, file, rows)
    found = read(folder)
    assert [f for f in found.faults if f.file == f"{file}.csv"] == [RowFault(f"{file}.csv", 2, column, rule)]
    assert getattr(found.references, file) == [things[file][1]]


def test_a_record_may_not_name_a_reference_whose_row_was_refused(folder: Path) -> None:
    write_file(folder, "schools", [{"urn": "100001", "name": ""}])
    assert [(f.file, f.line, f.column, f.rule) for f in read(folder).faults] == [
        ("schools.csv", 2, "name", "blank"),
        ("training_records.csv", 2, "school_urn", "not known in schools.csv"),
    ]


def test_a_refused_reference_is_named_all_the_same(folder: Path) -> None:
    write_file(folder, "schools", [{"urn": "100001", "name": ""}, {"urn": "100002", "name": "St Mary"}])
    assert read(folder).references.named.schools == {"100001", "100002"}


def test_a_file_with_an_id_that_cant_be_read_names_nothing(folder: Path) -> None:
    write_file(folder, "schools", [{"urn": "1OOOO1", "name": "St Mary"}, {"urn": "100002", "name": "St Mary"}])
    found = read(folder).references
    assert (found.schools, found.named.schools) == ([School("100002")], None)


@pytest.mark.parametrize(
    ("column", "cell", "rule"),
    [
        ("trn", "", "not a TRN of 7 digits"),
        ("full_name", "", "blank"),
        ("date_of_birth", "", "not a date"),
        ("qts_awarded_on", "2020", "not a date"),
        ("induction_started_on", "x", "not a date"),
        ("induction_completed_on", "x", "not a date"),
        ("induction_status", "done", "not one of required, in_progress, passed, failed, exempt"),
        ("active_alert", "", "not one of true, false"),
    ],
)
def test_only_a_bad_teacher_record_is_refused(folder: Path, column: str, cell: str, rule: str) -> None:
    other = evolve(TEACHER, trn="7654321", induction_status=TeacherInductionStatus.EXEMPT, active_alert=True)
    write_file(folder, "teacher_records", [teacher_row(TEACHER, **{column: cell}), teacher_row(other)])
    found = read(folder)
    assert found.faults == [RowFault("teacher_records.csv", 2, column, rule)]
    assert found.teacher_records == [other]
