"""A code beside a sign-in link: in which browser it works, its digest, and until when."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Words

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
loses = "Codes beside sign-in links that are on their way; the links still sign in."


def upgrade() -> None:
    """No link has a code yet."""
    op.add_column("sign_in_links", sa.Column("asked_as", Words))
    op.add_column("sign_in_links", sa.Column("code_digest", Words))
    op.add_column("sign_in_links", sa.Column("code_expires_at", Moment))
    op.create_index("ix_sign_in_links_asked_as", "sign_in_links", ["asked_as"])


def downgrade() -> None:
    """Codes end; their links still sign in."""
    op.drop_index("ix_sign_in_links_asked_as", "sign_in_links")
    for column in ("code_expires_at", "code_digest", "asked_as"):
        op.drop_column("sign_in_links", column)
