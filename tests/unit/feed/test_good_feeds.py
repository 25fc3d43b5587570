"""What is good comes back equal, however it is written (feed.md)."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from checkdata.domain.feed.contents import KnownIds, References
from checkdata.domain.training.facts import DetailsGiven, InductionStatus, Mentees, Programme
from checkdata.domain.training.records import Partnership, TrainingRecord
from tests.feeds import (
    AGREEMENT,
    COLUMNS,
    PLAIN,
    RECORD,
    REFERENCES,
    TEACHER,
    Layout,
    training_row,
    write_feed,
    write_file,
)
from tests.strategies import LEAD_PROVIDERS, SCHOOLS, training_records
from tests.unit.feed.reading import REQUIRED, read, with_records


def test_a_good_feed_comes_back_as_the_values_it_was_made_of(folder: Path) -> None:
    found = read(folder)
    assert found.records == [RECORD]
    assert found.teacher_records == [TEACHER]
    assert found.references.agreements == [AGREEMENT]
    assert [(lead.id, lead.name, lead.contact_email) for lead in found.references.lead_providers or ()] == [
        (lead.id, lead.name, lead.contact_email) for lead in LEAD_PROVIDERS
    ]
    assert [(school.urn, school.name) for school in found.references.schools or ()] == [
        (school.urn, school.name) for school in SCHOOLS
    ]
    assert (found.faults, found.warnings, found.has_unnamed_rows) == ([], (), False)


def test_files_that_are_absent_tell_nothing(tmp_path: Path) -> None:
    found = read(write_feed(tmp_path))
    assert found.references == References()
    assert (found.teacher_records, found.good, found.faults, found.warnings) == ([], [], [], ())


def test_absent_columns_are_what_blank_cells_are(folder: Path) -> None:
    sparse = training_row(RECORD) | {column: "" for column in COLUMNS["training_records"] if column not in REQUIRED}
    layouts = [PLAIN, Layout(columns={"training_records": REQUIRED})]
    blank, absent = (read(with_records(folder, sparse, layout=layout)).records for layout in layouts)
    assert blank == absent == [RECORD]
    assert (RECORD.partnership, RECORD.programme) == (Partnership.CONFIRMED, Programme.FIP)
    assert (RECORD.details_given, RECORD.mentees) == (DetailsGiven.NONE, Mentees.NONE)
    assert (RECORD.induction_status, RECORD.trn_validated) == (InductionStatus.ACTIVE, None)


def test_partnership_is_confirmed_only_where_a_partner_is_named(folder: Path) -> None:
    row = training_row(RECORD, delivery_partner_id="", partnership="")
    assert [record.partnership for record in read(with_records(folder, row)).records] == [None]


def test_a_reference_may_be_known_from_an_earlier_feed(folder: Path) -> None:
    for name in ("schools", "lead_providers", "delivery_partners", "appropriate_bodies", "agreements"):
        (folder / f"{name}.csv").unlink()
    earlier = KnownIds().including(REFERENCES)
    assert read(folder, earlier).records == [RECORD]


def test_an_agreement_may_name_who_is_known_from_an_earlier_feed(folder: Path) -> None:
    for name in ("lead_providers", "delivery_partners"):
        (folder / f"{name}.csv").unlink()
    assert read(folder, KnownIds().including(REFERENCES)).references.agreements == [AGREEMENT]


@pytest.mark.parametrize(
    ("given_trn", "trn"), [("12/34567", "1234567"), (" 12 34-567", "1234567"), ("12345", "0012345"), ("", None)]
)
def test_a_trn_is_read_as_seven_digits(folder: Path, given_trn: str, trn: str | None) -> None:
    assert [record.trn for record in read(with_records(folder, training_row(RECORD, trn=given_trn))).records] == [trn]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2023-10-01T09:00:00+01:00", datetime(2023, 10, 1, 8, tzinfo=UTC)),
        ("2023-10-01T09:00:00Z", datetime(2023, 10, 1, 9, tzinfo=UTC)),
        ("2023-10-01T09:00:00.25-0530", datetime(2023, 10, 1, 14, 30, 0, 250_000, tzinfo=UTC)),
        ("2023-10-01T09:00+00", datetime(2023, 10, 1, 9, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_with_its_offset(folder: Path, cell: str, moment: datetime) -> None:
    found = read(with_records(folder, training_row(RECORD, updated_at=cell))).records
    assert [record.updated_at for record in found] == [moment]


def test_the_calendars_last_days_are_dates(folder: Path) -> None:
    row = training_row(RECORD, starts_on="0001-01-01", ends_on="9999-12-31", date_of_birth="2000-02-29")
    assert [record.ends_on for record in read(with_records(folder, row)).records] == [date(9999, 12, 31)]


def test_quotes_line_ends_and_mark_around_the_header_are_not_of_it(folder: Path) -> None:
    layout = Layout(quoting=csv.QUOTE_ALL, byte_order_mark=True, line_end="\r\n")
    assert read(with_records(folder, training_row(RECORD), layout=layout)).records == [RECORD]


def test_unknown_columns_are_ignored_with_a_warning(folder: Path) -> None:
    columns = ("notes", *COLUMNS["training_records"], "", "\x1b[31mred")
    row = training_row(RECORD) | {"notes": "two\nlines", "": "x"}
    found = read(with_records(folder, row, layout=Layout(columns={"training_records": columns})))
    assert found.records == [RECORD]
    assert found.warnings == ("training_records.csv: unknown columns are ignored: notes, (blank), [31mred.",)


def test_unknown_columns_may_stand_twice(folder: Path) -> None:
    columns = ("", *COLUMNS["training_records"], "")
    assert read(
        with_records(folder, training_row(RECORD), layout=Layout(columns={"training_records": columns}))
    ).records == [RECORD]


def test_a_file_that_is_not_of_a_feed_is_named(folder: Path) -> None:
    (folder / "training_record.CSV").write_text("oops")
    (folder / "readme.txt").write_text("hello")
    assert read(folder).warnings == ("training_record.CSV is not a file of a feed: it is ignored.",)


@pytest.mark.parametrize("name", ["schools", "teacher_records", "training_records"])
def test_a_valid_last_line_without_its_end_loads_with_a_warning(folder: Path, name: str) -> None:
    path = folder / f"{name}.csv"
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    found = read(folder)
    assert (len(found.references.schools or ()), found.teacher_records, found.records) == (5, [TEACHER], [RECORD])
    assert found.warnings == (
        f"{name}.csv: the last line has no line end. It was loaded; check that the file is whole.",
    )


def good_records() -> SearchStrategy[list[TrainingRecord]]:
    named = training_records().filter(lambda record: record.full_name.strip())
    return st.lists(named.map(_as_read), max_size=4)


def _as_read(record: TrainingRecord) -> TrainingRecord:
    if record.delivery_partner_id and record.partnership is None:
        return evolve(record, partnership=Partnership.CONFIRMED)
    return record


@st.composite
def layouts(draw: DrawFn) -> Layout:
    columns = draw(st.permutations(COLUMNS["training_records"]))
    return Layout(
        columns={"training_records": columns},
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])),
        line_end=draw(st.sampled_from(["\n", "\r\n"])),
        byte_order_mark=draw(st.booleans()),
        ends_last_line=draw(st.booleans()),
    )


@given(good_records(), layouts())
def test_however_rows_are_written_they_are_read_back_equal(
    tmp_path_factory: pytest.TempPathFactory, records: list[TrainingRecord], layout: Layout
) -> None:
    folder = tmp_path_factory.mktemp("feed")
    rows = [training_row(record) for record in records]
    write_file(folder, "training_records", rows, layout)
    found = read(folder, KnownIds().including(REFERENCES))
    assert found.faults == []
    assert found.records == records
    assert [row.line for row in found.good] == list(range(2, len(records) + 2))
    assert bool(found.warnings) == (not layout.ends_last_line)
