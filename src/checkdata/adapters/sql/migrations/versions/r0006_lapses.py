"""Why and when a grant lapses, of which its holder was told."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Words

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
loses = "Who was warned that their access lapses: they are warned again."

COLUMNS = (("lapse_reason", Words), ("lapse_told_on", sa.Date()), ("lapses_on", sa.Date()))


def upgrade() -> None:
    """Nobody has been warned yet."""
    for name, kind in COLUMNS:
        op.add_column("grants", sa.Column(name, kind))


def downgrade() -> None:
    """Forget who was warned: they are warned again, and lose nothing earlier."""
    for name, _ in COLUMNS:
        op.drop_column("grants", name)
