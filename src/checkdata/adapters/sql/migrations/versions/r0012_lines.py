"""The line of a feed by which a training record was told last, as a digest."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; the next import finds it."""
    op.add_column("training_records", sa.Column("line_digest", sa.LargeBinary))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("training_records", "line_digest")
