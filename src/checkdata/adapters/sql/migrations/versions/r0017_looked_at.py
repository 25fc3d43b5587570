"""When all files of a recall's agreement were last looked at."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
loses = ""


def upgrade() -> None:
    """Of each recall that is long ago, so that the next round looks at all."""
    op.add_column("recalls", sa.Column("looked_at", Moment, nullable=False, server_default="1970-01-01 00:00:00"))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("recalls", "looked_at")
