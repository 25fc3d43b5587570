"""Training records are the same whether they are read in rows or in columns, whatever the file holds."""

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Final

import pytest
from attrs import evolve, frozen
from hypothesis import event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checkdata.adapters.feed import formats, plain_lines
from checkdata.adapters.feed.columns import read_in_columns
from checkdata.adapters.feed.row_reader import read_in_rows
from checkdata.adapters.feed.tables import FeedFile
from checkdata.adapters.memory import MemoryRejections
from checkdata.domain.feed.contents import KnownIds, RowFault
from checkdata.domain.feed.pieces import RecordPiece
from checkdata.domain.training.records import Partnership
from tests.feeds import COLUMNS, RECORD, REFERENCES, training_row, write_file
from tests.strategies import HARD_NAMES, training_records
from tests.unit.feed.reading import REQUIRED, Training, training_of

KNOWN: Final = KnownIds().including(REFERENCES)
NAMES: Final = COLUMNS["training_records"]
RECORDS: Final = training_records().filter(lambda record: record.full_name.strip())
OPTIONAL: Final = [name for name in NAMES if name not in REQUIRED]
ODD_CELLS: Final = (
    *("", " ", "x", "true", "false", "mentor", "ect", "unknown", "é", "\u00a0", "\u200b", "x\u2028y", "\u2003x"),
    *("x\ty", "x\x85y", "\x00", "\x01", "\x1c", "\x7f", "x\ry", "x\ny", "x\r\ny", "\ufeff", "\\N", "\\."),
    *('x"', '"x"', "x,y", 'a"b"', '"', "r" * 255, "é" * 255, "r" * 256, "İ", "ß", "=1+1", "O'Neill - `x`", "  Zoë  "),
    *("2024-02-29", "2023-02-29", "2024-02-30", "0999-01-01", "0000-01-01", "9999-12-31", "2024-06-31", "2024-9-1"),
    *("１２３４５６７", "12 345-67", "12345", "1234567", "123456", "0000000", "12/34567", "100001", "north", "2099"),
    *("a@b.c", "a@b", "Á@b.cd", "a'b-c@d.e", "A@B.C", "a @b.c", "a@b.c\u2003", "a@b..c", "' a", "-"),
)
ODD_MOMENTS: Final = (
    *("2024-09-01T09:00:00Z", "2024-09-01T09:00:00+00:00", "2024-07-01T09:00:00+01:00", "2024-09-01T09:00:00.5Z"),
    *("2024-09-01T24:00:00Z", "2024-02-29T09:00:00Z", "2024-09-01T09:00Z", "2024-09-01T09:00:60Z"),
    *("2024-09-01T09:00:00", "2024-09-01t09:00:00z", "2024-09-01T09:00:00-00:00", "２024-09-01T09:00:00Z"),
    *("2024-07-01T00:10:00.123+05:30", "2024-02-28T23:59:59.1234567-00:30", "2024-07-01T00:10:00+14:59"),
    *("1000-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-01:00"),
)
TELLING: Final = (
    *(("trn", ""), ("trn", "7654321"), ("trn_validated", "true"), ("trn_validated", ""), ("partnership", "")),
    *(("delivery_partner_id", ""), ("delivery_partner_id", "north"), ("date_of_birth", "1990-01-02")),
    *(
        ("full_name", "x\ty"),
        ("full_name", "x\ny"),
        ("record_id", "x\ny\nz"),
        ("email", "a\x85@b.c"),
        ("notes", "x\ty"),
    ),
)
"""Cells on which the reading of others depends."""
HARD_BYTES: Final = (b'"', b",", b"\n", b"\r", b"\x00", b"\xff", b"\xc3", b'""', b"\n\n", b"\xef\xbb\xbf", b"\xc2\x85")
AS_IT_IS, CUT, LONG, WITHIN = 2, 3, 4, 5
LINE_ENDS: Final = ("\n",) * 20 + ("\r\n",) * 6 + ("\r", "\n\n", "")


@st.composite
def files(draw: DrawFn) -> bytes:
    """A file of training records: most of them good, and any of them spoilt."""
    header = draw(headers())
    base = [training_row(record) for record in draw(st.lists(RECORDS, min_size=1, max_size=2))]
    text = StringIO(newline="")
    writers = [csv.writer(text, quoting=way, lineterminator="") for way in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)]
    text.write(draw(st.sampled_from(("", "", "\ufeff"))))
    draw(st.sampled_from(writers)).writerow(header)
    text.write(draw(st.sampled_from(LINE_ENDS)))
    for number, (row, damages, way, end) in enumerate(draw(st.lists(rows(len(base)), min_size=3, max_size=12))):
        spoilt = base[row] | {"record_id": f"r{number}"} | dict(damages)
        cells = [spoilt.get(name, "") for name in header]
        if way < len(writers):
            writers[way].writerow(cells)
        else:
            line = ",".join(cells)
            text.write(
                {AS_IT_IS: line, CUT: line[:-1].rpartition(",")[0], LONG: f"{line},", WITHIN: f'"\n{line}\n",x'}[way]
            )
        text.write(end)
    return damaged(draw, text.getvalue().encode())


@st.composite
def headers(draw: DrawFn) -> Sequence[str]:
    """Mostly one that is good."""
    header = list(draw(st.sampled_from((NAMES, NAMES, NAMES[::-1]))))
    for left_out in draw(st.lists(st.sampled_from(OPTIONAL), unique=True, max_size=3)):
        header.remove(left_out)
    for added in draw(st.lists(st.sampled_from(("notes", "notes", "", "line", "tri\ncky", "email")), max_size=1)):
        header.insert(draw(st.integers(0, len(header))), added)
    return header


def rows(number: int) -> st.SearchStrategy[tuple[int, list[tuple[str, str]], int, str]]:
    """Which of so many rows, with which cells spoilt, how it is written, and its line end."""
    any_cell = st.tuples(st.sampled_from(NAMES), st.sampled_from((*ODD_CELLS, *HARD_NAMES)) | st.text(max_size=5))
    moment = st.tuples(st.just("updated_at"), st.sampled_from(ODD_MOMENTS))
    return st.tuples(
        st.integers(0, number - 1),
        st.just([]) | st.lists(st.sampled_from(TELLING) | moment | any_cell, max_size=2),
        st.sampled_from((0,) * 6 + (1,) * 3 + (AS_IT_IS, CUT, LONG, WITHIN)),
        st.sampled_from(LINE_ENDS),
    )


def damaged(draw: DrawFn, content: bytes) -> bytes:
    """The same bytes, or some of them lost or others among them."""
    for _ in range(draw(st.sampled_from((0,) * 6 + (1, 2)))):
        start = draw(st.integers(0, len(content)) | st.integers(content.find(b"\n"), len(content)))
        added = draw(st.sampled_from(HARD_BYTES) | st.binary(max_size=3))
        content = content[:start] + added + content[start + draw(st.integers(0, 3)) :]
    return content


@frozen
class Outcome:
    """All that came of reading a file."""

    training: Training
    faults: Sequence[RowFault]
    warnings: Sequence[str]
    unnamed: bool


Reader = Callable[..., Iterator[RecordPiece]]


def outcome(path: Path, read: Reader, *, strict: bool) -> Outcome:
    """What comes of a file; of one that a strict reading does not read to its end no good row counts."""
    rejections, warnings, unnamed = MemoryRejections(), list[str](), list[bool]()
    file = FeedFile(
        folder=path.parent, format=formats.training_records(KNOWN), rejections=rejections, warn=warnings.append
    )
    training = training_of(read(file, strict=strict, unnamed=lambda: unnamed.append(True)))
    if strict and rejections.faults:
        training = evolve(training, good=())
    return Outcome(training, rejections.faults, warnings, bool(unnamed))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feed") / "training_records.csv"


@settings(max_examples=int(os.environ.get("TWO_READERS", "200")))
@given(content=files(), part=st.integers(1, 600), kinds=st.sampled_from((1, 2, 1000)), strict=st.booleans())
def test_both_readers_agree_on_any_file(path: Path, *, content: bytes, part: int, kinds: int, strict: bool) -> None:
    path.write_bytes(content)
    in_rows = outcome(path, read_in_rows, strict=strict)
    event(f"{(in_rows.training.refusal or str(min(3, len(in_rows.training.good))))[:75]}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_lines, "MOST_KINDS", kinds)
        patch.setattr(plain_lines, "MOST_NEW_KINDS", kinds)
        assert outcome(path, partial(read_in_columns, part=part), strict=strict) == in_rows


@pytest.mark.parametrize("first", ["1234567", ""])
def test_a_row_with_a_trn_is_of_another_kind_than_one_without(path: Path, first: str) -> None:
    rows = [training_row(RECORD, record_id=f"r{n}", trn=trn) for n, trn in enumerate((first, "7654321", "", "1111111"))]
    write_file(path.parent, "training_records", rows)
    in_columns = outcome(path, read_in_columns, strict=False)
    assert [row.kind.has_trn for row in in_columns.training.good] == [first != "", True, False, True]
    assert in_columns == outcome(path, read_in_rows, strict=False)


@pytest.mark.parametrize("first", ["1234567", ""])
def test_a_row_without_a_trn_is_not_validated_because_one_like_it_is(path: Path, first: str) -> None:
    trns = (first, "7654321", "", "1111111")
    rows = [training_row(RECORD, record_id=f"r{n}", trn=trn, trn_validated="true") for n, trn in enumerate(trns)]
    write_file(path.parent, "training_records", rows)
    in_columns = outcome(path, read_in_columns, strict=False)
    assert [row.cells[0] for row in in_columns.training.good] == [f"r{n}" for n, trn in enumerate(trns) if trn]
    assert in_columns == outcome(path, read_in_rows, strict=False)


@pytest.mark.parametrize("first", ["north", ""])
def test_a_row_without_a_partner_has_no_partnership_because_one_like_it_has(path: Path, first: str) -> None:
    partners = (first, "north", "", "north")
    rows = [
        training_row(RECORD, record_id=f"r{n}", delivery_partner_id=partner, partnership="")
        for n, partner in enumerate(partners)
    ]
    write_file(path.parent, "training_records", rows)
    in_columns = outcome(path, read_in_columns, strict=False)
    expected = [Partnership.CONFIRMED if partner else None for partner in partners]
    assert [row.record.partnership for row in in_columns.training.good] == expected
    assert in_columns == outcome(path, read_in_rows, strict=False)
