"""The tables of nominations, their steps, and the links by which lead providers answer."""

from typing import Final

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, Table, Text, false

from checkdata.adapters.sql.column_types import Moment, Words
from checkdata.adapters.sql.schema import metadata

nominations: Final = Table(
    "nominations",
    metadata,
    Column("id", Words, primary_key=True),
    Column("email", Words, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("user_id", Words),
    Column("old_email", Words),
    Column("is_second", Boolean, nullable=False, server_default=false()),
    Column("role", Words, nullable=False),
    Column("organisation_id", Words, nullable=False),
    Column("nominated_by", Words, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("renews", Words),
    Column("received_at", Moment, nullable=False),
    Column("closed_at", Moment, index=True),
    Column("steps", Integer, nullable=False),
)
"""``steps`` is how many were taken, so that of two users who take the next step, only one succeeds."""

Index(
    "uq_nominations_open",
    nominations.c.email,
    nominations.c.role,
    nominations.c.organisation_id,
    unique=True,
    sqlite_where=nominations.c.closed_at.is_(None),
    postgresql_where=nominations.c.closed_at.is_(None),
)

nomination_steps: Final = Table(
    "nomination_steps",
    metadata,
    Column("nomination_id", Words, ForeignKey("nominations.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("taken_by", Words),
    Column("note", Text, nullable=False),
    Column("lead_provider_id", Words),
    Column("contact", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("answered_on", Date),
    Column("former_name", Text, nullable=False, server_default=""),
)

confirmation_links: Final = Table(
    "confirmation_links",
    metadata,
    Column("digest", Words, primary_key=True),
    Column("nomination_id", Words, ForeignKey("nominations.id"), nullable=False, index=True),
    Column("lead_provider_id", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

confirmation_visits: Final = Table(
    "confirmation_visits",
    metadata,
    Column("digest", Words, primary_key=True),
    Column("nomination_id", Words, ForeignKey("nominations.id"), nullable=False, index=True),
    Column("lead_provider_id", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("ends_at", Moment, nullable=False),
)
