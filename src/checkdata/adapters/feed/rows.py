"""The rows of a CSV file, read exactly: UTF-8, RFC 4180, each row with its first physical line.

Only LF ends a line, alone or after CR, so that any other control character stays in its cell, where it is refused.
"""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from checkdata.domain.errors import FeedRefused

LONGEST_ROW: Final = 1_000_000
"""In characters; what is longer is no row but a quote left open, and is never taken into memory as a whole."""

_BYTE_ORDER_MARK: Final = "\ufeff"
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

    Raises `FeedRefused` where the file can't be read, does not decode, or where quotes are left open or closed in the
    middle of a cell, for from there on nobody knows where a row ends.
    """
    lines, file = _lines(path), path.name
    for line in lines:
        if '"' in line.text:
            yield _quoted_row(file, line, lines)
        else:
            yield Row(line.number, line.text.split(","), line.end != "", not has_control_character(line.text))


def has_control_character(text: str) -> bool:
    """Whether any character is of Unicode's category Cc, line ends among them."""
    return not text.isprintable() and _CONTROL.search(text) is not None


def _lines(path: Path) -> Iterator[_Line]:
    name = path.name
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(iter(partial(file.readline, LONGEST_ROW), b""), start=1):
                yield _line(name, number, raw)
    except OSError as error:
        raise FeedRefused(f"{path.name} can't be read: {error.strerror}. Nothing was loaded.") from error


def _line(file: str, number: int, raw: bytes) -> _Line:
    if len(raw) == LONGEST_ROW:
        raise FeedRefused(f"{file} has a line that is too long to be a row: line {number}. Nothing was loaded.")
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
    last, text, start = first, first.text, 0
    while start <= len(text):
        if text.startswith('"', start):
            end = _closing_quote(text, start + 1)
            while end < 0:
                checked = len(text)
                last, text = _continued(file, first, last, text, lines)
                end = _closing_quote(text, checked)
            cells.append(text[start + 1 : end].replace('""', '"'))
            start = end + 1
            if text[start : start + 1] not in ("", ","):
                raise _open_quote(file, first)
        else:
            end = text.find(",", start)
            cell = text[start:] if end < 0 else text[start:end]
            if '"' in cell:
                stray.append(len(cells))
            cells.append(cell)
            start += len(cell)
        start += 1
    return Row(first.number, cells, last.end != "", not has_control_character(text), tuple(stray))


def _closing_quote(text: str, start: int) -> int:
    """Where the quote stands that closes a cell, -1 where none does; two in a row are one in the cell."""
    end = text.find('"', start)
    while end >= 0 and text.startswith('"', end + 1):
        end = text.find('"', end + 2)
    return end


def _continued(file: str, first: _Line, last: _Line, text: str, lines: Iterator[_Line]) -> tuple[_Line, str]:
    following = next(lines, None)
    if following is None or len(text) > LONGEST_ROW:
        raise _open_quote(file, first)
    return following, text + last.end + following.text


def _open_quote(file: str, first: _Line) -> FeedRefused:
    return FeedRefused(
        f"{file} has a quote that is left open, or closed too early, in the row on line {first.number}. "
        'Nothing was loaded. Put cells in quotes as a whole, and write a quote inside of one as "".'
    )
