"""The table of notices to every user."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Words

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
loses = "All notices: a service that is closed for maintenance is open again."


def upgrade() -> None:
    """Make it, empty."""
    op.create_table(
        "notices",
        sa.Column("kind", Words, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("starts_at", Moment, nullable=False),
        sa.Column("ends_at", Moment, nullable=False),
        sa.Column("set_by", Words),
        sa.Column("set_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("kind", name="pk_notices"),
    )


def downgrade() -> None:
    """Drop it: no notice is shown any more."""
    op.drop_table("notices")
