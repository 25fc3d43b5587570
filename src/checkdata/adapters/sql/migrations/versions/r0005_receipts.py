"""The receipts of files that left."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Details, Moment, Number, Words

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "receipts",
        sa.Column("id", Number, nullable=False),
        sa.Column("sha256", Words, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("kind", Words, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("actor", Words),
        sa.Column("role", Words, nullable=False),
        sa.Column("organisation_id", Words, nullable=False),
        sa.Column("import_id", Words),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("asked", Details, nullable=False),
        sa.Column("scope", Details, nullable=False),
        sa.Column("participants", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_receipts"),
    )
    op.create_index("ix_receipts_sha256", "receipts", ["sha256"])
    op.create_index("ix_receipts_at", "receipts", ["at"])
    op.create_index("ix_receipts_organisation_id", "receipts", ["organisation_id", "role"])


def downgrade() -> None:
    """Drop it, with all that is in it."""
    op.drop_table("receipts")
