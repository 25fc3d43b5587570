"""The table of notices to every user."""

from typing import Final

from sqlalchemy import Column, Table, Text

from checkdata.adapters.sql.column_types import Moment, Words
from checkdata.adapters.sql.schema import metadata

notices: Final = Table(
    "notices",
    metadata,
    Column("kind", Words, primary_key=True),
    Column("text", Text, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("set_by", Words),
    Column("set_at", Moment, nullable=False),
)
"""One row for each kind at most."""
