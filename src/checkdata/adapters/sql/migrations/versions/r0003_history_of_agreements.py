"""The versions of agreements; the agreements that there are get their first one."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Number, Words
from checkdata.adapters.sql.migrations.guards import let_changes, refuse_changes

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
loses = "The versions of agreements, so that no question about the past can be answered from before today."


def upgrade() -> None:
    """Make the table, and keep the agreements in it as what was known from the beginning: nothing tells since when."""
    op.create_table(
        "agreement_versions",
        sa.Column("number", Number, nullable=False),
        sa.Column("agreement_id", Words, nullable=False),
        sa.Column("lead_provider_id", Words, nullable=False),
        sa.Column("delivery_partner_id", Words, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        sa.Column("first_academic_year", sa.Integer()),
        sa.Column("last_academic_year", sa.Integer()),
        sa.Column("covers_unconfirmed", sa.Boolean(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("added_by_hand", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("import_id", Words),
        sa.Column("recorded_by", Words),
        sa.PrimaryKeyConstraint("number", name="pk_agreement_versions"),
    )
    for column in ("agreement_id", "delivery_partner_id"):
        op.create_index(f"ix_agreement_versions_{column}", "agreement_versions", [column])
    op.execute(
        """
        INSERT INTO agreement_versions (
            agreement_id, lead_provider_id, delivery_partner_id, starts_on, ends_on, first_academic_year,
            last_academic_year, covers_unconfirmed, ended_on, added_by_hand, removed, recorded_at
        )
        SELECT id, lead_provider_id, delivery_partner_id, starts_on, ends_on, first_academic_year,
            last_academic_year, covers_unconfirmed, ended_on, added_by_hand, false, '1970-01-01 00:00:00.000000Z'
        FROM agreements ORDER BY id
        """.replace("Z'", "'" if op.get_bind().dialect.name == "sqlite" else "Z'")
    )
    refuse_changes("agreement_versions", "true")


def downgrade() -> None:
    """Drop it, with all that is in it."""
    let_changes("agreement_versions")
    op.drop_table("agreement_versions")
