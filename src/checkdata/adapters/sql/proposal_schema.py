"""The table of changes that wait for a second support user."""

from typing import Final

from sqlalchemy import Column, Table, Text

from checkdata.adapters.sql.column_types import Details, Moment, Words
from checkdata.adapters.sql.schema import metadata

proposals: Final = Table(
    "proposals",
    metadata,
    Column("id", Words, primary_key=True),
    Column("user_id", Words, index=True),
    Column("change", Details, nullable=False),
    Column("basis", Words, nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposed_by", Words, nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("state", Words, nullable=False),
    Column("decided_by", Words),
    Column("decided_at", Moment),
    Column("note", Text, nullable=False),
)
"""``user_id`` is whose address is to change; ``change`` is what is proposed."""
