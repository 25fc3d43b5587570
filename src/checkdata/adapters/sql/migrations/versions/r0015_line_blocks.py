"""Blocks of lines by which training records were told last."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for them; the next import finds them."""
    op.create_table(
        "line_blocks",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("line_digests", sa.LargeBinary, nullable=False),
        sa.Column("record_ids", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_line_blocks"),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("line_blocks")
