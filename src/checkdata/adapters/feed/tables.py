"""Reads one file of a feed: its header, then each row as good or refused (feed.md, *What a bad feed gets*)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from operator import getitem
from pathlib import Path
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from attrs import field, frozen

from checkdata.adapters.feed.cells import (
    CONTROL_CHARACTER,
    STRAY_QUOTE,
    CellRefused,
    Read,
)
from checkdata.adapters.feed.rows import Row, has_control_character, rows_of
from checkdata.domain.errors import FeedRefused
from checkdata.domain.feed.contents import RowFault
from checkdata.domain.ports import Rejections

WRONG_NUMBER_OF_CELLS: Final = "wrong number of cells"

Values = Mapping[str, Any]
"""The values of a row's cells by column, only those that could be read."""

Thing_co = TypeVar("Thing_co", covariant=True)


@frozen
class FeedColumn:
    """A column: its name, how its cells are read, whether a file must have it, and whether its cells repeat much.

    ``plain`` is the shape of cells that need not be read, because they are good and stand for themselves, or all such
    cells.
    """

    name: str
    read: Read
    required: bool = field(default=True, kw_only=True)
    repeats: bool = field(default=True, kw_only=True)
    plain: str | AbstractSet[str] = field(default=frozenset(), kw_only=True)


class Across(Protocol):
    """Says what is wrong between the cells of a row, as pairs of a column and the rule that it breaks."""

    def __call__(self, values: Values, /) -> Sequence[tuple[str, str]]:
        """Values that could not be read are not there."""


@frozen(kw_only=True)
class FileFormat(Generic[Thing_co]):
    """A kind of file: its name, the column by which rows are told apart, its columns, and what a good row makes.

    ``has_others`` means that it has other columns, of which nothing is said.
    """

    file: str
    key: str
    columns: Sequence[FeedColumn]
    make: Callable[[Values], Thing_co]
    across: Across = field(default=lambda _: ())
    has_others: bool = False


class ReadRow(NamedTuple, Generic[Thing_co]):
    """What became of a row: ``thing`` is None where it was refused, and ``values`` are those that could be read.

    ``named`` is false for a refused row that is about something which can't be told from it.
    """

    line: int
    values: Values
    thing: Thing_co | None
    named: bool


@frozen(kw_only=True)
class FeedFile(Generic[Thing_co]):
    """One file of a feed folder; faults of its rows are told to the rejections, and sentences to *warn*."""

    folder: Path
    format: FileFormat[Thing_co]
    rejections: Rejections
    warn: Callable[[str], None]

    def rows(self) -> Iterator[ReadRow[Thing_co]]:
        """Every row below the header, in order; `FeedRefused` where the whole feed is refused for this file."""
        rows, reader = self.opened()
        for row in rows:
            yield self.judged(row, reader)

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.folder / self.format.file

    def opened(self) -> "tuple[Iterator[Row], CellReader]":
        """The rows below the header, and what reads their cells."""
        rows = rows_of(self.path)
        return rows, self.reader_below(next(rows, None))

    def judged(self, row: Row, reader: "CellReader") -> ReadRow[Thing_co]:
        """The row as good or refused; its faults are told."""
        values, faults = reader.read(row)
        if not row.ended:
            self._judge_last_line(row, faults)
        for column, rule in faults:
            self.rejections.add(RowFault(self.format.file, row.line, column, rule))
        named = self.format.key in values or row.cells == [""]
        return ReadRow(row.line, values, None if faults else self.format.make(values), named)

    def reader_below(self, header: Row | None) -> "CellReader":
        """What reads the cells of rows below a header, which is judged."""
        if header is None:
            raise FeedRefused(f"{self.format.file} is empty: it needs a header row. Nothing was loaded.")
        self._judge_header(header)
        unknown = [name for name in header.cells if name not in {column.name for column in self.format.columns}]
        if unknown and not self.format.has_others:
            self.warn(f"{self.format.file}: unknown columns are ignored: {_shown(unknown)}.")
        if not header.ended:
            self._warn_of_missing_line_end()
        return CellReader(header.cells, self.format)

    def _judge_header(self, header: Row) -> None:
        names = header.cells
        missing = [c.name for c in self.format.columns if c.required and c.name not in names]
        if missing:
            raise self._refused(f"required columns are missing: {_shown(missing)}")
        twice = [c.name for c in self.format.columns if names.count(c.name) > 1]
        if twice:
            raise self._refused(f"columns stand in the header more than once: {_shown(twice)}")

    def _judge_last_line(self, row: Row, faults: Sequence[tuple[str, str]]) -> None:
        """A bad last line without a line end shows that the file was cut off; how much is missing is unknown."""
        if faults:
            raise self._refused(f"the last row, on line {row.line}, is cut off: the file is not whole")
        self._warn_of_missing_line_end()

    def _warn_of_missing_line_end(self) -> None:
        self.warn(f"{self.format.file}: the last line has no line end. It was loaded; check that the file is whole.")

    def _refused(self, why: str) -> FeedRefused:
        return FeedRefused(f"{self.format.file}: {why}. Nothing was loaded. Correct the file and import it again.")


class CellReader:
    """Reads the cells of rows below one header: values, and faults in the order of the header."""

    def __init__(self, header: Sequence[str], file_format: FileFormat[object]) -> None:
        self.header = header
        columns = {column.name: column for column in file_format.columns}
        plan = [(columns[name], index) for index, name in enumerate(header) if name in columns]
        self._width = len(header)
        self._across = file_format.across
        self._absent = {name: column.read("") for name, column in columns.items() if name not in header}
        self._plan = [(column.name, column.read, index) for column, index in plan]
        # If cells are missing or too many, only the first is known to be in its column.
        self._plan_of_damaged = [step for step in self._plan if step[0] == file_format.key and step[2] == 0]
        repeating = [(column, index) for column, index in plan if column.repeats]
        self._repeating = [column.name for column, _ in repeating]
        self._indices = [index for _, index in repeating]
        self._memories = [Memory(column.read) for column, _ in repeating]
        self._others = [(column.name, column.read, index) for column, index in plan if not column.repeats]

    def read(self, row: Row) -> tuple[dict[str, Any], Sequence[tuple[str, str]]]:
        """The values that could be read, and the faults as columns and rules."""
        if len(row.cells) != self._width:
            return self._exactly(row, self._plan_of_damaged)[0], [("", WRONG_NUMBER_OF_CELLS)]
        if row.clean and not row.stray_quotes:
            try:
                values = self._quickly(row.cells)
            except CellRefused:
                pass
            else:
                return values, self._across(values)
        values, faults = self._exactly(row, self._plan)
        return values, [*faults, *self._across(values)]

    def _quickly(self, cells: Sequence[str]) -> dict[str, Any]:
        values = self._absent.copy()
        picked = map(cells.__getitem__, self._indices)
        values.update(zip(self._repeating, map(getitem, self._memories, picked), strict=True))
        for name, read, index in self._others:
            values[name] = read(cells[index])
        return values

    def _exactly(self, row: Row, plan: Sequence[tuple[str, Read, int]]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        values, faults = self._absent.copy(), []
        for name, read, index in plan:
            try:
                _check_characters(row, index)
                values[name] = read(row.cells[index])
            except CellRefused as refused:
                faults.append((name, refused.rule))
        return values, faults


class Memory(dict[str, Any]):
    """Values of cells that were read before, by cell; forgets all when there are too many."""

    def __init__(self, read: Read, most: int = 2**16) -> None:
        super().__init__()
        self._read = read
        self._most = most

    def __missing__(self, cell: str) -> object:
        if len(self) >= self._most:
            self.clear()
        value = self[cell] = self._read(cell)
        return value


def _check_characters(row: Row, index: int) -> None:
    if index in row.stray_quotes:
        raise CellRefused(STRAY_QUOTE)
    if has_control_character(row.cells[index]):
        raise CellRefused(CONTROL_CHARACTER)


def _shown(names: Sequence[str], most: int = 10) -> str:
    """Column names for a sentence, safe to print whatever a file has in its header."""
    shown = ["".join(filter(str.isprintable, name))[:40] or "(blank)" for name in islice(names, most)]
    return ", ".join(shown) + (" and more" if len(names) > most else "")
