"""What a search looks at says of which kind each row is, so that what it finds is counted by kind.

Every import numbers kinds again; these numbers are of the generations that there are. The rows of a listing have none,
because only an import reads it there, which makes its own.
"""
# ruff: noqa: S608 - the names in these statements are ours

from collections.abc import Iterator
from typing import Final

from checkdata.adapters.sql.migrations.guards import HISTORIES
from checkdata.adapters.sql.migrations.of_generations import change_generations

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
loses = ""

_VALUES: Final = ("lead_provider_id", "role", "academic_year", "status", "next", "induction_type")
_SQLITE_HAS: Final = "SELECT 1 FROM pragma_table_info('partner_words') WHERE name = 'kind'"
_SQLITE_LACKS: Final = f"SELECT 1 WHERE NOT EXISTS ({_SQLITE_HAS})"


def upgrade() -> None:
    """Number the kinds, and say the number of each row."""
    change_generations(*_forward(), unless=_SQLITE_HAS)


def downgrade() -> None:
    """Drop the numbers again."""
    change_generations(*_back(), unless=_SQLITE_LACKS)


def _forward() -> Iterator[str]:
    for words, tallies, organisation in _tables():
        key = (organisation, *_VALUES)
        for table in (words.replace("words", "listing"), tallies, words):
            yield f"ALTER TABLE {table} ADD COLUMN kind integer NOT NULL DEFAULT 0"
        numbered = f"SELECT {', '.join(key)}, row_number() OVER () AS number FROM {tallies}"
        same = " AND ".join(f"numbered.{name} = {tallies}.{name}" for name in key)
        yield f"UPDATE {tallies} SET kind = numbered.number FROM ({numbered}) AS numbered WHERE {same}"
        theirs = {name: f"{words}.{name}" for name in key} | {
            "lead_provider_id": f"coalesce({words}.lead_provider_id, '')"
        }
        same = " AND ".join(f"{tallies}.{name} = {cell}" for name, cell in theirs.items())
        yield f"UPDATE {words} SET kind = {tallies}.kind FROM {tallies} WHERE {same}"


def _back() -> Iterator[str]:
    for words, tallies, _ in _tables():
        for table in (words.replace("words", "listing"), words, tallies):
            yield f"ALTER TABLE {table} DROP COLUMN kind"


def _tables() -> Iterator[tuple[str, str, str]]:
    """The words of each listing, its tallies and the column of its organisations."""
    for history, organisation in HISTORIES:
        words, tallies = (history.replace("history", name) for name in ("words", "tallies"))
        yield words, tallies, organisation
