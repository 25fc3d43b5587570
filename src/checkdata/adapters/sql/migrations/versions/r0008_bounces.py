"""By which reference a mail that was sent is known, and when it came back."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Words

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("outbox", sa.Column("reference", Words))
    op.add_column("outbox", sa.Column("bounced_at", Moment))
    op.create_index("ix_outbox_reference", "outbox", ["reference"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_outbox_reference", "outbox")
    op.drop_column("outbox", "bounced_at")
    op.drop_column("outbox", "reference")
