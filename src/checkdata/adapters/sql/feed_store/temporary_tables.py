"""Tables in which an import works before it writes; nobody else sees them, and they end with its unit of work."""

from typing import Any, Final

from sqlalchemy import Boolean, Column, Date, Index, Integer, MetaData, Table

from checkdata.adapters.sql.column_types import Words
from checkdata.adapters.sql.feed_schema import listing_columns, teacher_records, training_records
from checkdata.adapters.sql.listings import LISTINGS, Listing

_metadata: Final = MetaData()


def _temporary(name: str, *columns: Column[Any]) -> Table:
    return Table(name, _metadata, *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")


def _like(table: Table) -> list[Column[Any]]:
    return [Column(column.name, column.type) for column in table.columns]


staged_records: Final = _temporary(
    "staged_records", *_like(training_records), Column("line", Integer), Column("refused", Boolean)
)
"""The rows of a feed; of a refused one there are its keys alone."""
Index("ix_staged_records", staged_records.c.record_id, staged_records.c.line)

refused_lines: Final = _temporary("refused_lines", Column("line", Integer, primary_key=True, autoincrement=False))

differing_records: Final = _temporary(
    "differing_records", Column("record_id", Words, primary_key=True), Column("added", Boolean)
)
"""Staged records that are new, or not as they are stored."""

staged_teachers: Final = _temporary("staged_teachers", *_like(teacher_records))

differing_teachers: Final = _temporary("differing_teachers", Column("trn", Words), Column("person_key", Words))
"""By what the training records are found that teacher records may decide: as these were, and as they are now."""

touched_names: Final = _temporary("touched_names", Column("school_urn", Words), Column("lead_provider_id", Words))
"""Schools and lead providers whose name changed."""

touched_participants: Final = _temporary("touched_participants", Column("participant_id", Words))
"""Participants of whom something changed in this unit of work; some more than once."""

due_participants: Final = _temporary(
    "due_participants",
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("participant_id", Words),
)
"""Participants to be derived, numbered in their order from 1."""

relisted_participants: Final = _temporary(
    "relisted_participants",
    Column("participant_id", Words, primary_key=True),
    Column("holds_until", Date),
    Column("gone", Boolean),
)
"""Participants that were derived."""


def _relisted(listing: Listing) -> Table:
    rows = _temporary(f"relisted_{listing.rows.name}", *listing_columns(listing.organisation))
    Index(f"ix_relisted_{listing.rows.name}", rows.c.participant_id, rows.c[listing.organisation])
    return rows


def _touched(listing: Listing) -> Table:
    return _temporary(
        f"touched_{listing.rows.name}", Column(listing.organisation, Words, primary_key=True), Column("rows", Integer)
    )


relisted_rows: Final = {listing.rows.name: _relisted(listing) for listing in LISTINGS}
"""The rows that derived participants have now, by the listing's name."""

touched_organisations: Final = {listing.rows.name: _touched(listing) for listing in LISTINGS}
"""Organisations whose listing is to be made anew, and how many of its rows differ."""
