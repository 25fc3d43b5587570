"""Each generation counts the participants of each school, and counts of earlier days say who needed to act.

A row is also found by its school and by since when it shows what it shows, so that no page reads a listing for that.
"""
# ruff: noqa: S608 - the names in these statements are ours

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Words
from checkdata.adapters.sql.migrations.guards import HISTORIES
from checkdata.adapters.sql.migrations.of_generations import change_generations

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
loses = "The counts of earlier days, so that overviews tell no changes until imports have counted again."

_KIND: Final = ("lead_provider_id", "academic_year", "role", "status")
_AT_SCHOOL: Final = ("school_urn", "lead_provider_id", "academic_year", "role", "next")


def upgrade() -> None:
    """Count what is shown at schools; what was counted before knows nobody who needed to act."""
    for name, organisation in _past_counts():
        _key_counts_by(name, organisation, (*_KIND, "next"))
    change_generations(*_forward())


def downgrade() -> None:
    """Drop it again."""
    change_generations(*_back())
    for name, organisation in _past_counts():
        _key_counts_by(name, organisation, _KIND)


def _past_counts() -> Iterator[tuple[str, str]]:
    for history, organisation in HISTORIES:
        yield history.replace("history", "counts"), organisation


def _key_counts_by(name: str, organisation: str, kind: tuple[str, ...]) -> None:
    """The counts of an earlier day are told again by every import, so they begin again."""
    op.execute(f"DELETE FROM {name}")
    with op.batch_alter_table(name) as table:
        table.drop_constraint(f"pk_{name}", type_="primary")
        if "next" in kind:
            table.add_column(sa.Column("next", Words, nullable=False))
        else:
            table.drop_column("next")
        table.create_primary_key(f"pk_{name}", [organisation, "day", *kind])


def _forward() -> Iterator[str]:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    words = 'text COLLATE "C"' if on_postgresql else "text"
    for history, organisation in HISTORIES:
        listing, schools = history.replace("history", "listing"), history.replace("history", "schools")
        types = dict.fromkeys((organisation, *_AT_SCHOOL), words) | {"academic_year": "integer"}
        key = ", ".join(types)
        columns = ", ".join(f"{name} {kind} NOT NULL" for name, kind in types.items())
        made = f"CREATE TABLE IF NOT EXISTS {schools} ({columns}, school text NOT NULL, number integer NOT NULL"
        yield f"{made})" if on_postgresql else f"{made}, PRIMARY KEY ({key})) WITHOUT ROWID"
        yield f"DELETE FROM {schools}"
        counted = key.replace("lead_provider_id", "coalesce(lead_provider_id, '')")
        found = f"SELECT {counted}, max(school), count(*) FROM {listing} GROUP BY {counted}"
        yield f"INSERT INTO {schools} ({key}, school, number) {found}"
        yield f"CREATE INDEX IF NOT EXISTS ix_{listing}_school_urn ON {listing} ({organisation}, school_urn, pos)"
        yield f"CREATE INDEX IF NOT EXISTS ix_{listing}_shown_from ON {listing} ({organisation}, shown_from)"
        if on_postgresql:
            yield f"CREATE INDEX place_{schools} ON {schools} ({organisation})"
            told = f"{organisation} = (SELECT current_setting('checkdata.{organisation}', true))"
            yield f"ALTER TABLE {schools} ENABLE ROW LEVEL SECURITY"
            yield f"CREATE POLICY rows_told_of ON {schools} FOR SELECT USING ({told})"


def _back() -> Iterator[str]:
    for history, _ in HISTORIES:
        listing, schools = history.replace("history", "listing"), history.replace("history", "schools")
        yield f"DROP TABLE IF EXISTS {schools}"
        yield from (f"DROP INDEX IF EXISTS ix_{listing}_{by}" for by in ("school_urn", "shown_from"))
