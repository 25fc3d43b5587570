"""The tables of API keys; rows are only added to two of them, so that no key works again once it is revoked."""

from typing import Final

from sqlalchemy import Column, Date, ForeignKey, Table, Text

from checkdata.adapters.sql.column_types import Moment, Words
from checkdata.adapters.sql.schema import metadata

api_keys: Final = Table(
    "api_keys",
    metadata,
    Column("id", Words, primary_key=True),
    Column("name", Text, nullable=False),
    Column("user_id", Words, ForeignKey("users.id"), index=True),
    Column("role", Words),
    Column("organisation_id", Words),
    Column("service", Text),
    Column("may_ask", Words),
    Column("issued_by", Words),
    Column("issued_at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("last_used_on", Date),
)
"""A key is of a user for an organisation, or of a ``service``, which may ask the words of ``may_ask``."""

api_key_secrets: Final = Table(
    "api_key_secrets",
    metadata,
    Column("key_id", Words, ForeignKey("api_keys.id"), primary_key=True),
    Column("digest", Words, nullable=False, unique=True),
    Column("collected_at", Moment, nullable=False),
)
"""The digest of a key's secret, once there is one."""

api_key_revocations: Final = Table(
    "api_key_revocations",
    metadata,
    Column("key_id", Words, ForeignKey("api_keys.id"), primary_key=True),
    Column("revoked_at", Moment, nullable=False),
    Column("revoked_by", Words),
    Column("revoked_why", Text, nullable=False),
)
"""The keys that were ended."""
