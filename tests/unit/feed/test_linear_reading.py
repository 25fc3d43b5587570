"""The time that a feed takes grows with its size, with any quotes in it (twice the rows, about twice the time)."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from time import process_time
from typing import Final

import pytest
from attrs import evolve

from checkdata.adapters.feed import formats, rows
from checkdata.adapters.feed.columns import read_in_columns
from checkdata.adapters.feed.row_reader import read_in_rows
from checkdata.adapters.feed.rows import LONGEST_ROW
from checkdata.adapters.feed.tables import FeedFile
from checkdata.adapters.memory import MemoryRejections
from checkdata.domain.errors import FeedRefused
from checkdata.domain.feed.contents import KnownIds
from checkdata.domain.feed.pieces import RecordPiece
from tests.feeds import COLUMNS

HEADER: Final = ",".join(COLUMNS["training_records"]).encode() + b"\n"

Maker = Callable[[int], bytes]
Reader = Callable[..., Iterator[RecordPiece]]


def consume(items: Iterable[object]) -> None:
    """Take all of them, and keep none."""
    deque(items, maxlen=0)


def lost_quote(number: int) -> bytes:
    """A quote that is never closed, and so many rows after it, which may all be one row."""
    return b'"Zoe,x\n' + b"".join(b"%x\n" % n for n in range(number))


def one_cell(number: int) -> bytes:
    """A cell of so many lines, and then a row."""
    return b'Zoe,"' + b"".join(b"%x\n" % n for n in range(number)) + b'"\nAnn,x\n'


def doubled_quotes(number: int) -> bytes:
    """A cell of so many lines with quotes in it."""
    return b'Zoe,"' + b"".join(b'""%x\n' % n for n in range(number)) + b'"\nAnn,x\n'


def many_cells(number: int) -> bytes:
    """So many rows, of two lines each."""
    return b"".join(b'"%x\n",x\n' % n for n in range(number))


BOTH: Final = pytest.mark.parametrize("read", [read_in_rows, read_in_columns])
MAKERS: Final = (lost_quote, one_cell, doubled_quotes, many_cells)


def take_in(path: Path, read: Reader) -> None:
    """Read a file to its end."""
    file = FeedFile(
        folder=path.parent,
        format=evolve(formats.training_records(KnownIds()), file=path.name),
        rejections=MemoryRejections(),
        warn=lambda _: None,
    )
    consume(read(file, strict=False, unnamed=lambda: None))


def seconds(path: Path, read: Reader) -> float:
    """How long the processor takes to read a file, or to refuse it."""
    start = process_time()
    with suppress(FeedRefused):
        take_in(path, read)
    return process_time() - start


@BOTH
@pytest.mark.parametrize("maker", MAKERS)
def test_sixteen_times_the_lines_are_far_from_sixteen_times_sixteen_the_work(
    tmp_path: Path, maker: Maker, read: Reader
) -> None:
    few, many = tmp_path / "few.csv", tmp_path / "many.csv"
    few.write_bytes(HEADER + maker(7_500))
    many.write_bytes(HEADER + maker(120_000))
    assert min(seconds(many, read) for _ in range(3)) < 64 * min(seconds(few, read) for _ in range(3))


@BOTH
@pytest.mark.parametrize("maker", MAKERS)
def test_each_line_is_looked_at_once(
    tmp_path: Path, maker: Maker, read: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at, exactly = count(), rows._line  # noqa: SLF001 - what looks at a line

    def counted(file: str, number: int, raw: bytes) -> object:
        next(looked_at)
        return exactly(file, number, raw)

    monkeypatch.setattr(rows, "_line", counted)
    path = tmp_path / "file.csv"
    path.write_bytes(HEADER + maker(1000))
    seconds(path, read)
    assert next(looked_at) <= path.read_bytes().count(b"\n") + 1


@BOTH
def test_no_more_than_a_row_is_read_behind_a_lost_quote(
    tmp_path: Path, read: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    met, exactly = count(), rows._line  # noqa: SLF001 - what looks at a line

    def counted(file: str, number: int, raw: bytes) -> object:
        for _ in raw:
            next(met)
        return exactly(file, number, raw)

    monkeypatch.setattr(rows, "_line", counted)
    path = tmp_path / "file.csv"
    path.write_bytes(HEADER + lost_quote(1_000_000))
    with pytest.raises(FeedRefused, match="The quote opens on line 2"):
        take_in(path, read)
    assert next(met) < LONGEST_ROW + 1000
