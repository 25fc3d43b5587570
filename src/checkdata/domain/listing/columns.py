"""What a download holds: the columns of each role, their cells, and the CSV made of them (service rule 13)."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import islice
from operator import attrgetter
from typing import Any, Final, Generic, Protocol, Self, TypeVar, get_type_hints

from attrs import frozen

from checkdata.domain.listing.labels import INDUCTION_TYPES, ROLE_LABELS, TO_DO, WHO_ACTS_LABELS
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import Role
from checkdata.domain.training.statuses import Status, StatusGroup
from checkdata.domain.values import london_date

DANGEROUS: Final = tuple("=+-@\t\r\n\0＝＋－＠")
"""The first characters of a cell that a spreadsheet may run (security.md 37)."""
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
"""What Excel needs at the beginning of a CSV to take it for UTF-8."""

SHEETS: Final[Mapping[Role, str]] = {
    Role.DELIVERY_PARTNER: "Participants",
    Role.APPROPRIATE_BODY: "Early career teachers",
}
"""What the sheet of a workbook is called."""

_CHUNK_ROWS: Final = 500


Row = TypeVar("Row")


@frozen
class Column(Generic[Row]):
    """One column of a download: its name in a CSV's header, its heading on a page, and its text for a row."""

    name: str
    heading: str
    cell: Callable[[Row], str]


@frozen
class ParticipantColumn(Column[ListedParticipant]):
    """A column of a listing: the field of the row that it shows, and the label of each value if it has labels."""

    field: str
    labels: Mapping[Enum, str] | None = None

    @classmethod
    def of(cls, name: str, heading: str, field: str = "", labels: Mapping[Any, str] | None = None) -> Self:
        """The column with that name; its field has the same name unless given."""
        field = field or name
        return cls(name, heading, _cell_of(field, labels), field, labels)


def _cell_of(field: str, labels: Mapping[Any, str] | None) -> Callable[[ListedParticipant], str]:
    value = attrgetter(field)
    if labels is not None:
        return lambda row: labels[value(row)]
    return value if get_type_hints(ListedParticipant)[field] is str else lambda row: str(value(row))


def _status_labels(role: Role) -> Mapping[Status, str]:
    return {status: status.label_for(role) for status in Status}


PARTNER_COLUMNS: Final[Sequence[ParticipantColumn]] = (
    ParticipantColumn.of("full_name", "Full name"),
    ParticipantColumn.of("email_address", "Email address", "email"),
    ParticipantColumn.of("trn", "TRN"),
    ParticipantColumn.of("role", "Role", labels=ROLE_LABELS),
    ParticipantColumn.of("lead_provider", "Lead provider"),
    ParticipantColumn.of("school", "School"),
    ParticipantColumn.of("school_unique_reference_number", "School unique reference number", "school_urn"),
    ParticipantColumn.of("academic_year", "Academic year"),
    ParticipantColumn.of("status", "Status", labels=_status_labels(Role.DELIVERY_PARTNER)),
)
"""The nine columns that a delivery partner sees, in their order (service rule 8)."""

BODY_COLUMNS: Final[Sequence[ParticipantColumn]] = (
    ParticipantColumn.of("full_name", "Full name"),
    ParticipantColumn.of("trn", "TRN"),
    ParticipantColumn.of("school_urn", "School unique reference number"),
    ParticipantColumn.of("status", "Status", labels=_status_labels(Role.APPROPRIATE_BODY)),
    ParticipantColumn.of("induction_type", "Induction type", labels=INDUCTION_TYPES),
    ParticipantColumn.of("induction_tutor", "Induction tutor", "induction_tutor_email"),
)
"""The columns that an appropriate body sees, in their order."""


def _first_name(row: ListedParticipant) -> str:
    """The first word of the full name, for the greeting of a letter."""
    return row.full_name.partition(" ")[0]


_CONTACT_COLUMNS: Final[Mapping[Role, Sequence[Column[ListedParticipant]]]] = {
    Role.DELIVERY_PARTNER: (
        ParticipantColumn.of("full_name", "Full name"),
        Column("first_name", "First name", _first_name),
        ParticipantColumn.of("email_address", "Email address", "email"),
        ParticipantColumn.of("role", "Role", labels=ROLE_LABELS),
        ParticipantColumn.of("school", "School"),
    ),
    Role.APPROPRIATE_BODY: (
        ParticipantColumn.of("full_name", "Full name"),
        Column("first_name", "First name", _first_name),
        ParticipantColumn.of("induction_tutor", "Induction tutor", "induction_tutor_email"),
        ParticipantColumn.of("school_unique_reference_number", "School unique reference number", "school_urn"),
    ),
}


_PRIOR_INDUCTION: Final = ParticipantColumn.of(
    "prior_induction",
    "Prior induction",
    "group",
    {group: "Yes" if group is StatusGroup.PREVIOUS_INDUCTION else "" for group in StatusGroup},
)


_BEYOND_THE_LIST: Final[Sequence[Column[ListedParticipant]]] = (
    ParticipantColumn.of("since", "Since"),
    ParticipantColumn.of("or_earlier", "Or earlier", "since_at_least", {True: "Yes", False: ""}),
    ParticipantColumn.of("next", "Who needs to act", labels=WHO_ACTS_LABELS),
    _PRIOR_INDUCTION,
    Column("changed_on", "Training record last updated on", lambda row: london_date(row.updated_at).isoformat()),
)

_CHASE_COLUMNS: Final[Sequence[ParticipantColumn]] = (
    ParticipantColumn.of("school", "School"),
    ParticipantColumn.of("school_unique_reference_number", "School unique reference number", "school_urn"),
    ParticipantColumn.of("full_name", "Full name"),
    ParticipantColumn.of("role", "Role", labels=ROLE_LABELS),
    ParticipantColumn.of("next", "Who needs to act", labels=WHO_ACTS_LABELS),
    ParticipantColumn.of("to_do", "What they need to do", "group", {g: TO_DO.get(g, "") for g in StatusGroup}),
    ParticipantColumn.of("since", "Since"),
)
_NOT_FOR_BODIES: Final = frozenset({"school", "role"})


def chase_columns_for(role: Role) -> Sequence[ParticipantColumn]:
    """The columns of a chase list; an appropriate body's has no more than its list shows."""
    if role is Role.DELIVERY_PARTNER:
        return _CHASE_COLUMNS
    return [column for column in _CHASE_COLUMNS if column.name not in _NOT_FOR_BODIES]


def contact_columns_for(role: Role) -> Sequence[Column[ListedParticipant]]:
    """The columns of a communication list; an appropriate body's has no more than its list shows (service rule 18)."""
    return _CONTACT_COLUMNS[role]


def columns_for(role: Role) -> Sequence[ParticipantColumn]:
    """The columns that this role sees; a role that sees no participants is a `ValueError`."""
    match role:
        case Role.DELIVERY_PARTNER:
            return PARTNER_COLUMNS
        case Role.APPROPRIATE_BODY:
            return BODY_COLUMNS
        case _:
            msg = f"{role.value} sees no participants"
            raise ValueError(msg)


def workbook_columns_for(role: Role) -> Sequence[ParticipantColumn]:
    """The columns of an Excel download: a partner's tells of a prior induction too, as the list does in a hint."""
    return (*columns_for(role), _PRIOR_INDUCTION) if role is Role.DELIVERY_PARTNER else columns_for(role)


def extended_columns_for(role: Role) -> Sequence[Column[ListedParticipant]]:
    """The columns of an extended file: those of the list, and what the list and a participant's page say beside them.

    They are since when the status holds, who needs to act, a prior induction, and the day on which the training record
    was last updated.
    """
    return (*columns_for(role), *_BEYOND_THE_LIST)


def neutralised(cell: str) -> str:
    """The cell with an apostrophe before a first character that a spreadsheet would run (ASVS 1.2.10, OWASP)."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


def as_written(cell: str) -> str:
    """The cell without the apostrophe that `neutralised` put before it; other apostrophes stay."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(DANGEROUS) else cell


def raw(cell: str) -> str:
    """The cell as it is, for programs that read it (security.md 37, ``--raw``)."""
    return cell


def csv_chunks(
    rows: Iterable[Row], columns: Sequence[Column[Row]], *, safe: Callable[[str], str] = neutralised
) -> Iterator[bytes]:
    """The CSV of *rows* in pieces: always a header, LF line ends, RFC 4180 quoting, UTF-8 without a byte-order mark."""
    yield csv_header(columns)
    source = iter(rows)
    while chunk := list(islice(source, _CHUNK_ROWS)):
        yield _lines([safe(column.cell(row)) for column in columns] for row in chunk)


def csv_header(columns: Sequence[Column[Row]]) -> bytes:
    """The first line of a CSV: the names of its columns."""
    return _lines([[column.name for column in columns]])


def csv_cell(text: str) -> str:
    """A cell of a CSV, neutralised for spreadsheets and in quotes where it needs them."""
    return _lines([[neutralised(text), ""]]).decode().removesuffix(",\n")  # a single blank cell would be quoted


def csv_line(row: ListedParticipant, role: Role) -> str:
    """The line of a row as this role sees it, without its end."""
    return _lines([[neutralised(column.cell(row)) for column in columns_for(role)]]).decode().removesuffix("\n")


def listing_csv(rows: Iterable[ListedParticipant], role: Role, *, safe: bool = True) -> Iterator[bytes]:
    """The CSV of rows of a listing as this role sees them; *safe* neutralises cells for spreadsheets."""
    return csv_chunks(rows, columns_for(role), safe=neutralised if safe else raw)


def csv_writer(out: "SupportsWrite") -> "CsvWriter":
    """A writer of CSV into *out*: LF ends a row, and a cell with a line end of any kind in it is quoted."""
    return csv.writer(_Rows(out), lineterminator="\n\r")


class SupportsWrite(Protocol):
    """A file or buffer to which text is written."""

    def write(self, text: str, /) -> object:
        """Take some text."""


class CsvWriter(Protocol):
    """Writes rows of cells."""

    def writerow(self, row: Iterable[str], /) -> object:
        """Write a row."""

    def writerows(self, rows: Iterable[Iterable[str]], /) -> object:
        """Write some rows."""


@frozen
class _Rows:
    """Python 3.11's csv quotes only the line ends that end its rows: so rows end with CR LF, and the CR is removed."""

    _out: SupportsWrite

    def write(self, row: str, /) -> object:
        return self._out.write(row[:-1])


def _lines(cells: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv_writer(text).writerows(cells)
    return text.getvalue().encode()
