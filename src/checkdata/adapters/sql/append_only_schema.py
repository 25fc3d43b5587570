"""The tables, besides the log itself, to which rows are only added.

The seals of the log, the receipts of files, and the versions of agreements.

On PostgreSQL the service's role may only add rows. On both databases triggers hold the owner to that too, except for
what an anchor releases (`checkdata.adapters.sql.migrations`).
"""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, LargeBinary, Table

from checkdata.adapters.sql.column_types import Details, Moment, Number, Words
from checkdata.adapters.sql.schema import metadata

receipts: Final = Table(
    "receipts",
    metadata,
    Column("id", Number, primary_key=True),
    Column("sha256", Words, nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("kind", Words, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("actor", Words),
    Column("role", Words, nullable=False),
    Column("organisation_id", Words, nullable=False),
    Column("import_id", Words),
    Column("rows", Integer, nullable=False),
    Column("asked", Details, nullable=False),
    Column("scope", Details, nullable=False),
    Column("participants", LargeBinary),
)
"""``asked`` are filters, whether searched and the API key, ``scope`` its rules, their version and the agreements."""

Index("ix_receipts_organisation_id", receipts.c.organisation_id, receipts.c.role)

audit_seals: Final = Table(
    "audit_seals",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False, unique=True),
    Column("segment", BigInteger, nullable=False),
    Column("digest", Words, nullable=False),
    Column("key_id", Words, nullable=False, server_default=""),
)

audit_anchors: Final = Table(
    "audit_anchors",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("digest", Words, nullable=False),
    Column("before", Moment, nullable=False),
    Column("signature", Words, nullable=False),
    Column("key_id", Words, nullable=False, server_default=""),
)

agreement_versions: Final = Table(
    "agreement_versions",
    metadata,
    Column("number", Number, primary_key=True),
    Column("agreement_id", Words, nullable=False, index=True),
    Column("lead_provider_id", Words, nullable=False),
    Column("delivery_partner_id", Words, nullable=False, index=True),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("first_academic_year", Integer),
    Column("last_academic_year", Integer),
    Column("covers_unconfirmed", Boolean, nullable=False),
    Column("ended_on", Date),
    Column("added_by_hand", Boolean, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("import_id", Words),
    Column("recorded_by", Words),
)
"""Refers to no other table, because a version stays when its parties are gone."""
