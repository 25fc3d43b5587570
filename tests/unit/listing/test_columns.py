"""rules.md, rule 13; security.md 37: what a CSV holds, cell by cell."""

import csv
import io
from collections.abc import Iterator
from operator import itemgetter

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.listing.columns import (
    BODY_COLUMNS,
    PARTNER_COLUMNS,
    Column,
    columns_for,
    csv_cell,
    csv_chunks,
    csv_header,
    neutralised,
    raw,
)
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import AppropriateBody, Role
from checkdata.domain.training.facts import InductionType, ParticipantRole
from checkdata.domain.training.statuses import Status
from tests.contracts.listings import a_record, an_entry
from tests.strategies import HARD_NAMES, listed_participants

HEADER = b"full_name,email_address,trn,role,lead_provider,school,school_unique_reference_number,academic_year,status\n"
BODY_HEADER = b"full_name,trn,school_urn,status,induction_type,induction_tutor\n"
ROW = an_entry(a_record()).listed
AT_BODY = an_entry(a_record(induction_tutor_email="tutor@school.example"), AppropriateBody("both")).listed

DANGEROUS = ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"]


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))


def made(*rows: ListedParticipant) -> bytes:
    return b"".join(csv_chunks(rows, PARTNER_COLUMNS))


@pytest.mark.parametrize("first", DANGEROUS)
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(first: str) -> None:
    assert neutralised(f"{first}1+1") == f"'{first}1+1"
    assert neutralised(first) == f"'{first}"


@pytest.mark.parametrize(
    "cell", ["", " ", "a", "a=1", "1-2", " =1", "'=1", "zoe@school.example", "0012345", "．＝", "é"]
)
def test_any_other_cell_stays_as_it_is(cell: str) -> None:
    assert neutralised(cell) == cell


@given(st.text())
def test_neutralising_adds_an_apostrophe_at_the_front_or_nothing(cell: str) -> None:
    safe = neutralised(cell)
    assert safe in (cell, f"'{cell}")
    assert safe[:1] not in DANGEROUS
    assert neutralised(safe) == safe


@given(st.text())
def test_a_raw_cell_is_as_it_is(cell: str) -> None:
    assert raw(cell) == cell


def test_a_partners_row_tells_the_nine_things_in_their_order() -> None:
    assert read(made(ROW))[1] == [
        "Zoë O'Neill",
        "zoe@school.example",
        "1234567",
        "Early career teacher",
        "Ambition",
        "St Mary's",
        "100001",
        "2022",
        "Training or eligible for training",
    ]


def test_a_bodys_row_tells_its_six_things_in_their_order() -> None:
    content = b"".join(csv_chunks([AT_BODY], BODY_COLUMNS))
    assert content.startswith(BODY_HEADER)
    assert read(content)[1] == [
        "Zoë O'Neill",
        "1234567",
        "100001",
        "Induction confirmed",
        "Provider-led",
        "tutor@school.example",
    ]


@pytest.mark.parametrize("status", Status)
def test_a_status_is_told_by_its_label_which_differs_for_a_body(status: Status) -> None:
    assert read(made(evolve(ROW, status=status)))[1][-1] == status.label
    (_, row) = read(b"".join(csv_chunks([evolve(AT_BODY, status=status)], BODY_COLUMNS)))
    assert row[3] == status.label_for(Role.APPROPRIATE_BODY)


def test_roles_and_induction_types_are_told_in_words() -> None:
    assert [read(made(evolve(ROW, role=role)))[1][3] for role in ParticipantRole] == ["Early career teacher", "Mentor"]
    told = [
        list(csv_chunks([evolve(AT_BODY, induction_type=t)], BODY_COLUMNS))[1].split(b",")[4] for t in InductionType
    ]
    assert told == [b"Provider-led", b"School-led", b"Other"]


def test_the_header_is_there_also_when_nothing_matches() -> None:
    assert made() == HEADER
    assert b"".join(csv_chunks([], BODY_COLUMNS)) == BODY_HEADER


@given(st.lists(listed_participants(), max_size=6))
def test_reading_a_csv_gives_back_every_cell_neutralised_in_order(rows: list[ListedParticipant]) -> None:
    expected = [[neutralised(column.cell(row)) for column in PARTNER_COLUMNS] for row in rows]
    assert read(made(*rows))[1:] == expected


@given(st.lists(listed_participants(), max_size=6))
def test_reading_a_raw_csv_gives_back_every_cell_as_it_is(rows: list[ListedParticipant]) -> None:
    content = b"".join(csv_chunks(rows, PARTNER_COLUMNS, safe=raw))
    assert read(content)[1:] == [[column.cell(row) for column in PARTNER_COLUMNS] for row in rows]


@given(st.lists(listed_participants(), max_size=6))
def test_lines_end_with_only_a_line_feed_and_there_is_no_byte_order_mark(rows: list[ListedParticipant]) -> None:
    content = made(*rows)
    assert content.startswith(HEADER)
    assert content.endswith(b"\n")
    assert b"\r" not in content
    assert content.count(b"\n") == 1 + len(rows)


def test_hard_names_are_quoted_as_rfc_4180_wants() -> None:
    rows = [evolve(ROW, full_name=name) for name in HARD_NAMES]
    assert [row[0] for row in read(made(*rows))[1:]] == [neutralised(name) for name in HARD_NAMES]
    assert b'\n"The ""Rock"" Smith",' in made(*rows)
    assert b'\n"Smith, John; Jr",' in made(*rows)
    assert b"\n'=1+1," in made(*rows)


def test_blank_cells_are_empty_and_not_quoted() -> None:
    blank = evolve(ROW, full_name="", email="", trn="", lead_provider="")
    assert made(blank).removeprefix(HEADER).startswith(b",,,Early career teacher,,St Mary's,")


@given(st.lists(st.sampled_from(["", "=1", 'a"b', "a,b", "two\rlines"]) | st.text("ab,\"'= \n"), min_size=2))
def test_a_line_is_made_of_its_cells(cells: list[str]) -> None:
    columns = [Column[list[str]](str(place), "", itemgetter(place)) for place in range(len(cells))]
    line = b"".join(csv_chunks([cells], columns)).removeprefix(csv_header(columns))
    assert line == ",".join(map(csv_cell, cells)).encode() + b"\n"


@pytest.mark.parametrize("number", [0, 1, 499, 500, 501, 1000, 1001])
def test_pieces_of_any_number_make_one_csv(number: int) -> None:
    rows = [evolve(ROW, trn=f"{n:07}") for n in range(number)]
    assert [row[2] for row in read(made(*rows))[1:]] == [row.trn for row in rows]


def test_rows_are_taken_as_pieces_are_asked_for() -> None:
    taken = 0

    def rows() -> Iterator[ListedParticipant]:
        nonlocal taken
        for _ in range(2000):
            taken += 1
            yield ROW

    pieces = csv_chunks(rows(), PARTNER_COLUMNS)
    next(pieces)
    assert taken == 0
    next(pieces)
    assert taken < 1000


def test_each_role_that_sees_participants_has_its_columns() -> None:
    assert [column.name for column in columns_for(Role.DELIVERY_PARTNER)] == HEADER.decode().strip().split(",")
    assert [column.name for column in columns_for(Role.APPROPRIATE_BODY)] == BODY_HEADER.decode().strip().split(",")
    for role in (Role.SUPPORT, Role.POLICY):
        with pytest.raises(ValueError, match="sees no participants"):
            columns_for(role)


def test_an_email_address_of_a_participant_is_no_column_of_a_body() -> None:
    shown = {column.cell(evolve(AT_BODY, email="secret", lead_provider="secret")) for column in BODY_COLUMNS}
    assert "secret" not in shown
