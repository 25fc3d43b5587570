"""The tables of recalls and their files."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Words

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
loses = "All recalls of files, and who confirmed that theirs are deleted."


def upgrade() -> None:
    """Make them, empty: the next round opens the recalls of agreements that are over already."""
    op.create_table(
        "recalls",
        sa.Column("id", Words, nullable=False),
        sa.Column("agreement_id", Words, nullable=False),
        sa.Column("delivery_partner_id", Words, nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("withdrawn_at", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_recalls"),
    )
    op.create_index("ix_recalls_agreement_id", "recalls", ["agreement_id"])
    op.create_index(
        "uq_recalls_open",
        "recalls",
        ["agreement_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "recalled_files",
        sa.Column("id", Words, nullable=False),
        sa.Column("recall_id", Words, nullable=False),
        sa.Column("agreement_id", Words, nullable=False),
        sa.Column("delivery_partner_id", Words, nullable=False),
        sa.Column("holder", Words),
        sa.Column("sha256", Words, nullable=False),
        sa.Column("kind", Words, nullable=False),
        sa.Column("left_at", Moment, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("asked_at", Moment),
        sa.Column("deleted_at", Moment),
        sa.Column("told_by", Words),
        sa.PrimaryKeyConstraint("id", name="pk_recalled_files"),
        sa.ForeignKeyConstraint(["recall_id"], ["recalls.id"], name="fk_recalled_files_recall_id"),
    )
    op.create_index("ix_recalled_files_holder", "recalled_files", ["holder"])
    op.create_index("ix_recalled_files_recall_id", "recalled_files", ["recall_id"])


def downgrade() -> None:
    """Drop them, with all that is in them."""
    op.drop_table("recalled_files")
    op.drop_table("recalls")
