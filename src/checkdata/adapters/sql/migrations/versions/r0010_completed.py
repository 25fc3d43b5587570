"""The day on which an induction was completed, in listings and in their history."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LISTINGS: Final = ("partner", "body")


def upgrade() -> None:
    """Make room for the day, and let the next import or refresh find it for who is listed as completed."""
    for name in LISTINGS:
        op.add_column(f"{name}_listing", sa.Column("completed_on", sa.Date))
        op.add_column(f"{name}_history", sa.Column("completed_on", sa.Date))
        completed = f"SELECT participant_id FROM {name}_listing WHERE status_group = 'completed'"  # noqa: S608 - our own
        op.execute(f"UPDATE participants SET holds_until = derived_on WHERE participant_id IN ({completed})")  # noqa: S608


def downgrade() -> None:
    """Forget the day."""
    for name in LISTINGS:
        op.drop_column(f"{name}_history", "completed_on")
        op.drop_column(f"{name}_listing", "completed_on")
