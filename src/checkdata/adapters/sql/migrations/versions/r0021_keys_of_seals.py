"""Each seal, and each anchor, names the key that it was made with; those made before name none."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Words

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

SIGNED: Final = ("audit_seals", "audit_anchors")


def upgrade() -> None:
    """Add the names."""
    for table in SIGNED:
        op.add_column(table, sa.Column("key_id", Words, nullable=False, server_default=""))


def downgrade() -> None:
    """Drop them; what was sealed with an older key is then said to be changed."""
    for table in SIGNED:
        op.drop_column(table, "key_id")
