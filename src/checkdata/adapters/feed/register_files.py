"""The department's register of schools, as GIAS gives it to download: `edubasealldata` and its links."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from pathlib import Path
from typing import Final, TypeVar

from checkdata.adapters.feed import cells
from checkdata.adapters.feed.cells import CellRefused, known, one_of, or_blank
from checkdata.adapters.feed.rows import raw_lines, rows_in
from checkdata.adapters.feed.tables import FeedColumn, FeedFile, FileFormat, ReadRow, Values
from checkdata.domain import ports
from checkdata.domain.errors import FeedRefused
from checkdata.domain.people.school_register import RegisteredSchool, SchoolState, Succession

UTF_8: Final = "utf-8"
WINDOWS: Final = "cp1252"

_URN: Final = "URN"
_NAME: Final = "EstablishmentName"
_STATUS: Final = "EstablishmentStatus (name)"
_CLOSED_ON: Final = "CloseDate"
_LINKED: Final = "LinkURN"
_LINK_TYPE: Final = "LinkType"

_STATES: Final = {
    "Open": SchoolState.OPEN,
    "Open, but proposed to close": SchoolState.OPEN,
    "Closed": SchoolState.CLOSED,
    "Proposed to open": SchoolState.PROPOSED,
}
_DAY: Final = "%d-%m-%Y"
_DAMAGED: Final = "\ufffd"

Thing = TypeVar("Thing")


class GiasFiles:
    """The two files; faults of their rows are told to *rejections*. Without *links* no successions are told."""

    def __init__(self, schools: Path, links: Path | None, rejections: ports.Rejections) -> None:
        self._schools = schools
        self._links = links
        self._rejections = rejections
        self.warnings: list[str] = []
        """What was noticed of the files so far, in sentences."""

    def schools(self) -> Iterator[RegisteredSchool]:
        """The schools of the good rows; `FeedRefused` where a school stands there twice, or there is none."""
        met: set[str] = set()
        for row in self._rows(self._schools, _schools(self._schools.name)):
            urn = row.values.get(_URN)
            if urn in met:
                raise FeedRefused(
                    f"{self._schools.name}: the URN on line {row.line} stands on an earlier line too. Nothing was "
                    "loaded. Keep one of the two rows and import the file again."
                )
            if urn is not None:
                met.add(urn)
            if row.thing is not None:
                yield row.thing
        _refuse_if_empty(self._schools, met)

    def successions(self, known: AbstractSet[str], /) -> Sequence[Succession] | None:
        """Which school follows which, by links to successors and from predecessors; other links tell nothing."""
        if self._links is None:
            return None
        rows = list(self._rows(self._links, _links(self._links.name, known, self._schools.name)))
        _refuse_if_empty(self._links, rows)
        return [row.thing for row in rows if row.thing is not None]

    def _rows(self, path: Path, file_format: "FileFormat[Thing]") -> Iterator[ReadRow[Thing]]:
        file = FeedFile(folder=path.parent, format=file_format, rejections=self._rejections, warn=self.warnings.append)
        rows = rows_in(path.name, _in_utf_8(path, encoding_of(path)))
        reader = file.reader_below(next(rows, None))
        return (file.judged(row, reader) for row in rows)


def encoding_of(path: Path) -> str:
    """UTF-8 or Windows-1252: that in which more lines can be read among those with other characters than ASCII's.

    So one damaged line of many does not change how the others are read.
    """
    balance = 0
    for _, line in raw_lines(path):
        if not line.isascii():
            balance += 1 if _is_utf_8(line) else -1
    return UTF_8 if balance >= 0 else WINDOWS


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode(UTF_8)
    except UnicodeDecodeError:
        return False
    return True


def _in_utf_8(path: Path, encoding: str) -> Iterator[tuple[int, bytes]]:
    """The lines in UTF-8; what stands for no character is marked, so that the row is refused by itself."""
    for number, line in raw_lines(path):
        yield number, line if line.isascii() else line.decode(encoding, "replace").encode()


def _schools(file: str) -> FileFormat[RegisteredSchool]:
    return FileFormat(
        file=file,
        key=_URN,
        columns=(
            FeedColumn(_URN, cells.urn, repeats=False),
            FeedColumn(_NAME, _name, repeats=False),
            FeedColumn(_STATUS, one_of(_STATES)),
            FeedColumn(_CLOSED_ON, or_blank(_day)),
        ),
        make=_school,
        has_others=True,
    )


def _school(row: Values) -> RegisteredSchool:
    closed_on = row[_CLOSED_ON] if row[_STATUS] is SchoolState.CLOSED else None
    return RegisteredSchool(urn=row[_URN], name=row[_NAME], state=row[_STATUS], closed_on=closed_on)


def _links(file: str, urns: AbstractSet[str], schools: str) -> FileFormat[Succession | None]:
    return FileFormat(
        file=file,
        key=_URN,
        columns=(
            FeedColumn(_URN, known(urns, schools, cells.urn)),
            FeedColumn(_LINKED, known(urns, schools, cells.urn)),
            FeedColumn(_LINK_TYPE, cells.text),
        ),
        make=_succession,
        has_others=True,
    )


def _succession(row: Values) -> Succession | None:
    kind = row[_LINK_TYPE].casefold()
    if kind.startswith("successor"):
        return Succession(row[_URN], row[_LINKED])
    return Succession(row[_LINKED], row[_URN]) if kind.startswith("predecessor") else None


def _day(cell: str) -> date:
    try:
        return datetime.strptime(cell, _DAY).date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        raise CellRefused("not a day as DD-MM-YYYY") from None


def _name(cell: str) -> str:
    if _DAMAGED in cell:
        raise CellRefused("a character that can't be read in the encoding of the file")
    return cells.key(cell).strip()


def _refuse_if_empty(path: Path, rows: AbstractSet[str] | Sequence[object]) -> None:
    if not rows:
        raise FeedRefused(f"{path.name} has no rows below its header. Nothing was loaded. Download the file again.")


_conforms: type[ports.RegisterFiles] = GiasFiles
