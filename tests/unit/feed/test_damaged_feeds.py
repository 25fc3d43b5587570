"""Whatever bytes a file holds, reading it ends in rows, faults or one refusal, and never in half a row."""

import csv
from io import StringIO
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkdata.adapters.feed.rows import rows_of
from checkdata.domain.errors import FeedRefused
from checkdata.domain.feed.contents import KnownIds
from checkdata.domain.training.records import TrainingRecord
from tests.feeds import COLUMNS, REFERENCES, csv_bytes, training_row
from tests.strategies import training_records
from tests.unit.feed.reading import read

KNOWN: Final = KnownIds().including(REFERENCES)
RECORDS: Final = st.lists(training_records().filter(lambda record: record.full_name.strip()), min_size=1, max_size=3)
HARD_BYTES: Final = st.sampled_from(
    [b'"', b",", b"\n", b"\r", b"\x00", b"\xff", b"\xc3", b'""', b"\n\n", b"\xef\xbb\xbf"]
)
TEXTS: Final = st.text(st.sampled_from('ab,"\né'), max_size=24)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feed") / "training_records.csv"


@given(RECORDS, st.data())
def test_a_file_cut_anywhere_is_refused_or_loads_only_whole_rows(
    file: Path, records: list[TrainingRecord], data: st.DataObject
) -> None:
    whole = csv_bytes(map(training_row, records), COLUMNS["training_records"])
    file.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    try:
        found = read(file.parent, KNOWN)
    except FeedRefused:
        return
    assert found.faults == []
    assert found.records == records[: len(found.records)]


@given(RECORDS, st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), HARD_BYTES | st.binary(max_size=3)), max_size=3))
def test_damage_to_any_bytes_is_told_or_refused(
    file: Path, records: list[TrainingRecord], damages: list[tuple[float, int, bytes]]
) -> None:
    content = csv_bytes(map(training_row, records), COLUMNS["training_records"])
    for where, removed, added in damages:
        start = int(where * len(content))
        content = content[:start] + added + content[start + removed :]
    file.write_bytes(content)
    try:
        found = read(file.parent, KNOWN)
    except FeedRefused:
        return
    refused_lines = {fault.line for fault in found.faults}
    assert {row.line for row in found.refused} <= refused_lines
    assert not {row.line for row in found.good} & refused_lines
    assert all(1 < line <= content.count(b"\n") for line in refused_lines)


@given(TEXTS)
def test_cells_are_those_that_the_csv_module_reads(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="")
    try:
        expected = [cells or [""] for cells in csv.reader(StringIO(text, newline=""), strict=True)]
    except csv.Error:
        with pytest.raises(FeedRefused):
            list(rows_of(file))
        return
    assert [row.cells for row in rows_of(file)] == expected


@given(TEXTS)
def test_rows_begin_on_their_first_physical_line(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="")
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        ends = [reader.line_num for _ in reader]
    except csv.Error:
        return
    assert [row.line for row in rows_of(file)] == [1, *(end + 1 for end in ends)][: len(ends)]
