"""Tables in which an import works beside the generation that it makes; they are gone before that is shown."""

from typing import Final

from sqlalchemy import Boolean, Column, Integer, MetaData, Table, Text

from checkdata.adapters.sql.column_types import Number, Words
from checkdata.adapters.sql.feed_schema import HISTORY_COLUMNS
from checkdata.adapters.sql.generation_schema import record_kinds, training_records
from checkdata.adapters.sql.listing_fields import COLUMN_OF, SHOWN, field_columns
from checkdata.adapters.sql.listings import LISTINGS, Listing
from checkdata.domain.listing.columns import columns_for
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, Role

work: Final = MetaData()
"""Every such table."""

OWN_COLUMNS: Final = (
    "participant_id",
    "full_name",
    "email",
    "trn",
    "school",
    "school_urn",
    "induction_tutor_email",
    "updated_at",
)
"""The columns of a listing that say what is a participant's own; the others are the same for all of a kind."""

HIDEABLE: Final = ("email", "trn", "induction_tutor_email")
"""Those of them that are blank for some kinds of participants, or in one of the listings."""

LISTED_COLUMNS: Final = (
    "participant_id",
    "sort_key",
    "full_name",
    "email",
    "email_key",
    "trn",
    "school_urn",
    "induction_tutor_email",
    "updated_at",
    "kind",
)
"""The columns of a training record that a listing is made of, beside the organisation."""

KIND_COLUMNS: Final = tuple(name for name in SHOWN if name not in OWN_COLUMNS)
"""The columns of a listing that an example of a kind tells for all others."""

CSV_KIND_FIELDS: Final = {
    viewer: tuple(column.field for column in columns_for(role) if COLUMN_OF[column.field] not in OWN_COLUMNS)
    for viewer, role in ((DeliveryPartner, Role.DELIVERY_PARTNER), (AppropriateBody, Role.APPROPRIATE_BODY))
}
"""The fields of a download's columns whose cells are the same for all of a kind, by whose download it is."""

refused_rows: Final = Table(
    "refused_rows",
    work,
    Column("line", Integer, nullable=False),
    Column("record_id", Words, nullable=False),
    Column("participant_id", Words, nullable=False),
    Column("role", Words),
)
"""The refused rows of a feed, of which the record id can be read."""

refused_lines: Final = Table("refused_lines", work, Column("line", Integer, primary_key=True, autoincrement=False))
"""Lines of rows that are refused after all."""

several_records: Final = Table("several_records", work, Column("participant_id", Words, primary_key=True))
"""Participants with more than one record, and those of refused rows."""

due_participants: Final = Table(
    "due_participants",
    work,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("participant_id", Words, nullable=False),
)
"""Participants that are derived one by one, numbered in their order from 1."""

places: Final = Table(
    "places",
    work,
    Column("n", Integer, primary_key=True),
    Column("single", Boolean, nullable=False),
    Column("row", Integer, nullable=False),
)
"""On SQLite, the participants of a listing in its order: which row of which table each is."""

firsts: Final = Table(
    "firsts",
    work,
    Column("organisation", Words, primary_key=True),
    Column("before", Integer, nullable=False),
)
"""How many rows of a listing stand before the first one of each organisation."""

school_names: Final = Table(
    "school_names",
    work,
    Column("urn", Words, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded", Words, nullable=False),
    Column("csv_cell", Text, nullable=False),
)
"""Schools as a listing shows and finds them, and as a cell of a download."""


other_schools: Final = Table(
    "other_schools",
    work,
    Column("listing", Words, primary_key=True),
    Column("organisation", Words, primary_key=True),
    Column("participant_id", Words, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded", Words, nullable=False),
    Column("csv_cell", Text, nullable=False),
)
"""Schools of participants who are listed with another name of theirs than they have now: as it was shown last."""


def _kinds(listing: Listing) -> Table:
    columns = field_columns()
    return Table(
        f"kinds_of_{listing.rows.name}",
        work,
        Column("kind", record_kinds.c.number.type, primary_key=True, autoincrement=False),
        Column("counted_as", Integer, nullable=False),
        *(Column(f"shows_{name}", Integer, nullable=False) for name in HIDEABLE),
        *(Column(name, columns[name].type) for name in KIND_COLUMNS),
        Column("state", Words, nullable=False),
        *(Column(f"csv_{name}", Text, nullable=False) for name in CSV_KIND_FIELDS[listing.viewer]),
    )


def _derived(listing: Listing) -> Table:
    columns = (Column(name, training_records.c[name].type) for name in LISTED_COLUMNS)
    return Table(f"derived_{listing.rows.name}", work, Column(listing.organisation, Words, nullable=False), *columns)


def _changed(listing: Listing) -> Table:
    columns = {"sort_key": Column("sort_key", Words), **field_columns()}
    return Table(
        f"changed_{listing.rows.name}",
        work,
        Column("gone", Boolean, nullable=False),
        Column("stands", Boolean, nullable=False),
        Column(listing.organisation, Words),
        Column("participant_id", Words),
        Column("shown_from", Number),
        *(Column(name, columns[name].type) for name in HISTORY_COLUMNS),
    )


kinds_of: Final = {listing.rows.name: _kinds(listing) for listing in LISTINGS}
"""What a listing says of all participants of a kind, by the listing's name; below 0 of a participant by itself.

``counted_as`` is the number of the kind as which the tallies of the listing count them.
"""

derived_rows: Final = {listing.rows.name: _derived(listing) for listing in LISTINGS}
"""Participants that were derived one by one, each of a kind of its own, by the listing's name."""

changed_rows: Final = {listing.rows.name: _changed(listing) for listing in LISTINGS}
"""Rows of the generation before that are gone or differ now, by the listing's name; where the version *stands*, only
what is not shown differs."""
