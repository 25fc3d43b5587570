"""Types of columns that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

Words: Final[TypeEngine[str]] = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared and ordered by code point, as Python does (rules.md, *Order, paging, search*)."""

Number: Final[TypeEngine[int]] = BigInteger().with_variant(Integer(), "sqlite")
"""A number that the database gives out; SQLite does so only for INTEGER."""

Details: Final = JSON().with_variant(JSONB(), "postgresql")
"""Slugs, ids and numbers by name."""


class Moment(TypeDecorator[datetime]):
    """A moment with its offset, stored as UTC and given back as UTC; one without its offset is a `TypeError`."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC, without its offset where the database knows none."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a moment needs its offset from UTC"
            raise TypeError(msg)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The moment in UTC, with its offset."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
