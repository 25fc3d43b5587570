"""Versions of rows that ended lately are found by when they did, so that *What changed* need not read all of them."""

from alembic import op

from checkdata.adapters.sql.migrations.guards import HISTORIES

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
loses = ""


def upgrade() -> None:
    """Index them."""
    for table, organisation in HISTORIES:
        op.create_index(f"ix_{table}_{organisation}", table, [organisation, "shown_until"])


def downgrade() -> None:
    """Drop the indexes."""
    for table, organisation in HISTORIES:
        op.drop_index(f"ix_{table}_{organisation}", table)
