"""Rows say who needs to act, and the induction type as it is shown; lists are filtered by both.

It is said of the rows that there are what an import says of them, so that the next one finds no row changed by it.
"""
# ruff: noqa: S608 - the names in these statements are ours

from collections.abc import Iterator, Mapping
from typing import Final

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Words
from checkdata.adapters.sql.migrations.guards import HISTORIES
from checkdata.adapters.sql.migrations.of_generations import change_generations

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
loses = ""

_ACTS: Final = """CASE
    WHEN status_group IN ('contacted', 'record_not_found', 'not_registered') THEN 'school'
    WHEN status_group = 'deferred' THEN 'lead_provider'
    WHEN status_group = 'no_induction_start' THEN 'appropriate_body'
    WHEN status_group IN ('checking', 'not_qualified') THEN 'dfe'
    ELSE 'nobody' END"""
_TYPES: Final[Mapping[str, str]] = {"fip": "provider_led", "cip": "school_led", "diy": "school_led", "other": "other"}
_PROGRAMMES: Final[Mapping[str, str]] = {"provider_led": "fip", "school_led": "cip", "other": "other"}
"""Whether a school-led induction was *cip* or *diy* is not kept; the next import says it again."""

_KINDS: Final = {"lead_provider_id": "text", "role": "text", "academic_year": "integer", "status": "text"}
"""The columns of the tallies before, and their types."""
_MORE: Final = {"next": "text", "induction_type": "text"}
_SQLITE_HAS: Final = "SELECT 1 FROM pragma_table_info('partner_listing') WHERE name = 'next'"
_SQLITE_LACKS: Final = f"SELECT 1 WHERE NOT EXISTS ({_SQLITE_HAS})"


def upgrade() -> None:
    """Add both, of the rows that are shown and of those that were."""
    for table, _ in HISTORIES:
        op.add_column(table, sa.Column("next", Words, nullable=False, server_default="nobody"))
        op.execute(f"ALTER TABLE {table} RENAME COLUMN programme TO induction_type")
        op.execute(f"UPDATE {table} SET next = {_ACTS}, induction_type = {_case('induction_type', _TYPES)}")
    change_generations(*_forward(), unless=_SQLITE_HAS)


def downgrade() -> None:
    """Remove them again."""
    change_generations(*_back(), unless=_SQLITE_LACKS)
    for table, _ in HISTORIES:
        op.execute(f"UPDATE {table} SET induction_type = {_case('induction_type', _PROGRAMMES)}")
        op.execute(f"ALTER TABLE {table} RENAME COLUMN induction_type TO programme")
        op.drop_column(table, "next")


def _forward() -> Iterator[str]:
    words = 'text COLLATE "C"' if _on_postgresql() else "text"
    for listing, searched, tallies, organisation in _tables():
        yield f"ALTER TABLE {listing} RENAME COLUMN programme TO induction_type"
        yield f"ALTER TABLE {listing} ADD COLUMN next {words} NOT NULL DEFAULT 'nobody'"
        yield f"UPDATE {listing} SET next = {_ACTS}, induction_type = {_case('induction_type', _TYPES)}"
        yield from (f"ALTER TABLE {searched} ADD COLUMN {name} {words} NOT NULL DEFAULT ''" for name in _MORE)
        yield f"""UPDATE {searched} SET next = shown.next, induction_type = shown.induction_type FROM {listing} AS shown
            WHERE shown.{organisation} = {searched}.{organisation} AND shown.pos = {searched}.pos"""
        changes = [f"ADD COLUMN {name} {words} NOT NULL" for name in _MORE]
        yield from _count(listing, tallies, organisation, _KINDS | _MORE, changes)


def _back() -> Iterator[str]:
    for listing, searched, tallies, organisation in _tables():
        yield from _count(listing, tallies, organisation, _KINDS, [f"DROP COLUMN {name}" for name in _MORE])
        yield from (f"ALTER TABLE {searched} DROP COLUMN {name}" for name in _MORE)
        yield f"UPDATE {listing} SET induction_type = {_case('induction_type', _PROGRAMMES)}"
        yield f"ALTER TABLE {listing} RENAME COLUMN induction_type TO programme"
        yield f"ALTER TABLE {listing} DROP COLUMN next"


def _count(
    listing: str, tallies: str, organisation: str, kinds: Mapping[str, str], changes: list[str]
) -> Iterator[str]:
    """Count the rows again: PostgreSQL changes the table, which has policies, and SQLite makes one with another key."""
    key = ", ".join((organisation, *kinds))
    if _on_postgresql():
        yield f"DELETE FROM {tallies}"
        yield from (f"ALTER TABLE {tallies} {change}" for change in changes)
    else:
        yield f"DROP TABLE {tallies}"
        columns = ", ".join(f"{name} {kind} NOT NULL" for name, kind in {organisation: "text", **kinds}.items())
        yield f"CREATE TABLE {tallies} ({columns}, number integer NOT NULL, PRIMARY KEY ({key})) WITHOUT ROWID"
    counted = key.replace("lead_provider_id", "coalesce(lead_provider_id, '')")
    yield f"INSERT INTO {tallies} ({key}, number) SELECT {counted}, count(*) FROM {listing} GROUP BY {counted}"


def _tables() -> Iterator[tuple[str, str, str, str]]:
    """The listing, its words, its tallies and the column of its organisations."""
    for history, organisation in HISTORIES:
        listing, words, tallies = (history.replace("history", name) for name in ("listing", "words", "tallies"))
        yield listing, words, tallies, organisation


def _case(column: str, words: Mapping[str, str]) -> str:
    cases = " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in words.items())
    return f"CASE {column} {cases} ELSE {column} END"


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
