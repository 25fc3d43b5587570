"""How often sign-in links were asked for, by keyed hash of address and client."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Words

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "link_requests",
        sa.Column("key", Words, nullable=False),
        sa.Column("ends_at", Moment, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_link_requests"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("link_requests")
