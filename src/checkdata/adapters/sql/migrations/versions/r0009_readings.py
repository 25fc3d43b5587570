"""The validation result of the training records merged last."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Details, Words

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "feed_readings",
        sa.Column("key", Words, nullable=False),
        sa.Column("good", sa.Integer, nullable=False),
        sa.Column("faults", Details, nullable=False),
        sa.Column("warnings", Details, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_feed_readings"),
    )


def downgrade() -> None:
    """Drop it, with what is in it."""
    op.drop_table("feed_readings")
