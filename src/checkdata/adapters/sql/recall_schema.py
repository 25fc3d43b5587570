"""The tables of recalls and their files."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, Table

from checkdata.adapters.sql.column_types import Moment, Words
from checkdata.adapters.sql.schema import metadata

recalls: Final = Table(
    "recalls",
    metadata,
    Column("id", Words, primary_key=True),
    Column("agreement_id", Words, nullable=False, index=True),
    Column("delivery_partner_id", Words, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("looked_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
)

Index(
    "uq_recalls_open",
    recalls.c.agreement_id,
    unique=True,
    sqlite_where=recalls.c.withdrawn_at.is_(None),
    postgresql_where=recalls.c.withdrawn_at.is_(None),
)

recalled_files: Final = Table(
    "recalled_files",
    metadata,
    Column("id", Words, primary_key=True),
    Column("recall_id", Words, ForeignKey("recalls.id"), nullable=False, index=True),
    Column("agreement_id", Words, nullable=False),
    Column("delivery_partner_id", Words, nullable=False),
    Column("holder", Words, index=True),
    Column("sha256", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("left_at", Moment, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("asked_at", Moment),
    Column("deleted_at", Moment),
    Column("told_by", Words),
    Column("key_id", Words, nullable=False, server_default=""),
    Column("key_name", Words, nullable=False, server_default=""),
)
