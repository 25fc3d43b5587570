"""With which API key a recalled copy was read, and what that is called."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Words

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
loses = "Recalls of copies that programs read with API keys; recalls of files stay."

_COLUMNS = ("key_id", "key_name")


def upgrade() -> None:
    """What was recalled so far was a file, which has no key."""
    for name in _COLUMNS:
        op.add_column("recalled_files", sa.Column(name, Words, nullable=False, server_default=""))


def downgrade() -> None:
    """Recall no copies, which nothing would tell from files; the rounds of a later version open them again."""
    op.execute("DELETE FROM recalled_files WHERE key_id <> ''")
    for name in _COLUMNS:
        op.drop_column("recalled_files", name)
