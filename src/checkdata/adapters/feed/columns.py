"""``training_records.csv`` in columns: tens of thousands of plain lines at once, and the others row by row.

Every line that is not plain (`checkdata.adapters.feed.plain_lines`) goes to the `RowReader`, in the order of the file:
no rule is said twice, and every fault is told as it is where all lines are read row by row.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final, Self

from checkdata.adapters.feed.plain_lines import PlainLines
from checkdata.adapters.feed.row_reader import RowReader
from checkdata.adapters.feed.rows import LONGEST_ROW, Row, rows_in, told_if_unreadable
from checkdata.adapters.feed.tables import FeedFile
from checkdata.domain.feed.pieces import RecordPiece
from checkdata.domain.training.records import TrainingRecord

PART: Final = 2**22
"""In bytes; how much of the file is looked at at once."""

_WIDEST: Final = 500
"""In columns; what is wider is read row by row."""


def read_in_columns(
    file: FeedFile[TrainingRecord], *, strict: bool, unnamed: Callable[[], None], part: int = PART
) -> Iterator[RecordPiece]:
    """The training records of a file, *part* bytes of it at once."""
    with told_if_unreadable(file.path):
        source = file.path.open("rb")
    with source:
        lines = _Lines(file.path, source, part)
        rows = rows_in(file.path.name, lines)
        exact = file.reader_below(next(rows, None))
        reader = RowReader(file, exact, strict=strict, unnamed=unnamed)
        if len(exact.header) > _WIDEST:
            yield from reader.pieces(rows)
        else:
            yield from _pieces(lines, reader, PlainLines(file.format, exact.header, reader.kind_of))


def _pieces(lines: "_Lines", rows: RowReader, plain: PlainLines) -> Iterator[RecordPiece]:
    while part := lines.begin():
        found = plain.found_in(part, lines.first)
        yield from rows.pieces(lines.rows_at(found.others))
        if rows.stopped:
            return
        if (piece := found.piece_without(lines.within_rows)) is not None:
            yield piece


class _Lines:
    """The numbered lines of a file: a part of them at once, and those of the part, or behind it, one by one."""

    def __init__(self, path: Path, file: BinaryIO, size: int) -> None:
        self.first = 1
        """The number of the first line of the part."""
        self.within_rows: list[int] = []
        """The numbers of lines of the part on which a row goes on that began on an earlier one."""
        self._path = path
        self._file = file
        self._size = size
        self._part = b""
        self._lines: Sequence[bytes] | None = None
        self._length = 0
        self._place = 0

    def begin(self) -> bytes:
        """The next part, behind the last one and whatever row went on there; blank at the end of the file."""
        self.first += max(self._place, self._length)
        self.within_rows, self._lines, self._place = [], None, 0
        with told_if_unreadable(self._path):
            self._part = self._file.read(self._size) + self._file.readline(LONGEST_ROW)
        self._length = self._part.count(b"\n") + (not self._part.endswith(b"\n"))
        return self._part

    def rows_at(self, numbers: Iterable[int]) -> Iterator[Row]:
        """The rows that begin on these lines of the part, but for those lines on which a row goes on."""
        rows = rows_in(self._path.name, self)
        for number in numbers:
            place = number - self.first
            if place >= self._place:
                self._place = place
                yield next(rows)
                self.within_rows.extend(range(number + 1, self.first + self._place))

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> tuple[int, bytes]:
        raw = self._line()
        if not raw:
            raise StopIteration
        self._place += 1
        return self.first + self._place - 1, raw

    def _line(self) -> bytes:
        if self._place < self._length:
            if self._lines is None:
                self._lines = BytesIO(self._part).readlines()
            return self._lines[self._place]
        with told_if_unreadable(self._path):
            return self._file.readline(LONGEST_ROW)
