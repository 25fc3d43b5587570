"""What makes a feed unsafe to read refuses it whole (feed.md)."""

from pathlib import Path
from typing import Final

import pytest

from checkdata.domain.errors import FeedRefused
from tests.feeds import (
    AGREEMENT,
    COLUMNS,
    RECORD,
    TEACHER,
    Layout,
    reference_row,
    teacher_row,
    training_row,
    write_file,
)
from tests.unit.feed.reading import REQUIRED, read, with_records, with_text


def refusal_of(folder: Path) -> str:
    with pytest.raises(FeedRefused) as refused:
        read(folder)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "Zoë" not in sentence
    return sentence


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    assert "There is no folder" in refusal_of(tmp_path / "nothing")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert "There is no training_records.csv in" in refusal_of(tmp_path)


def test_a_file_in_place_of_the_folder_is_refused(folder: Path) -> None:
    assert "is a file" in refusal_of(folder / "schools.csv")


def test_a_folder_in_place_of_a_file_is_refused(folder: Path) -> None:
    (folder / "schools.csv").unlink()
    (folder / "schools.csv").mkdir()
    assert "schools.csv can't be read" in refusal_of(folder)


@pytest.mark.parametrize("column", REQUIRED)
def test_a_missing_required_column_refuses_the_feed(folder: Path, column: str) -> None:
    columns = [name for name in COLUMNS["training_records"] if name != column]
    with_records(folder, training_row(RECORD), layout=Layout(columns={"training_records": columns}))
    assert f"required columns are missing: {column}." in refusal_of(folder)


@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("lead_providers", "lead_provider_id"),
        ("delivery_partners", "name"),
        ("appropriate_bodies", "appropriate_body_id"),
        ("schools", "urn"),
        ("agreements", "ends_on"),
        ("teacher_records", "active_alert"),
    ],
)
def test_a_missing_required_column_of_any_file_refuses_the_feed(folder: Path, file: str, column: str) -> None:
    write_file(folder, file, [], Layout(columns={file: [name for name in COLUMNS[file] if name != column]}))
    assert f"{file}.csv: required columns are missing: {column}." in refusal_of(folder)


def test_a_column_that_stands_twice_refuses_the_feed(folder: Path) -> None:
    columns = (*COLUMNS["training_records"], "email")
    with_records(folder, training_row(RECORD), layout=Layout(columns={"training_records": columns}))
    assert "more than once: email." in refusal_of(folder)


@pytest.mark.parametrize("content", [b"", "\ufeff".encode()])
def test_a_file_without_a_header_refuses_the_feed(folder: Path, content: bytes) -> None:
    (folder / "schools.csv").write_bytes(content)
    assert "schools.csv is" in refusal_of(folder) or "missing" in refusal_of(folder)


@pytest.mark.parametrize("name", ["schools", "teacher_records", "training_records"])
@pytest.mark.parametrize("damage", [b"\xff", b"\xc3", b"\xed\xa0\x80", "é".encode("utf-16")])
def test_a_file_that_does_not_decode_refuses_the_feed(folder: Path, name: str, damage: bytes) -> None:
    with (folder / f"{name}.csv").open("ab") as file:
        file.write(damage + b"\n")
    assert f"{name}.csv is not UTF-8" in refusal_of(folder)


@pytest.mark.parametrize("padding", ["", ",", ",,,", ',"",'])
@pytest.mark.parametrize("end", ["", "\r", "\n", "\r\n"])
def test_a_file_whose_lines_end_with_only_carriage_returns_is_refused(folder: Path, padding: str, end: str) -> None:
    header = ",".join(COLUMNS["training_records"]) + padding
    row = ",".join(training_row(RECORD)[name] for name in COLUMNS["training_records"]) + padding
    with_text(folder, "training_records", f"{header}\r{row}\r{row}{end}")
    assert "lines that end with only a carriage return (CR)" in refusal_of(folder)


def test_a_long_file_with_only_carriage_returns_is_told_so(folder: Path) -> None:
    with_text(folder, "schools", "urn,name,\r" + "100001,St Mary,\r" * 100_000)
    assert "schools.csv has lines that end with only a carriage return (CR)" in refusal_of(folder)


def test_a_heading_with_a_line_break_in_quotes_is_one_of_an_unknown_column(folder: Path) -> None:
    with_text(folder, "schools", 'urn,name,"Head\rteacher"\r\n100009,St Ann,Lee\r\n')
    assert [school.urn for school in read(folder).references.schools or ()] == ["100009"]


@pytest.mark.parametrize(
    ("file", "row"),
    [
        ("lead_providers", {"lead_provider_id": "x", "name": "X"}),
        ("delivery_partners", {"delivery_partner_id": "x", "name": "X"}),
        ("appropriate_bodies", {"appropriate_body_id": "x", "name": "X"}),
        ("schools", {"urn": "100009", "name": "X"}),
        ("agreements", reference_row("agreements", AGREEMENT)),
        ("teacher_records", teacher_row(TEACHER)),
    ],
)
@pytest.mark.parametrize("spoilt", [{}, {"name": "", "starts_on": "", "full_name": ""}])
def test_a_duplicate_key_refuses_the_feed(folder: Path, file: str, row: dict[str, str], spoilt: dict[str, str]) -> None:
    write_file(folder, file, [row, row | spoilt])
    assert f"{file}.csv: the {COLUMNS[file][0]} on line 3 stands on an earlier line too." in refusal_of(folder)


def test_trns_written_differently_are_duplicates(folder: Path) -> None:
    write_file(folder, "teacher_records", [teacher_row(TEACHER), teacher_row(TEACHER, trn="12/34567")])
    assert "the trn on line 3" in refusal_of(folder)


def test_keys_that_cant_be_read_are_no_duplicates(folder: Path) -> None:
    write_file(folder, "schools", [{"urn": "", "name": "X"}, {"urn": "", "name": "Y"}])
    assert [f.line for f in read(folder).faults if f.file == "schools.csv"] == [2, 3]


OPEN_QUOTES: Final = [
    'r1,"Zoë',
    'r1,"Zoë\nr2,Ann\n',
    'r1,"Zoë\nr2,"Ann, B"\n',
    '"r1","Zoë,"ect"\n',
    'r1,"Zoë" O\'Neill,ect\n',
    '"r1""\n',
]


@pytest.mark.parametrize("text", OPEN_QUOTES)
def test_a_quote_left_open_refuses_the_feed(folder: Path, text: str) -> None:
    header = ",".join(COLUMNS["training_records"])
    with_text(folder, "training_records", f"{header}\n{text}")
    assert "a quote that is left open, or closed too early, in the row on line 2." in refusal_of(folder)


def test_the_line_on_which_the_quote_opens_is_told(folder: Path) -> None:
    with_text(folder, "schools", 'urn,name,a,b\n100009,St Ann,"one\ntwo","three\nfour\n')
    assert "in the row on line 2. The quote opens on line 3." in refusal_of(folder)


def test_a_row_longer_than_any_is_told_how_long_one_may_be(folder: Path) -> None:
    with_text(folder, "schools", 'urn,name\n100009,"' + "St Ann\n" * 200_000)
    assert "The quote opens on line 2. A row can have up to 1,000,000 characters." in refusal_of(folder)


def test_a_quote_left_open_does_not_take_the_whole_file_into_memory(folder: Path) -> None:
    with (folder / "training_records.csv").open("ab") as file:
        file.write(b'r9,"' + b"\n".join([b"x" * 999] * 3000))
    assert "left open" in refusal_of(folder)


def test_a_line_longer_than_any_row_refuses_the_feed(folder: Path) -> None:
    with (folder / "training_records.csv").open("ab") as file:
        file.write(b"x" * 1_000_001)
    assert "too long to be a row: line 3." in refusal_of(folder)


def test_a_row_that_is_good_but_for_its_length_refuses_the_feed(folder: Path) -> None:
    with_records(folder, training_row(RECORD), training_row(RECORD, full_name="x" * 1_000_000))
    assert "too long to be a row: line 3." in refusal_of(folder)


@pytest.mark.parametrize("name", ["schools", "teacher_records", "training_records"])
@pytest.mark.parametrize("bad", ["", "100009", "100009,", "1000,St Mary,x", "100009,St\tMary"])
def test_a_bad_last_line_without_its_end_refuses_the_feed(folder: Path, name: str, bad: str) -> None:
    with (folder / f"{name}.csv").open("a", encoding="utf-8") as file:
        file.write(bad or " ")
    assert f"{name}.csv: the last row, on line" in refusal_of(folder)


def test_a_last_line_cut_within_its_line_end_is_bad(folder: Path) -> None:
    with_records(folder, training_row(RECORD), layout=Layout(line_end="\r\n"))
    path = folder / "training_records.csv"
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    assert "is cut off" in refusal_of(folder)
