"""The tables that an import writes: records as they came in, and the listings made of them.

A listing is flat and in order, because the layout of the rows decides how fast a page, a search and a download are
(0002-flat-listings.md): ``pos`` tells a row's place in its organisation's order, with gaps for rows that come later, so
that no other row has to be written for these. Every hundredth row is marked, so that a page is found quickly.
``csv_line`` is what a download says of the row, made by the database from its other columns
(`checkdata.adapters.sql.csv_line_expression`); it stands before them, because PostgreSQL passes every column on its way
to a later one. What a search looks at is repeated in a narrow table, the *words* of a listing: a search reads
every row of an organisation, and fetching wide ones takes longer than looking at them. ``shown_from`` is the number of
the import since which a row shows what it shows (`checkdata.domain.listing.history`).
"""

from typing import Any, Final

from sqlalchemy import Boolean, Column, Computed, Date, Integer, LargeBinary, Table, Text, UniqueConstraint

from checkdata.adapters.sql.column_types import Details, Moment, Number, Words
from checkdata.adapters.sql.csv_line_expression import line_of
from checkdata.adapters.sql.listing_fields import SHOWN, field_columns
from checkdata.adapters.sql.schema import metadata
from checkdata.domain.listing.filters import FILTER_NAMED
from checkdata.domain.people.organisations import Role

imports: Final = Table(
    "imports",
    metadata,
    Column("number", Number, primary_key=True),
    Column("id", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("today", Date, nullable=False),
    Column("made_at", Moment),
)
"""``number`` tells their order; ``made_at`` is blank for those of before it was kept, which were made at ``at``."""

feed_readings: Final = Table(
    "feed_readings",
    metadata,
    Column("key", Words, primary_key=True),
    Column("good", Integer, nullable=False),
    Column("faults", Details, nullable=False),
    Column("warnings", Details, nullable=False),
)
"""The validation result of the training records merged last (`last_verdict`): one row at most."""

teacher_records: Final = Table(
    "teacher_records",
    metadata,
    Column("trn", Words, primary_key=True),
    Column("full_name", Text, nullable=False),
    Column("date_of_birth", Date, nullable=False),
    Column("qts_awarded_on", Date),
    Column("induction_started_on", Date),
    Column("induction_completed_on", Date),
    Column("induction_status", Words),
    Column("active_alert", Boolean, nullable=False),
    Column("person_key", Words, nullable=False, index=True),
)

training_records: Final = Table(
    "training_records",
    metadata,
    Column("record_id", Words, primary_key=True),
    Column("participant_id", Words, nullable=False, index=True),
    Column("role", Words, nullable=False),
    Column("full_name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("trn", Words),
    Column("school_urn", Words, nullable=False),
    Column("academic_year", Integer, nullable=False),
    Column("lead_provider_id", Words),
    Column("delivery_partner_id", Words),
    Column("starts_on", Date, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("date_of_birth", Date),
    Column("trn_validated", Boolean),
    Column("appropriate_body_id", Words),
    Column("partnership", Words),
    Column("programme", Words, nullable=False),
    Column("induction_tutor_email", Text, nullable=False),
    Column("induction_status", Words, nullable=False),
    Column("training_status", Words, nullable=False),
    Column("school_transfer", Boolean, nullable=False),
    Column("ends_on", Date),
    Column("induction_started_on", Date),
    Column("induction_completed_on", Date),
    Column("details_given", Words, nullable=False),
    Column("details_request", Words),
    Column("check_failed", Boolean, nullable=False),
    Column("eligibility", Words),
    Column("eligibility_reason", Words),
    Column("mentees", Words, nullable=False),
    Column("person_key", Words),
    Column("line_digest", LargeBinary),
    sqlite_with_rowid=False,
)
"""``person_key`` is kept where ``trn_validated`` is left to the teacher records, to find whom one of them is about.

``line_digest`` is that of the line of a feed by which the record was told last (`FeedLine`).
"""

line_blocks: Final = Table(
    "line_blocks",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("line_digests", LargeBinary, nullable=False),
    Column("record_ids", Text, nullable=False),
)
"""Blocks of lines by which records were told last (`FeedBlock`), for an import to look up.

Empty, or each record with a ``line_digest`` is in one of them. ``line_digests`` stand one after the other in the order
of ``record_ids``, which are on a line each. The digest of what is no whole block of a feed is longer than any other.
"""

participants: Final = Table(
    "participants",
    metadata,
    Column("participant_id", Words, primary_key=True),
    Column("derived_on", Date, nullable=False),
    Column("holds_until", Date),
    sqlite_with_rowid=False,
)
"""For which day each participant's listings were derived, and until when they hold."""


def listing_columns(organisation: str) -> tuple[Column[Any], ...]:
    """The columns of a listing that an import writes, but for ``pos``, in the order in which rows are staged.

    *organisation* names its key.
    """
    participant, *others = field_columns().values()
    return (
        Column(organisation, Words, nullable=False),
        participant,
        Column("sort_key", Words, nullable=False),
        Column("search", Words, nullable=False),
        Column("email_key", Words, nullable=False),
        *others,
        Column("state", Words, nullable=False),
    )


def _listing(name: str, organisation: str, role: Role) -> Table:
    return Table(
        name,
        metadata,
        Column(organisation, Words, primary_key=True),
        Column("pos", Integer, primary_key=True, autoincrement=False),
        Column("csv_line", Text, Computed(line_of(role), persisted=True), nullable=False),
        *(column for column in listing_columns(organisation) if column.name != organisation),
        Column("shown_from", Number, nullable=False),
        UniqueConstraint("participant_id", organisation),
        sqlite_with_rowid=False,
    )


HISTORY_COLUMNS: Final = ("sort_key", *SHOWN[1:])
"""The columns of a row that are kept when its version ends; never the state behind its group (security.md 45)."""


def _history(name: str, organisation: str) -> Table:
    columns = {column.name: column for column in listing_columns(organisation)}
    return Table(
        name,
        metadata,
        Column(organisation, Words, primary_key=True),
        Column("participant_id", Words, primary_key=True),
        Column("shown_from", Number, primary_key=True, autoincrement=False),
        Column("shown_until", Number, nullable=False),
        *(columns[name] for name in HISTORY_COLUMNS),
        sqlite_with_rowid=False,
    )


def _tallies(name: str, organisation: str) -> Table:
    columns = field_columns()
    return Table(
        name,
        metadata,
        Column(organisation, Words, primary_key=True),
        Column("lead_provider_id", Words, primary_key=True),
        *(Column(name, columns[name].type, primary_key=True, autoincrement=False) for name in FILTER_NAMED),
        Column("number", Integer, nullable=False),
        sqlite_with_rowid=False,
    )


def _marks(name: str, organisation: str) -> Table:
    return Table(
        name,
        metadata,
        Column(organisation, Words, primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("pos", Integer, nullable=False),
        sqlite_with_rowid=False,
    )


SEARCHED_COLUMNS: Final = ("search", "email_key", "school_urn", "lead_provider_id", *FILTER_NAMED)
"""The columns that a search looks at, and those that filters and scopes use with it."""


def _words(name: str, organisation: str) -> Table:
    columns = {column.name: column for column in listing_columns(organisation)}
    return Table(
        name,
        metadata,
        Column(organisation, Words, primary_key=True),
        Column("pos", Integer, primary_key=True, autoincrement=False),
        *(columns[name] for name in SEARCHED_COLUMNS),
        sqlite_with_rowid=False,
    )


partner_listing: Final = _listing("partner_listing", "delivery_partner_id", Role.DELIVERY_PARTNER)
body_listing: Final = _listing("body_listing", "appropriate_body_id", Role.APPROPRIATE_BODY)
partner_history: Final = _history("partner_history", "delivery_partner_id")
"""Versions of rows that are no longer shown: from import ``shown_from`` up to, but not including, ``shown_until``."""
body_history: Final = _history("body_history", "appropriate_body_id")
partner_tallies: Final = _tallies("partner_tallies", "delivery_partner_id")
"""How many rows of a listing there are of each kind; ``lead_provider_id`` is "" where there is none."""
body_tallies: Final = _tallies("body_tallies", "appropriate_body_id")
partner_marks: Final = _marks("partner_marks", "delivery_partner_id")
"""The position of every hundredth row of an organisation; ``number`` 0 is that of its first row."""
body_marks: Final = _marks("body_marks", "appropriate_body_id")
partner_words: Final = _words("partner_words", "delivery_partner_id")
"""For each row of a listing, by its position, what a search looks at."""
body_words: Final = _words("body_words", "appropriate_body_id")
