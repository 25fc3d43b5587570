"""The tables beside the listings that an import writes: what was imported, the teacher records, and earlier versions.

`checkdata.adapters.sql.generation_schema` has the listings themselves, and the records that they are made of.
"""

from typing import Any, Final

from sqlalchemy import Boolean, Column, Date, Index, Integer, PrimaryKeyConstraint, Table, Text

from checkdata.adapters.sql.column_types import Details, Moment, Number, Words
from checkdata.adapters.sql.listing_fields import SHOWN, field_columns
from checkdata.adapters.sql.schema import metadata

imports: Final = Table(
    "imports",
    metadata,
    Column("number", Number, primary_key=True),
    Column("id", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("today", Date, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("generation", Number, nullable=False),
    Column("holds_until", Date),
)
"""``number`` tells their order. ``generation`` is the number of the generation that they show, made by themselves or
by an earlier one; its statuses hold from ``today`` until ``holds_until``, that day not."""

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
    Column("merged_into", Words),
    Column("person_key", Words, nullable=False, index=True),
)

HISTORY_COLUMNS: Final = ("sort_key", *SHOWN[1:])
"""The columns of a row that are kept when its version ends; never the state behind its group (security.md 45)."""


def _history(name: str, organisation: str) -> Table:
    columns = {"sort_key": Column("sort_key", Words, nullable=False), **field_columns()}
    table = Table(
        name,
        metadata,
        Column(organisation, Words, primary_key=True),
        Column("participant_id", Words, primary_key=True),
        Column("shown_from", Number, primary_key=True, autoincrement=False),
        Column("shown_until", Number, nullable=False),
        *(columns[name] for name in HISTORY_COLUMNS),
        sqlite_with_rowid=False,
    )
    Index(f"ix_{name}_{organisation}", table.c[organisation], table.c.shown_until)
    return table


partner_history: Final = _history("partner_history", "delivery_partner_id")
"""Versions of rows that are no longer shown: from import ``shown_from`` up to, but not including, ``shown_until``."""
body_history: Final = _history("body_history", "appropriate_body_id")

COUNTED: Final = ("lead_provider_id", "academic_year", "role", "status", "next")
"""What participants are counted by whose counts are kept."""


def _counts(name: str, organisation: str) -> Table:
    columns = field_columns()
    day: Column[Any] = Column("day", Date, nullable=False)
    kind = (Column(counted, columns[counted].type, nullable=False) for counted in COUNTED)
    key: list[Column[Any]] = [Column(organisation, Words, nullable=False), day, *kind]
    return Table(
        name,
        metadata,
        *key,
        Column("number", Integer, nullable=False),
        PrimaryKeyConstraint(*(column.name for column in key)),
        Index(f"ix_{name}_day", day),
        sqlite_with_rowid=False,
    )


partner_counts: Final = _counts("partner_counts", "delivery_partner_id")
"""How many participants of each kind a listing had on a day (`checkdata.domain.listing.counts.PastCount`).

``lead_provider_id`` is "" where there is none.
"""
body_counts: Final = _counts("body_counts", "appropriate_body_id")
