"""Rows of listings are read, on PostgreSQL, only by a transaction that was told whose it is for."""

from typing import Final

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LISTINGS: Final = (("partner", "delivery_partner_id"), ("body", "appropriate_body_id"))
OF_ORGANISATIONS: Final = ("words", "marks", "tallies")
OF_PARTICIPANTS_TOO: Final = ("listing", "history")


def upgrade() -> None:
    """Make the policies; the owner of the tables, who imports, passes them."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for name, organisation in LISTINGS:
        for table in OF_ORGANISATIONS:
            _let_read(f"{name}_{table}", _is_told(organisation))
        for table in OF_PARTICIPANTS_TOO:
            _let_read(f"{name}_{table}", _is_of_participant_or_told(organisation))


def downgrade() -> None:
    """Leave it to the questions."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for name, _ in LISTINGS:
        for table in (*OF_ORGANISATIONS, *OF_PARTICIPANTS_TOO):
            op.execute(f"DROP POLICY rows_told_of ON {name}_{table}")
            op.execute(f"ALTER TABLE {name}_{table} DISABLE ROW LEVEL SECURITY")


def _let_read(table: str, condition: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY rows_told_of ON {table} FOR SELECT USING ({condition})")


def _is_told(column: str) -> str:
    return f"{column} = {_setting(column)}"


def _is_of_participant_or_told(organisation: str) -> str:
    """No OR, of which PostgreSQL makes two scans and loses the order that a page reads in."""
    told_participant = f"{_setting('participant_id')} > ''"
    return f"CASE WHEN {told_participant} THEN {_is_told('participant_id')} ELSE {_is_told(organisation)} END"


def _setting(name: str) -> str:
    """A sub-select, which is asked once a statement: asked of each row it would cost more than the search."""
    return f"(SELECT current_setting('checkdata.{name}', true))"
