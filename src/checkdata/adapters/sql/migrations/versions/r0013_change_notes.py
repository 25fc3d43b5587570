"""Who wants notes of changes, and how often."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Words

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
loses = "Who wants notes of changes: they choose again."


def upgrade() -> None:
    """Nobody has chosen any yet."""
    op.create_table(
        "change_notes",
        sa.Column("user_id", Words, nullable=False),
        sa.Column("role", Words, nullable=False),
        sa.Column("organisation_id", Words, nullable=False),
        sa.Column("frequency", Words, nullable=False),
        sa.Column("told_until", Moment, nullable=False),
        sa.Column("looked_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "role", "organisation_id", name="pk_change_notes"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_change_notes_user_id_users"),
    )


def downgrade() -> None:
    """Forget who wants them: they choose again."""
    op.drop_table("change_notes")
