"""A session knows as what it began, so that whoever ends it ends what a choice of role made of it meanwhile."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Words

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let those there are begin as what they are."""
    op.add_column("sessions", sa.Column("began_as", Words, nullable=False, server_default=""))
    op.execute("UPDATE sessions SET began_as = digest")


def downgrade() -> None:
    """Forget it."""
    op.drop_column("sessions", "began_as")
