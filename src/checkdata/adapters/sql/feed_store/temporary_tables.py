"""Tables in which an import works before it writes; only its unit of work sees them, and they end with it."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Boolean, Column, Date, Index, Integer, LargeBinary, MetaData, Table, Text, select

from checkdata.adapters.sql.column_types import Number, Words
from checkdata.adapters.sql.feed_schema import line_blocks, listing_columns, teacher_records, training_records
from checkdata.adapters.sql.listings import LISTINGS, Listing
from checkdata.domain.feed.record_words import OWN_FIELDS, SHARED_FIELDS

_metadata: Final = MetaData()


def _temporary(name: str, *columns: Column[Any]) -> Table:
    return Table(name, _metadata, *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")


def _like(table: Table) -> list[Column[Any]]:
    return [Column(column.name, column.type) for column in table.columns]


def _keyed_like(table: Table) -> list[Column[Any]]:
    return [Column(c.name, c.type, primary_key=c.primary_key, autoincrement=False) for c in table.columns]


def _copies(names: Iterable[str]) -> list[Column[Any]]:
    return [Column(name, training_records.c[name].type) for name in names]


staged_shared: Final = _temporary(
    "staged_shared",
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("has_trn", Boolean),
    *_copies(SHARED_FIELDS),
)
"""What many rows of a feed have in common: cells of which few differ, and whether there is a TRN; not each but once."""

staged_rows: Final = _temporary(
    "staged_rows",
    *_copies((*OWN_FIELDS, "person_key", "line_digest")),
    Column("shared", Integer),
    Column("line", Integer),
    Column("refused", Boolean),
    Column("sort_key", Words),
    Column("email_key", Words),
)
"""The rows of a feed with what a listing has to know of them; only the keys of a refused row."""
Index("ix_staged_rows", staged_rows.c.record_id, staged_rows.c.line)

STAGED: Final = staged_rows.join(staged_shared, staged_rows.c.shared == staged_shared.c.number)

staged_cells: Final = tuple(
    (staged_shared if column.name in SHARED_FIELDS else staged_rows).c[column.name]
    for column in training_records.columns
)
"""The columns of a record, from `STAGED`."""

staged_records: Final = (
    select(*staged_cells, staged_rows.c.line, staged_rows.c.refused).select_from(STAGED).subquery("staged_records")
)
"""The rows of a feed as whole records."""

feed_lines: Final = _temporary("feed_lines", Column("line", Integer), Column("digest", LargeBinary))
"""The lines of a feed's blocks that are not known, unread."""
Index("ix_feed_lines", feed_lines.c.digest)

met_blocks: Final = _temporary(
    "met_blocks",
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("lines", Integer),
    Column("digest", LargeBinary),
    Column("known", Boolean),
)
"""The blocks of a feed: the first line, how many, and whether it is known as a whole."""
Index("ix_met_blocks", met_blocks.c.digest)

new_blocks: Final = _temporary(
    "new_blocks",
    Column("line", Integer),
    *_like(line_blocks),
)
"""What is to be known of a feed's blocks that were not known, by their first lines."""

sought_records: Final = _temporary("sought_records", Column("record_id", Words), Column("digest", LargeBinary))
"""Stored records that are in no known block, and the digest of the line by which each was told last."""
Index("ix_sought_records", sought_records.c.digest)

told_lines: Final = _temporary("told_lines", Column("line", Integer), Column("record_id", Words))
"""The line of each record that was recognised."""
Index("ix_told_lines", told_lines.c.record_id)

untold_records: Final = _temporary("untold_records", Column("record_id", Words, primary_key=True))
"""Stored records of which no line of the feed was recognised."""

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
    rows = _temporary(
        f"relisted_{listing.rows.name}", *listing_columns(listing.organisation), Column("shown_from", Number)
    )
    Index(f"ix_relisted_{listing.rows.name}", rows.c.participant_id, rows.c[listing.organisation])
    return rows


def _touched(listing: Listing) -> Table:
    return _temporary(
        f"touched_{listing.rows.name}",
        Column(listing.organisation, Words, primary_key=True),
        Column("rows", Integer),
        Column("moved", Integer),
    )


def _places(listing: Listing) -> Table:
    return _temporary(
        f"places_{listing.rows.name}",
        Column(listing.organisation, Words),
        Column("participant_id", Words),
        Column("pos", Integer),
        Column("rows", Integer),
        Column("room", Integer),
    )


places: Final = {listing.rows.name: _places(listing) for listing in LISTINGS}
"""Where rows come into a listing; how many together, and how much room there is, by the listing's name."""

relisted_rows: Final = {listing.rows.name: _relisted(listing) for listing in LISTINGS}
"""The rows that derived participants have now, by the listing's name."""

touched_organisations: Final = {listing.rows.name: _touched(listing) for listing in LISTINGS}
"""Organisations of which rows differ: how many, and how many of them come, go, or stand elsewhere in the order."""

differing_tallies: Final = {
    listing.rows.name: _temporary(f"differing_{listing.tallies.name}", *_keyed_like(listing.tallies))
    for listing in LISTINGS
}
"""How many rows more, or fewer, there are of each kind, by the listing's name."""

staged_schools: Final = _temporary(
    "staged_schools",
    Column("urn", Words, primary_key=True),
    Column("name", Text),
    Column("folded", Words),
)
"""Schools as a listing shows and finds them."""

staged_leads: Final = _temporary("staged_leads", Column("id", Words, primary_key=True), Column("name", Text))
"""Lead providers as a listing shows them."""

several_records: Final = _temporary("several_records", Column("participant_id", Words, primary_key=True))
"""Participants with more than one staged record."""


def _kinds(listing: Listing) -> Table:
    return _temporary(
        f"kinds_{listing.rows.name}",
        Column("shared", Integer, primary_key=True, autoincrement=False),
        Column("shows_trn", Boolean),
        Column("state", Words),
        Column("status", Words),
        Column("status_group", Words),
        Column("since", Date),
        Column("since_at_least", Boolean),
        Column("completed_on", Date),
        Column("holds_until", Date),
    )


kinds: Final = {listing.rows.name: _kinds(listing) for listing in LISTINGS}
"""What a listing says of participants with the same staged shared cells, by the listing's name."""
