"""Rows of listings are read, on PostgreSQL, only by a transaction that was told whose it is for."""

from typing import Final

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LISTINGS: Final = (("partner", "delivery_partner_id"), ("body", "appropriate_body_id"))
TABLES: Final = ("listing", "words", "marks", "tallies", "history")
WITH_PARTICIPANTS: Final = ("listing", "history")


def upgrade() -> None:
    """Make the policies; the owner of the tables, who imports, passes them."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for name, organisation in LISTINGS:
        for table in TABLES:
            op.execute(f"ALTER TABLE {name}_{table} ENABLE ROW LEVEL SECURITY")
            _let_read(f"{name}_{table}", organisation)
        for table in WITH_PARTICIPANTS:
            _let_read(f"{name}_{table}", "participant_id")


def downgrade() -> None:
    """Leave it to the questions."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for name, organisation in LISTINGS:
        for table in TABLES:
            op.execute(f"ALTER TABLE {name}_{table} DISABLE ROW LEVEL SECURITY")
            op.execute(f"DROP POLICY by_{organisation} ON {name}_{table}")
        for table in WITH_PARTICIPANTS:
            op.execute(f"DROP POLICY by_participant_id ON {name}_{table}")


def _let_read(table: str, column: str) -> None:
    """Through a sub-select, which is asked once a statement: asked of each row it would cost more than the search."""
    setting = f"(SELECT current_setting('checkdata.{column}', true))"
    op.execute(f"CREATE POLICY by_{column} ON {table} FOR SELECT USING ({column} = {setting})")
