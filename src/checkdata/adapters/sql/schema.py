"""The tables of people, access, mail and reference data; `checkdata.adapters.sql.feed_schema` has those of the feed.

Ids are the domain's own, so that no look-up is needed between them; words are slugs. Text compares by code point.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint, false

from checkdata.adapters.sql.column_types import Details, Moment, Number, Words

REVISION: Final = max(file.stem[1:5] for file in Path(__file__).parent.glob("migrations/versions/r[0-9]*.py"))
"""The number of the newest migration, which a database must have; the name of its file begins with it."""

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table that lasts; the migrations make the same."""

revisions: Final = Table("alembic_version", MetaData(), Column("version_num", Text, primary_key=True))
"""The table in which alembic keeps the last migration of a database."""

meta: Final = Table(
    "meta",
    metadata,
    Column("name", Words, primary_key=True),
    Column("value", Words, nullable=False),
)
"""Facts about the database itself: the version of the folding that its keys are built with, and `SERVES_FROM`."""

SERVES_FROM: Final = "serves_from"
"""The name of the revision of the earliest version whose code can serve on the tables."""

job_runs: Final = Table(
    "job_runs",
    metadata,
    Column("job", Words, primary_key=True),
    Column("at", Moment, nullable=False),
)
"""When each job ran last."""

lead_providers: Final = Table(
    "lead_providers",
    metadata,
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("contact_email", Words, nullable=False),
)

delivery_partners: Final = Table(
    "delivery_partners",
    metadata,
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
)

appropriate_bodies: Final = Table(
    "appropriate_bodies",
    metadata,
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
)

schools: Final = Table(
    "schools",
    metadata,
    Column("urn", Words, primary_key=True),
    Column("name", Words, nullable=False),
)

agreements: Final = Table(
    "agreements",
    metadata,
    Column("id", Words, primary_key=True),
    Column("lead_provider_id", Words, ForeignKey("lead_providers.id"), nullable=False),
    Column("delivery_partner_id", Words, ForeignKey("delivery_partners.id"), nullable=False, index=True),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("first_academic_year", Integer),
    Column("last_academic_year", Integer),
    Column("covers_unconfirmed", Boolean, nullable=False),
    Column("ended_on", Date),
    Column("added_by_hand", Boolean, nullable=False, server_default=false()),
)

users: Final = Table(
    "users",
    metadata,
    Column("id", Words, primary_key=True),
    Column("email", Words, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("suspended", Boolean, nullable=False),
    Column("second_email", Words),
    Column("second_confirmed_at", Moment),
)

taken_addresses: Final = Table(
    "taken_addresses",
    metadata,
    Column("email", Words, primary_key=True),
    Column("user_id", Words, ForeignKey("users.id"), nullable=False, index=True),
    Column("mailbox", Words, nullable=False, index=True),
)
"""Every address of every user, so that no two have the same one, be it their own or their second."""

grants: Final = Table(
    "grants",
    metadata,
    Column("id", Words, primary_key=True),
    Column("user_id", Words, ForeignKey("users.id"), nullable=False, index=True),
    Column("role", Words, nullable=False),
    Column("organisation_id", Words, nullable=False),
    Column("granted_on", Date, nullable=False),
    Column("granted_by", Words, nullable=False),
    Column("reason", Text, nullable=False),
    Column("confirmed_by", Words),
    Column("ended_on", Date),
    Column("nomination_id", Words),
    Column("confirmed_on", Date),
    Column("still_there_on", Date),
    Column("lapse_reason", Words),
    Column("lapse_told_on", Date),
    Column("lapses_on", Date),
)
change_notes: Final = Table(
    "change_notes",
    metadata,
    Column("user_id", Words, ForeignKey("users.id"), primary_key=True),
    Column("role", Words, primary_key=True),
    Column("organisation_id", Words, primary_key=True),
    Column("frequency", Words, nullable=False),
    Column("told_until", Moment, nullable=False),
    Column("looked_at", Moment, nullable=False),
)
"""Who wants notes of changes, and up to when changes were told."""

Index(
    "uq_grants_open",
    grants.c.user_id,
    grants.c.role,
    grants.c.organisation_id,
    unique=True,
    sqlite_where=grants.c.ended_on.is_(None),
    postgresql_where=grants.c.ended_on.is_(None),
)

sign_in_links: Final = Table(
    "sign_in_links",
    metadata,
    Column("digest", Words, primary_key=True),
    Column("user_id", Words, ForeignKey("users.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("purpose", Words, nullable=False, server_default="sign_in"),
    Column("asked_as", Words, index=True),
    Column("code_digest", Words),
    Column("code_expires_at", Moment),
)

link_requests: Final = Table(
    "link_requests",
    metadata,
    Column("key", Words, primary_key=True),
    Column("ends_at", Moment, nullable=False),
    Column("number", Integer, nullable=False),
)
"""Counts of requested links, by keyed hash of the address or of the client, and of all users."""

bound_accounts: Final = Table(
    "bound_accounts",
    metadata,
    Column("issuer", Words, primary_key=True),
    Column("subject", Words, primary_key=True),
    Column("user_id", Words, ForeignKey("users.id"), nullable=False),
    Column("at_second", Boolean, nullable=False),
    Column("bound_at", Moment, nullable=False),
    UniqueConstraint("user_id", "issuer", "at_second"),
)
"""Accounts at identity providers, each of a user's own address, or of their second one."""

sessions: Final = Table(
    "sessions",
    metadata,
    Column("digest", Words, primary_key=True),
    Column("user_id", Words, ForeignKey("users.id"), nullable=False, index=True),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("role", Words),
    Column("organisation_id", Words),
    Column("began_as", Words, nullable=False, server_default=""),
    Column("at_second", Boolean, nullable=False, server_default=false()),
)

outbox: Final = Table(
    "outbox",
    metadata,
    Column("id", Number, primary_key=True),
    Column("address", Words, nullable=False, index=True),
    Column("kind", Words, nullable=False),
    Column("message", Details, nullable=False),
    Column("queued_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", Words, nullable=False),
    Column("due_at", Moment),
    Column("sent_at", Moment),
    Column("tried_at", Moment),
    Column("reference", Words, index=True),
    Column("bounced_at", Moment),
    Column("failure", Text),
)
Index(
    "ix_outbox_unfinished",
    outbox.c.queued_at,
    sqlite_where=outbox.c.due_at.is_not(None),
    postgresql_where=outbox.c.due_at.is_not(None),
)

audit_events: Final = Table(
    "audit_events",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("actor", Words),
    Column("role", Words),
    Column("organisation_id", Words),
    Column("subject", Words, index=True),
    Column("import_id", Words),
    Column("participant_id", Words),
    Column("details", Details, nullable=False),
)
Index(
    "ix_audit_events_actor",
    audit_events.c.actor,
    audit_events.c.kind,
    audit_events.c.role,
    audit_events.c.organisation_id,
    audit_events.c.at,
)
Index("ix_audit_events_organisation_id", audit_events.c.organisation_id, audit_events.c.kind, audit_events.c.at)
Index(
    "ix_audit_events_participant_id",
    audit_events.c.participant_id,
    sqlite_where=audit_events.c.participant_id.is_not(None),
    postgresql_where=audit_events.c.participant_id.is_not(None),
)
