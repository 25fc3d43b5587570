"""The tables of API keys, of their secrets and of their ends."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Words

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
loses = "All API keys: programs of partners and other services are refused until they get new ones."


def upgrade() -> None:
    """Make them, empty."""
    op.create_table(
        "api_keys",
        sa.Column("id", Words, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("user_id", Words),
        sa.Column("role", Words),
        sa.Column("organisation_id", Words),
        sa.Column("service", sa.Text()),
        sa.Column("may_ask", Words),
        sa.Column("issued_by", Words),
        sa.Column("issued_at", Moment, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("last_used_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_api_keys_user_id_users"),
    )
    op.create_index("ix_api_keys_user_id", "api_keys", ["user_id"])
    op.create_table(
        "api_key_secrets",
        sa.Column("key_id", Words, nullable=False),
        sa.Column("digest", Words, nullable=False),
        sa.Column("collected_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("key_id", name="pk_api_key_secrets"),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name="fk_api_key_secrets_key_id_api_keys"),
        sa.UniqueConstraint("digest", name="uq_api_key_secrets_digest"),
    )
    op.create_table(
        "api_key_revocations",
        sa.Column("key_id", Words, nullable=False),
        sa.Column("revoked_at", Moment, nullable=False),
        sa.Column("revoked_by", Words),
        sa.Column("revoked_why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name="pk_api_key_revocations"),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name="fk_api_key_revocations_key_id_api_keys"),
    )


def downgrade() -> None:
    """Drop them: no key works any more."""
    for table in ("api_key_revocations", "api_key_secrets", "api_keys"):
        op.drop_table(table)
