"""What a nominee was called before a step that corrected their name."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
loses = "What nominees were called before their names were corrected."


def upgrade() -> None:
    """Steps taken before corrected no name."""
    op.add_column("nomination_steps", sa.Column("former_name", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """The names stay as they were corrected; what they were before is forgotten."""
    op.drop_column("nomination_steps", "former_name")
