"""Training records row by row, as words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkdata.adapters.feed import formats
from checkdata.adapters.feed.row_reader import read_in_rows
from checkdata.adapters.feed.tables import FeedFile
from checkdata.adapters.memory import MemoryRejections
from checkdata.domain.feed.contents import KnownIds
from checkdata.domain.feed.pieces import RecordPiece
from checkdata.domain.feed.record_words import record_of, words_of_record
from checkdata.domain.training.records import TrainingRecord
from tests.feeds import COLUMNS, RECORD, REFERENCES, training_row, write_feed, write_file
from tests.strategies import training_records
from tests.unit.feed.reading import training_of

KNOWN = KnownIds().including(REFERENCES)
CELLS = st.tuples(
    st.sampled_from(COLUMNS["training_records"]),
    st.sampled_from(
        [
            "",
            " ",
            "x",
            "true",
            "0000-01-01",
            "2024-02-30",
            "12345",
            "a@b.c",
            "a@b",
            "x\ty",
            'x"',
            "\u00a0",
            "2024-09-01",
            "2024-09-01T24:00:00Z",
            "2024-02-30T09:00:00Z",
            "2024-09-01T09:00:00+01:00",
            "x" * 256,
            "mentor",
        ]
    ),
)


def opened(folder: Path) -> tuple[FeedFile[TrainingRecord], MemoryRejections]:
    rejections = MemoryRejections()
    file = FeedFile(folder=folder, format=formats.training_records(KNOWN), rejections=rejections, warn=lambda _: None)
    return file, rejections


def in_rows(file: FeedFile[TrainingRecord], *, strict: bool = False) -> Iterator[RecordPiece]:
    return read_in_rows(file, strict=strict, unnamed=lambda: None)


@given(training_records())
def test_a_record_is_what_its_words_say(record: TrainingRecord) -> None:
    assert record_of(*words_of_record(record)) == record


@given(st.lists(st.tuples(training_records(), st.lists(CELLS, max_size=1)), min_size=1, max_size=6))
def test_words_are_read_and_rows_refused_as_records_are(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[TrainingRecord, list[tuple[str, str]]]]
) -> None:
    folder = write_feed(tmp_path_factory.mktemp("feed"))
    good = [training_row(record) for record, _ in rows]
    write_file(folder, "training_records", [*good, *(training_row(record) | dict(damage) for record, damage in rows)])
    exact, refused = opened(folder)
    by_row, refused_by_row = opened(folder)
    pieces = in_rows(by_row)
    found = [(row.line, row.record) for row in training_of(pieces).good]
    assert found == [(row.line, row.thing) for row in exact.rows() if row.thing is not None]
    assert refused_by_row.faults == refused.faults


def test_a_strict_reading_stops_behind_the_first_refused_row(folder: Path) -> None:
    good, bad = training_row(RECORD), training_row(RECORD, record_id="")
    write_file(folder, "training_records", [good, bad, bad, good])
    file, rejections = opened(folder)
    found = training_of(in_rows(file, strict=True)).good
    assert ([row.line for row in found], [fault.line for fault in rejections.faults]) == ([2], [3])
