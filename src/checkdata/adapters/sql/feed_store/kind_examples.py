"""What a listing says of all participants of a kind, told by one example of it that the domain derives.

What is said of a participant with a single record, which no teacher record decides, depends on what the record has in
common with many others. The database makes the others' rows like that of the example.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from checkdata.adapters.sql.feed_store.listing_rows import Cells, kind_cells
from checkdata.adapters.sql.feed_store.next_generation import NextGeneration
from checkdata.adapters.sql.feed_store.shown_schools import with_schools
from checkdata.adapters.sql.feed_store.work_tables import (
    CSV_KIND_FIELDS,
    HIDEABLE,
    KIND_COLUMNS,
    LISTED_COLUMNS,
    derived_rows,
    kinds_of,
    several_records,
)
from checkdata.adapters.sql.generation_schema import listing_columns, record_kinds, training_records
from checkdata.adapters.sql.listings import LISTINGS, Listing
from checkdata.domain.feed.contents import DueParticipant
from checkdata.domain.feed.record_words import OWN_FIELDS, record_of
from checkdata.domain.listing.columns import ParticipantColumn, columns_for
from checkdata.domain.listing.rows import FIELDS
from checkdata.domain.ports import Derive

Told = Callable[[Table], Sequence[ColumnElement[Any]]]
"""Columns of a table that has the columns of a training record."""

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
                rows[listing.rows.name].append(kind_cells(entry, number, self._making.counted_kinds))
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

    def participants(self, listing: Listing, told: Told) -> CompoundSelect[Any]:
        """What is *told* of each participant in a listing, by the training record or what was derived of it."""
        alike = select(*told(training_records)).where(*self._alike(listing))
        return alike.union_all(select(*told(derived_rows[listing.rows.name])))

    def rows(self, listing: Listing, found: FromClause) -> Select[Any]:
        """The rows of *found* participants, with the columns of `listing_columns`, but not yet since when."""
        kind, own = kinds_of[listing.rows.name], found.c
        source, school = with_schools(
            self._making.connection, listing, found, found.join(kind, kind.c.kind == own.kind)
        )
        shown: dict[str, ColumnElement[Any]] = {
            **{name: kind.c[name] for name in (*KIND_COLUMNS, "state")},
            **{name: own[name] for name in (listing.organisation, *LISTED_COLUMNS)},
            **{name: _where_shown(kind, name, func.coalesce(own[name], "")) for name in HIDEABLE},
            "email_key": _where_shown(kind, "email", own.email_key),
            "school": school["name"],
        }
        in_csv = {**shown, "school": school["csv_cell"]}
        line = joined([_csv_cell(listing, in_csv, column) for column in columns_for(listing.viewer.role)])
        cells = (shown[column.name].label(column.name) for column in listing_columns(listing.organisation))
        return select(own.n, own.kind, kind.c.counted_as, line.label("csv_line"), *cells).select_from(source)

    def _alike(self, listing: Listing) -> Iterator[ColumnElement[bool]]:
        """That a record lists a participant as the example of its kind is; what none does is not asked of each."""
        organisation, left = _RECORD[listing.organisation], listing.departed
        yield organisation.is_not(None)
        yield _RECORD.kind.in_(select(kinds_of[listing.rows.name].c.kind))
        if self._is_any(several_records):
            yield _ALONE
        if self._is_any(left):
            is_theirs = left.c.participant_id == _RECORD.participant_id
            yield ~exists().where(is_theirs, left.c[listing.organisation] == organisation)

    def _is_any(self, table: Table) -> bool:
        found: bool = self._making.connection.execute(select(exists(select(table)))).scalar_one()
        return found


def _csv_cell(listing: Listing, shown: Mapping[str, ColumnElement[Any]], of: ParticipantColumn) -> ColumnElement[str]:
    """A cell of the line of a download, from what is quoted and neutralised already where that is the same for many."""
    if of.field in CSV_KIND_FIELDS[listing.viewer]:
        return kinds_of[listing.rows.name].c[f"csv_{of.field}"]
    is_safe = of.field == "school" or not FIELDS[of.field].free_text
    return shown[of.field] if is_safe else safe_cell(shown[of.field])


def _where_shown(kind: Table, name: str, cell: ColumnElement[str]) -> ColumnElement[str]:
    return case((kind.c[f"shows_{name}"] == 1, cell), else_="")


def _example(shared: Sequence[Any], school_urn: str, *, has_trn: bool) -> DueParticipant:
    own = {**_EXAMPLE, "school_urn": school_urn, "trn": _EXAMPLE["trn"] if has_trn else None}
    record = record_of(tuple(own.get(name) for name in OWN_FIELDS), tuple(shared))
    return DueParticipant(participant_id=record.participant_id, records=(record,), before={})
