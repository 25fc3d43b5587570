"""A user's own list: its heading row, its rows, and which of its columns holds which detail (service rule 17)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Final, Self

from attrs import field, frozen

from checkdata.domain.errors import ListRefused
from checkdata.domain.reconciliation.column_headings import heading_meaning
from checkdata.domain.reconciliation.comparing import Detail, looks_like
from checkdata.domain.reconciliation.total_rows import counts_others

MOST_ROWS: Final = 20_000
"""How many rows a list may have below its headings."""
MOST_COLUMNS: Final = 100
MOST_UNREAD: Final = 100
"""How many cells without a result are kept by their places."""
MOST_TITLE_ROWS: Final = 20
"""In how many of the first rows to look for the headings: titles and dates often stand above them."""


def column_letters(column: int) -> str:
    """What a spreadsheet calls the column with this index from 0: A, B … Z, AA."""
    letters = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        letters, column = chr(ord("A") + letter) + letters, column - 1
    return letters


def _cleaned(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in cells)


@frozen
class UploadedRow:
    """A row as its file has it: its number there, from 1, and its cells without space around them.

    ``unread`` are the columns, from 0, of cells with a formula whose result is not in the file: they are blank.
    """

    number: int
    cells: tuple[str, ...] = field(converter=_cleaned)
    unread: tuple[int, ...] = ()

    def cell(self, column: int) -> str:
        """The cell in this column; "" past the end of the row."""
        return self.cells[column] if column < len(self.cells) else ""

    @property
    def blank(self) -> bool:
        """Whether nothing is written in it."""
        return not any(self.cells)


@frozen
class UploadedList:
    """The rows of a list below its headings; ``headings`` is as wide as the list, "" where a column has none.

    ``totals`` are the numbers of rows that were left out because they count others, ``unread`` the row and the column,
    from 0, of each cell whose formula has no result in the file, of which the first `MOST_UNREAD` are kept.
    """

    headings: tuple[str, ...]
    rows: tuple[UploadedRow, ...]
    totals: tuple[int, ...] = ()
    unread: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, rows: Iterable[UploadedRow]) -> Self:
        """Find the headings and what stands below them; blank rows are left out.

        The headings are the row, among the first `MOST_TITLE_ROWS`, in which the most cells are headings that we know;
        where there is none, the first row, unless it holds an address or a TRN: then the list has no headings.

        Rows that count others, "Grand total" for one, are left out too, and named (`counts_others`).

        Raises `ListRefused` for a list without rows, with more than `MOST_ROWS` of them or `MOST_COLUMNS`, and for a
        row with more cells than there are headings: a comma in a cell without quotation marks moves all that follow.
        """
        written = [row for row in rows if not row.blank]
        if not written:
            raise ListRefused("The file has nothing in it. Choose a file that has your list in it.")
        start = _heading_row(written)
        headings = () if start is None else written[start].cells
        below, totals = _without_totals(written if start is None else written[start + 1 :])
        if not below:
            raise ListRefused("The file has headings but no rows below them. Choose a file that has your list in it.")
        width = max(len(headings), *(len(row.cells) for row in below)) if start is None else len(headings)
        if width > MOST_COLUMNS:
            raise too_many_columns(written[start or 0].number)
        _check_shape(below, width)
        unread = islice(((row.number, column) for row in below for column in row.unread), MOST_UNREAD)
        return cls(headings + ("",) * (width - len(headings)), below, totals, tuple(unread))

    def heading(self, column: int) -> str:
        """What the column is called: its heading, or "Column B" where it has none."""
        return self.headings[column] or f"Column {column_letters(column)}"


def too_many_rows() -> ListRefused:
    """What to raise for a list that is too long."""
    return ListRefused(
        f"The list has more than {MOST_ROWS:,} rows. Split it into files of up to {MOST_ROWS:,} rows and check each."
    )


def too_many_columns(row: int) -> ListRefused:
    """What to raise for a row that is too wide."""
    return ListRefused(
        f"Row {row} has something in column {column_letters(MOST_COLUMNS)} or beyond. A list can have up to "
        f"{MOST_COLUMNS} columns: take out those that are not part of it."
    )


def has_headings(rows: Sequence[UploadedRow]) -> bool:
    """Whether one of the first `MOST_TITLE_ROWS` has two headings that we know: a title may be taken for one."""
    return any(known > 1 for known in _known_headings(rows))


def _heading_row(rows: Sequence[UploadedRow]) -> int | None:
    known = _known_headings(rows)
    if any(known):
        return known.index(max(known))
    return None if _has_value(rows[0]) else 0


def _known_headings(rows: Sequence[UploadedRow]) -> list[int]:
    """How many known headings each of the first rows has; a row with a value in it is not a heading row."""
    first = rows[:MOST_TITLE_ROWS]
    return [0 if _has_value(row) else sum(heading_meaning(cell) is not None for cell in row.cells) for row in first]


def _without_totals(rows: Sequence[UploadedRow]) -> tuple[tuple[UploadedRow, ...], tuple[int, ...]]:
    kept: list[UploadedRow] = []
    totals: list[int] = []
    for row in rows:
        if counts_others(row.cells, len(kept)):
            totals.append(row.number)
        else:
            kept.append(row)
    return tuple(kept), tuple(totals)


def _has_value(row: UploadedRow) -> bool:
    return any(looks_like(Detail.EMAIL, cell) or looks_like(Detail.TRN, cell) for cell in row.cells)


def _check_shape(rows: Sequence[UploadedRow], width: int) -> None:
    if len(rows) > MOST_ROWS:
        raise too_many_rows()
    for row in rows:
        beyond = next((column for column in range(width, len(row.cells)) if row.cells[column]), None)
        if beyond is not None:
            raise ListRefused(
                f"Row {row.number} goes on to column {column_letters(beyond)}, where there is no heading. Put "
                "quotation marks around a cell that has a comma in it, or give every column a heading."
            )


@frozen
class ChosenColumns:
    """For each `Detail` in turn the columns that hold it, as the user chose; a name may be in several."""

    places: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, chosen: Mapping[int, Detail], offered: Collection[Detail] = tuple(Detail)) -> Self:
        """Check a choice among the details that were offered, by column from 0.

        Raises `ListRefused` where two columns hold one detail that is not the name, or where no participant can be
        recognised: that takes the TRN, the e-mail address, or the name and the school (or its URN).
        """
        columns = cls(tuple(tuple(sorted(c for c, held in chosen.items() if held is detail)) for detail in Detail))
        for detail, places in zip(Detail, columns.places, strict=True):
            if len(places) > 1 and detail is not Detail.FULL_NAME:
                letters = " and ".join(map(column_letters, places))
                raise ListRefused(f"Columns {letters} are both set as {detail.heading}. Choose one of them.")
        _check_recognisable(columns.details, offered)
        return columns

    @property
    def details(self) -> tuple[Detail, ...]:
        """The details that the list has, in the order of a download's columns."""
        return tuple(detail for detail, places in zip(Detail, self.places, strict=True) if places)

    def texts(self, row: UploadedRow) -> tuple[str, ...]:
        """For each `Detail` in turn, the row's text for it as it is written there; "" if it has none.

        The columns of a name are read from left to right.
        """
        return tuple([_joined(row, places) for places in self.places])

    def places_of(self, detail: Detail) -> tuple[int, ...]:
        """The columns that hold one detail, from 0."""
        return self.places[_PLACES[detail]]

    def text(self, row: UploadedRow, detail: Detail) -> str:
        """The row's text for one detail."""
        return _joined(row, self.places_of(detail))


_PLACES: Final = {detail: place for place, detail in enumerate(Detail)}


def _joined(row: UploadedRow, places: Iterable[int]) -> str:
    return " ".join(filter(None, map(row.cell, places)))


def _check_recognisable(details: Iterable[Detail], offered: Collection[Detail]) -> None:
    has = set(details)
    named = Detail.FULL_NAME in has and has & {Detail.SCHOOL, Detail.SCHOOL_URN}
    if not has & {Detail.TRN, Detail.EMAIL} and not named:
        one = "TRN or the email address" if Detail.EMAIL in offered else "TRN"
        school = "school" if Detail.SCHOOL in offered else "school’s URN"
        raise ListRefused(
            f"Choose which column holds the {one}, or choose both the full name and the {school}. Without them your "
            "list cannot be compared."
        )
