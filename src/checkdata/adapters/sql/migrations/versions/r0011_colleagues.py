"""When a colleague last said that the holder of a grant still works there."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
loses = "When colleagues said that somebody still works there: they are asked again."


def upgrade() -> None:
    """Nobody has said so yet."""
    op.add_column("grants", sa.Column("still_there_on", sa.Date()))


def downgrade() -> None:
    """Forget it: colleagues are asked again."""
    op.drop_column("grants", "still_there_on")
