"""What the Teaching Record System answered of TRNs, its messages, and TRNs that were merged."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Words

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
loses = (
    "What the Teaching Record System answered: it is asked again (checkdata check-trns), and until then TRNs that were "
    "merged are shown as they were given."
)


def upgrade() -> None:
    """Make the tables, empty; no record is known to be merged."""
    op.add_column("teacher_records", sa.Column("merged_into", Words))
    op.create_table(
        "teacher_answers",
        sa.Column("trn", Words, nullable=False),
        sa.Column("date_of_birth", Words, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("standing", Words, nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("found", Words),
        sa.PrimaryKeyConstraint("trn", "date_of_birth", name="pk_teacher_answers"),
    )
    op.create_table(
        "teacher_messages",
        sa.Column("signed", Words, nullable=False),
        sa.Column("trn", Words),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("signed", name="pk_teacher_messages"),
    )
    op.create_index("ix_teacher_messages_trn", "teacher_messages", ["trn"])


def downgrade() -> None:
    """Forget them: every TRN that is left open is asked for again, and a merged one is as it was given."""
    op.drop_table("teacher_messages")
    op.drop_table("teacher_answers")
    with op.batch_alter_table("teacher_records") as table:
        table.drop_column("merged_into")
