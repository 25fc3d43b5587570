"""Which account at an identity provider belongs to which user."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Words

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None
loses = "Which account at DfE Sign-in is whose: the next account with a user's address is theirs."


def upgrade() -> None:
    """No account was used yet."""
    op.create_table(
        "bound_accounts",
        sa.Column("issuer", Words, nullable=False),
        sa.Column("subject", Words, nullable=False),
        sa.Column("user_id", Words, nullable=False),
        sa.Column("at_second", sa.Boolean(), nullable=False),
        sa.Column("bound_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_bound_accounts"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_bound_accounts_user_id_users"),
        sa.UniqueConstraint("user_id", "issuer", "at_second", name="uq_bound_accounts_user_id"),
    )


def downgrade() -> None:
    """Each account is bound again when it is next used."""
    op.drop_table("bound_accounts")
