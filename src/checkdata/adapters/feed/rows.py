"""The rows of a CSV file, read exactly: UTF-8, RFC 4180, each row with its first physical line.

Only LF ends a line, with or without CR before it, so that other control characters stay in their cell and are refused.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import starmap
from pathlib import Path
from typing import Final, NamedTuple

from checkdata.domain.errors import FeedRefused

LONGEST_ROW: Final = 1_000_000
"""In characters, over all lines and cells of it; what is longer is no row but a quote left open, and is refused there.

A line is refused from so many bytes on.
"""

_BYTE_ORDER_MARK: Final = "\ufeff"
_IN_QUOTES: Final = re.compile(rb'"[^"]*+"')
_LONE_RETURN: Final = re.compile(rb"\r(?!\n|\Z)")
"""Between cells no header has one; where lines end so, the whole file would be its header."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Row(NamedTuple):
    """A row: its first physical line (the first is 1), its cells, and whether it ends with a line end.

    ``clean`` where no control character is in it. ``stray_quotes`` are the indices of cells that hold a quote without
    being quoted, which RFC 4180 knows nothing of.
    """

    line: int
    cells: list[str]
    ended: bool
    clean: bool
    stray_quotes: tuple[int, ...] = ()


class _Line(NamedTuple):
    number: int
    text: str
    end: str


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of a file, the header among them; an empty line is a row with one empty cell.

    Raises `FeedRefused` where the file can't be read, does not decode, has a row longer than `LONGEST_ROW`, or where
    quotes are left open or closed in the middle of a cell, because the ends of rows are then unknown. Each line
    is looked at once, so that the time grows with the file.
    """
    yield from rows_in(path.name, raw_lines(path))


def rows_in(file: str, raws: Iterator[tuple[int, bytes]]) -> Iterator[Row]:
    """The rows in physical lines of a file, each with its number."""
    lines = starmap(partial(_line, file), raws)
    for number, raw in raws:
        yield _row(file, number, raw, lines)


def has_control_character(text: str) -> bool:
    """Whether any character is of Unicode's category Cc, line ends among them."""
    return not text.isprintable() and _CONTROL.search(text) is not None


@contextmanager
def told_if_unreadable(path: Path) -> Iterator[None]:
    """Raises `FeedRefused` where the file can't be opened or read."""
    try:
        yield
    except OSError as error:
        raise FeedRefused(f"{path.name} can't be read: {error.strerror}. Nothing was loaded.") from error


def raw_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The physical lines of a file, each with its number; `FeedRefused` where it can't be read."""
    with told_if_unreadable(path), path.open("rb") as file:
        yield from enumerate(iter(partial(file.readline, LONGEST_ROW), b""), start=1)


def _row(file: str, number: int, raw: bytes, lines: Iterator[_Line]) -> Row:
    line = _line(file, number, raw)
    if '"' in line.text:
        return _quoted_row(file, line, lines)
    return Row(number, line.text.split(","), line.end != "", not has_control_character(line.text))


def _line(file: str, number: int, raw: bytes) -> _Line:
    if number == 1 and _LONE_RETURN.search(_IN_QUOTES.sub(b"", raw)):
        raise FeedRefused(
            f"{file} has lines that end with only a carriage return (CR). Nothing was loaded. Save the file with line "
            "ends of LF or CRLF."
        )
    if len(raw) >= LONGEST_ROW:
        raise FeedRefused(
            f"{file} has a line that is too long to be a row: line {number}. A row can have up to {LONGEST_ROW:,} "
            "characters. Nothing was loaded."
        )
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise FeedRefused(
            f"{file} is not UTF-8, or is damaged, on line {number}. Nothing was loaded. Save the file as UTF-8."
        ) from error
    if number == 1:
        text = text.removeprefix(_BYTE_ORDER_MARK)
    if text.endswith("\r\n"):
        return _Line(number, text[:-2], "\r\n")
    if text.endswith("\n"):
        return _Line(number, text[:-1], "\n")
    return _Line(number, text, "")


def _quoted_row(file: str, first: _Line, lines: Iterator[_Line]) -> Row:
    """Split a row with quotes in it into cells, taking in as many of the following lines as it reaches over."""
    cells: list[str] = []
    stray: list[int] = []
    here, start = _Reading(file, first, lines), 0
    while start <= len(here.line.text):
        if here.line.text.startswith('"', start):
            cell, start = here.quoted(start)
        else:
            cell = here.plain(start)
            start += len(cell)
            if '"' in cell:
                stray.append(len(cells))
        cells.append(cell)
        start += 1
    last = here.line
    clean = last is first and not has_control_character(first.text)
    return Row(first.number, cells, last.end != "", clean, tuple(stray))


class _Reading:
    """A row while it is read: each of its lines is looked at once, and no more than `LONGEST_ROW` of it is kept."""

    def __init__(self, file: str, first: _Line, lines: Iterator[_Line]) -> None:
        self.line = first
        self._file, self._first, self._lines = file, first, lines
        self._length = len(first.text)

    def plain(self, start: int) -> str:
        """The cell without quotes around it that begins at *start* of the line."""
        end = self.line.text.find(",", start)
        return self.line.text[start:] if end < 0 else self.line.text[start:end]

    def quoted(self, start: int) -> tuple[str, int]:
        """The cell whose quote opens at *start* of the line, and where it ends, on a later line maybe."""
        opened, start, pieces = self.line.number, start + 1, []
        while (end := _closing_quote(self.line.text, start)) < 0:
            pieces.append(self.line.text[start:] + self.line.end)
            self._go_on(opened)
            start = 0
        pieces.append(self.line.text[start:end])
        if self.line.text[end + 1 : end + 2] not in ("", ","):
            raise self._open_quote(opened)
        return "".join(pieces).replace('""', '"'), end + 1

    def _go_on(self, opened: int) -> None:
        following = next(self._lines, None)
        if following is None:
            raise self._open_quote(opened)
        self._length += len(following.text) + len(self.line.end)
        if self._length > LONGEST_ROW:
            raise self._open_quote(opened, f" A row can have up to {LONGEST_ROW:,} characters.")
        self.line = following

    def _open_quote(self, opened: int, limit: str = "") -> FeedRefused:
        return FeedRefused(
            f"{self._file} has a quote that is left open, or closed too early, in the row on line "
            f"{self._first.number}. The quote opens on line {opened}.{limit} Nothing was loaded. "
            'Put cells in quotes as a whole, and write a quote inside of one as "".'
        )


def _closing_quote(text: str, start: int) -> int:
    """Where the quote stands that closes a cell, -1 where none does; two in a row are one in the cell."""
    end = text.find('"', start)
    while end >= 0 and text.startswith('"', end + 1):
        end = text.find('"', end + 2)
    return end
