"""Changes that wait for a second support user, and nominations of a user at another address."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Details, Moment, Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
loses = "Changes that wait for a second support user, and at which address a nominee was known before."


def upgrade() -> None:
    """Make the table and the column."""
    op.create_table(
        "proposals",
        sa.Column("id", Words, nullable=False),
        sa.Column("user_id", Words),
        sa.Column("change", Details, nullable=False),
        sa.Column("basis", Words, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", Words, nullable=False),
        sa.Column("proposed_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("state", Words, nullable=False),
        sa.Column("decided_by", Words),
        sa.Column("decided_at", Moment),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
    )
    op.create_index("ix_proposals_user_id", "proposals", ["user_id"])
    op.add_column("nominations", sa.Column("old_email", Words))


def downgrade() -> None:
    """Drop them, with what waits."""
    op.drop_column("nominations", "old_email")
    op.drop_table("proposals")
