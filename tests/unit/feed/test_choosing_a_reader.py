"""Training records are read in columns where polars is installed, and it is loaded only then."""

import csv
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from checkdata.adapters.feed import FolderFeed
from checkdata.adapters.feed import folder as feed_folder
from checkdata.adapters.feed.tables import FeedFile
from checkdata.adapters.memory import MemoryRejections
from checkdata.domain.feed.contents import KnownIds
from checkdata.domain.feed.pieces import RowPiece
from tests.feeds import PLAIN, RECORD, REFERENCES, Layout, training_row, write_file

KNOWN: Final = KnownIds().including(REFERENCES)


def is_read_in_columns(folder: Path, *, in_columns: bool | None) -> bool:
    (piece,) = FolderFeed(folder, MemoryRejections(), in_columns=in_columns).training_records(KNOWN)
    return not isinstance(piece, RowPiece)


@pytest.mark.parametrize("asked", [True, False])
def test_a_feed_is_read_as_it_is_asked(folder: Path, *, asked: bool) -> None:
    assert is_read_in_columns(folder, in_columns=asked) == asked


def test_unless_asked_a_feed_is_read_in_columns_where_that_can_be(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_read_in_columns(folder, in_columns=None)
    monkeypatch.setattr(feed_folder, "find_spec", lambda _: None)
    assert not is_read_in_columns(folder, in_columns=None)


def test_reading_in_rows_loads_no_polars(folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from checkdata.adapters.feed import FolderFeed;"
        "from checkdata.adapters.memory import MemoryRejections; from checkdata.domain.feed.contents import KnownIds;"
        "feed = FolderFeed(Path(sys.argv[1]), MemoryRejections(), in_columns=False);"
        "list(feed.training_records(KnownIds())); sys.exit('polars' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, str(folder)], check=True)  # noqa: S603 - our own script


@pytest.mark.parametrize(
    "layout",
    [PLAIN, Layout(line_end="\r\n"), Layout(quoting=csv.QUOTE_ALL), Layout(byte_order_mark=True)],
    ids=["plain", "crlf", "quoted", "mark"],
)
@pytest.mark.parametrize("moment", ["2023-10-01T09:00:00Z", "2023-10-01T09:00:00.25+01:00"])
def test_however_an_ordinary_feed_is_written_no_row_of_it_is_judged_by_itself(
    folder: Path, layout: Layout, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [training_row(RECORD, record_id=f"r{n}", updated_at=moment) for n in range(9)]
    write_file(folder, "training_records", rows, layout)
    monkeypatch.setattr(FeedFile, "judged", lambda *_: pytest.fail("a row was read by itself"))
    (piece,) = FolderFeed(folder, MemoryRejections(), in_columns=True).training_records(KNOWN)
    assert len(piece.rows([0])) == len(rows)
