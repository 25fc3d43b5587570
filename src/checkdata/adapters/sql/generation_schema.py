"""The tables of one generation of listings: the records as they came in, and what is shown of them.

Each import makes a generation of its own beside the one that is read, and none is changed once it is shown
(0019-a-generation-for-each-import.md): `checkdata.adapters.sql.generations` says where they are. These tables are not
in the service's own schema; a connection finds those of the generation that it sees.

A listing is flat and in order, because the layout of the rows decides how fast a page, a search and a download are
(0002-flat-listings.md): ``pos`` is a row's place in its organisation's order, from 1. ``csv_line`` is what a download
says of the row (`checkdata.domain.listing.columns.csv_line`); it stands before the other columns, because PostgreSQL
passes every column on its way to a later one. What only a search looks at stands in a narrow table of its own, the
*words* of a listing: a search reads every row of an organisation, and fetching wide ones takes longer than looking at
them. ``shown_from`` is the number of the import since which a row shows what it shows
(`checkdata.domain.listing.history`). ``kind`` numbers which values of all filters a row has; its words say it too, and
its tally, so that a search is counted by it.
"""

from functools import cache
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    FromClause,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from checkdata.adapters.sql.column_types import Moment, Number, Words
from checkdata.adapters.sql.listing_fields import field_columns
from checkdata.domain.feed.record_words import SHARED_FIELDS
from checkdata.domain.listing.filters import FILTERED_FIELDS

generation: Final = MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s"})
"""Every table of a generation."""

_SHARED_TYPES: Final[dict[str, Any]] = {
    "academic_year": Integer,
    **dict.fromkeys(("trn_validated", "school_transfer", "check_failed"), Boolean),
}

record_kinds: Final = Table(
    "record_kinds",
    generation,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("has_trn", Boolean, nullable=False),
    *(Column(name, _SHARED_TYPES.get(name, Words)) for name in SHARED_FIELDS),
)
"""What many training records have in common (`checkdata.domain.feed.pieces.RecordKind`); days are words here."""

training_records: Final = Table(
    "training_records",
    generation,
    Column("record_id", Words, nullable=False),
    Column("participant_id", Words, nullable=False),
    Column("full_name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("trn", Words),
    Column("school_urn", Words, nullable=False),
    Column("delivery_partner_id", Words),
    Column("appropriate_body_id", Words),
    Column("induction_tutor_email", Text, nullable=False),
    Column("date_of_birth", Words),
    Column("updated_at", Moment, nullable=False),
    Column("person_key", Words),
    Column("sort_key", Words, nullable=False),
    Column("email_key", Words, nullable=False),
    Column("kind", Integer, nullable=False),
    Column("line", Integer),
)
"""The columns are ``PIECE_FIELDS``. ``line`` is the line of the feed that told the record, None where the last feed did
not: it was carried over."""

Index("ix_training_records_record_id", training_records.c.record_id, unique=True)
Index("ix_training_records_participant_id", training_records.c.participant_id)


def listing_columns(organisation: str) -> tuple[Column[Any], ...]:
    """The columns of a listing but for ``pos``, ``csv_line`` and ``shown_from``; *organisation* names its key."""
    participant, *others = field_columns().values()
    return (
        Column(organisation, Words, nullable=False),
        participant,
        Column("sort_key", Words, nullable=False),
        Column("email_key", Words, nullable=False),
        *others,
        Column("state", Words, nullable=False),
    )


PLACE: Final = "place"
"""How the name of an index begins that SQLite does not need, because it keeps the rows in that order."""


def _in_place(organisation: str) -> tuple[Column[Any], ...]:
    return (Column(organisation, Words, nullable=False), Column("pos", Integer, nullable=False))


def _by_place(organisation: str) -> PrimaryKeyConstraint:
    """SQLite keeps the rows in this order; PostgreSQL gets the index afterwards, all at once."""
    return PrimaryKeyConstraint(organisation, "pos").ddl_if(dialect="sqlite")


def _listing(name: str, organisation: str) -> Table:
    table = Table(
        name,
        generation,
        *_in_place(organisation),
        Column("csv_line", Text, nullable=False),
        *(column for column in listing_columns(organisation) if column.name != organisation),
        Column("kind", Integer, nullable=False),
        Column("shown_from", Number, nullable=False),
        _by_place(organisation),
        sqlite_with_rowid=False,
    )
    Index(f"{PLACE}_{name}", table.c[organisation], table.c.pos, unique=True)
    Index(f"ix_{name}_participant_id", table.c.participant_id, table.c[organisation], unique=True)
    Index(f"ix_{name}_school_urn", table.c[organisation], table.c.school_urn, table.c.pos, table.c.next)
    Index(f"ix_{name}_shown_from", table.c[organisation], table.c.shown_from)
    return table


SEARCHED_COLUMNS: Final = ("school_urn", *dict.fromkeys(("lead_provider_id", *FILTERED_FIELDS)))
"""What filters and scopes may ask beside a search."""


def _words(name: str, organisation: str) -> Table:
    columns = field_columns()
    table = Table(
        name,
        generation,
        *_in_place(organisation),
        Column("kind", Integer, nullable=False),
        Column("search", Words, nullable=False),
        Column("email_key", Words, nullable=False),
        *(columns[name] for name in SEARCHED_COLUMNS),
        _by_place(organisation),
        sqlite_with_rowid=False,
    )
    Index(f"{PLACE}_{name}", table.c[organisation], table.c.pos, unique=True)
    return table


def _tallies(name: str, organisation: str) -> Table:
    columns = field_columns()
    counted = tuple(dict.fromkeys(("lead_provider_id", *FILTERED_FIELDS)))
    table = Table(
        name,
        generation,
        Column(organisation, Words, nullable=False),
        *(Column(name, columns[name].type, nullable=False) for name in counted),
        Column("kind", Integer, nullable=False),
        Column("number", Integer, nullable=False),
        PrimaryKeyConstraint(organisation, *counted).ddl_if(dialect="sqlite"),
        sqlite_with_rowid=False,
    )
    Index(f"{PLACE}_{name}", table.c[organisation])
    return table


KINDS_AT_SCHOOLS: Final = ("school_urn", "lead_provider_id", "academic_year", "role", "next")
"""What the participants of a listing are counted by for its schools, so that a scope bounds the counts."""


def _schools(name: str, organisation: str) -> Table:
    columns = field_columns()
    table = Table(
        name,
        generation,
        Column(organisation, Words, nullable=False),
        *(Column(name, columns[name].type, nullable=False) for name in KINDS_AT_SCHOOLS),
        Column("school", Text, nullable=False),
        Column("number", Integer, nullable=False),
        PrimaryKeyConstraint(organisation, *KINDS_AT_SCHOOLS).ddl_if(dialect="sqlite"),
        sqlite_with_rowid=False,
    )
    Index(f"{PLACE}_{name}", table.c[organisation])
    return table


def _departed(name: str, organisation: str) -> Table:
    return Table(
        name,
        generation,
        Column(organisation, Words, primary_key=True),
        Column("participant_id", Words, primary_key=True),
        sqlite_with_rowid=False,
    )


partner_listing: Final = _listing("partner_listing", "delivery_partner_id")
body_listing: Final = _listing("body_listing", "appropriate_body_id")
partner_words: Final = _words("partner_words", "delivery_partner_id")
"""Of each row of a listing, by its position, what a search looks at; ``search`` is the folded name, the folded school
and the TRN, on a line each."""
body_words: Final = _words("body_words", "appropriate_body_id")
partner_tallies: Final = _tallies("partner_tallies", "delivery_partner_id")
"""How many rows of a listing there are of each ``kind``, by which its words count what a search finds.

``lead_provider_id`` is "" where there is none.
"""
body_tallies: Final = _tallies("body_tallies", "appropriate_body_id")
partner_schools: Final = _schools("partner_schools", "delivery_partner_id")
"""How many rows of a listing each school has of each kind; ``school`` is its name of today, the same for a URN."""
body_schools: Final = _schools("body_schools", "appropriate_body_id")
partner_departed: Final = _departed("partner_departed", "delivery_partner_id")
"""The participants who have left a listing's view: they are not listed again until they are involved again."""
body_departed: Final = _departed("body_departed", "appropriate_body_id")

BEFORE: Final = "before"
"""The schema in which the tables of the generation before are found while the next one is made."""


@cache
def before(table: Table) -> FromClause:
    """The same table of the generation before, under a name of its own: SQLite would take one for the other."""
    return table.to_metadata(MetaData(), schema=BEFORE).alias(f"{table.name}_{BEFORE}")
