"""What a listing says of all participants of a kind, told by one example of it that the domain derives.

What is said of a participant with a single record, which no teacher record decides, depends on what the record has in
common with many others. The database makes the others' rows like that of the example.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    Table,
    and_,
    case,
    exists,
    false,
    func,
    select,
    true,
)

from checkdata.adapters.sql.bulk import fill
from checkdata.adapters.sql.csv_line_expression import joined, safe_cell
from checkdata.adapters.sql.feed_store.next_generation import NextGeneration
from checkdata.adapters.sql.feed_store.work_tables import (
    CSV_KIND_FIELDS,
    HIDEABLE,
    KIND_COLUMNS,
    kinds_of,
    school_names,
    several_records,
)
from checkdata.adapters.sql.generation_schema import listing_columns, record_kinds, training_records
from checkdata.adapters.sql.listing_fields import SHOWN, cells_from_listed
from checkdata.adapters.sql.listings import LISTINGS, Listing
from checkdata.domain.feed.contents import DueParticipant
from checkdata.domain.feed.record_words import OWN_FIELDS, record_of
from checkdata.domain.listing.columns import ParticipantColumn, columns_for, csv_cell
from checkdata.domain.listing.rows import FIELDS, ListingEntry
from checkdata.domain.ports import Derive

Cells = tuple[Any, ...]

_EXAMPLE: Final = {
    "record_id": "example",
    "participant_id": "example",
    "full_name": "Example",
    "email": "a@example.org",
    "trn": "0000000",
    "delivery_partner_id": "example",
    "appropriate_body_id": "example",
    "induction_tutor_email": "b@example.org",
    "updated_at": "2000-01-01 00:00:00.000000+00:00",
}
"""What a listing says does not depend on these; an organisation sees the participant if the record names it."""

_RECORD: Final = training_records.c
_ALONE: Final = ~exists().where(several_records.c.participant_id == _RECORD.participant_id)


class Decided(Enum):
    """Which participants are listed as the example of their kind is."""

    BY_ANYTHING = "all"
    BY_THE_FEED = "those whom no teacher record decides"
    BY_NOTHING = "none"


_KINDS: Final[Mapping[Decided, ColumnElement[bool]]] = {
    Decided.BY_ANYTHING: true(),
    Decided.BY_THE_FEED: record_kinds.c.trn_validated.is_not(None),
    Decided.BY_NOTHING: false(),
}


class KindExamples:
    """The kinds of participants that are listed as an example of them is."""

    def __init__(self, making: NextGeneration, decided: Decided) -> None:
        self._making = making
        self._decided = _KINDS[decided]

    def derive(self, derive: Derive, school_urn: str) -> date | None:
        """Derive an example of each kind; the first day on which one of them is listed otherwise."""
        kinds = self._making.connection.execute(select(record_kinds).where(self._decided))
        rows: dict[str, list[Cells]] = {listing.rows.name: [] for listing in LISTINGS}
        days = []
        for number, has_trn, *shared in kinds.all():
            _, entries, holds_until = derive(_example(shared, school_urn, has_trn=has_trn))
            days.append(holds_until)
            for entry in entries:
                listing = next(listing for listing in LISTINGS if isinstance(entry.viewer, listing.viewer))
                rows[listing.rows.name].append((number, *_said(entry)))
        for name, made in rows.items():
            fill(self._making.connection, kinds_of[name], made)
            self._making.analyze(kinds_of[name].c.kind)
        return min(filter(None, days), default=None)

    def others(self) -> CompoundSelect[Any]:
        """The participants who are derived one by one: with several records, or decided by a teacher record."""
        undecided = (
            select(_RECORD.participant_id)
            .join(record_kinds, record_kinds.c.number == _RECORD.kind)
            .where(~self._decided)
        )
        with_records = select(_RECORD.participant_id).join(
            several_records, several_records.c.participant_id == _RECORD.participant_id
        )
        return with_records.union(undecided)

    def still_gone(self, listing: Listing, known: FromClause, gone: Sequence[str]) -> Select[Any]:
        """Those of *known* participants who are no longer involved, and in the same group as then where it is told."""
        kind = kinds_of[listing.rows.name].c
        organisation = listing.organisation
        same_row = and_(
            known.c.participant_id == _RECORD.participant_id, known.c[organisation] == _RECORD[organisation]
        )
        same_group = func.coalesce(known.c.status_group, kind.status_group) == kind.status_group
        return (
            select(_RECORD[organisation], _RECORD.participant_id)
            .join(kinds_of[listing.rows.name], kind.kind == _RECORD.kind)
            .join(known, same_row)
            .where(_ALONE, kind.status_group.in_(gone), same_group)
        )

    def rows(self, listing: Listing) -> Select[Any]:
        """Their rows in a listing, with the columns of `listing_columns`, but not yet since when."""
        kind, school = kinds_of[listing.rows.name], school_names.c
        shown: dict[str, ColumnElement[Any]] = {
            **{column.name: column for column in training_records.columns},
            **{name: kind.c[name] for name in (*KIND_COLUMNS, "state")},
            **{name: _where_shown(kind, name, func.coalesce(_RECORD[name], "")) for name in HIDEABLE},
            "email_key": _where_shown(kind, "email", _RECORD.email_key),
            "school": school.name,
        }
        line = joined([_csv_cell(listing, shown, column) for column in columns_for(listing.viewer.role)])
        return (
            select(
                line.label("csv_line"),
                *(shown[column.name].label(column.name) for column in listing_columns(listing.organisation)),
            )
            .select_from(training_records)
            .join(kind, kind.c.kind == _RECORD.kind)
            .join(school_names, school.urn == _RECORD.school_urn)
            .where(_ALONE, _RECORD[listing.organisation].is_not(None), *self._in_view(listing))
        )

    def keys(self, listing: Listing, names: Sequence[str]) -> Select[Any]:
        """Only these columns of the records that the same rows are made of."""
        kind = kinds_of[listing.rows.name].c
        return (
            select(_RECORD[listing.organisation], *(_RECORD[name] for name in names))
            .join(kinds_of[listing.rows.name], kind.kind == _RECORD.kind)
            .where(_ALONE, _RECORD[listing.organisation].is_not(None), *self._in_view(listing))
        )

    def _in_view(self, listing: Listing) -> Iterator[ColumnElement[bool]]:
        """That a participant has not left view; not asked where nobody has."""
        left = listing.departed.c
        if self._making.connection.execute(select(exists(select(listing.departed)))).scalar_one():
            is_theirs = left.participant_id == _RECORD.participant_id
            yield ~exists().where(is_theirs, left[listing.organisation] == _RECORD[listing.organisation])


def _csv_cell(listing: Listing, shown: Mapping[str, ColumnElement[Any]], of: ParticipantColumn) -> ColumnElement[str]:
    """A cell of the line of a download, from what is quoted and neutralised already where that is the same for many."""
    if of.field in CSV_KIND_FIELDS[listing.viewer]:
        return kinds_of[listing.rows.name].c[f"csv_{of.field}"]
    if of.field == "school":
        return school_names.c.csv_cell
    return safe_cell(shown[of.field]) if FIELDS[of.field].free_text else shown[of.field]


def _where_shown(kind: Table, name: str, cell: ColumnElement[str]) -> ColumnElement[str]:
    return case((kind.c[f"shows_{name}"] == 1, cell), else_="")


def _example(shared: Sequence[Any], school_urn: str, *, has_trn: bool) -> DueParticipant:
    own = {**_EXAMPLE, "school_urn": school_urn, "trn": _EXAMPLE["trn"] if has_trn else None}
    record = record_of(tuple(own.get(name) for name in OWN_FIELDS), tuple(shared))
    return DueParticipant(participant_id=record.participant_id, records=(record,), before={})


def _said(entry: ListingEntry) -> Cells:
    cells = dict(zip(SHOWN, cells_from_listed(entry.listed), strict=True))
    shows = (int(cells[name] != "") for name in HIDEABLE)
    columns = {column.field: column for column in columns_for(entry.viewer.role)}
    in_csv = (csv_cell(columns[name].cell(entry.listed)) for name in CSV_KIND_FIELDS[type(entry.viewer)])
    return (*shows, *(cells[name] for name in KIND_COLUMNS), entry.state.value, *in_csv)
