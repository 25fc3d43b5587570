"""Indexes by which the log of millions of views tells who has seen a participant."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
loses = ""


def upgrade() -> None:
    """Make them."""
    op.create_index("ix_audit_events_organisation_id", "audit_events", ["organisation_id", "kind", "at"])
    op.create_index(
        "ix_audit_events_participant_id",
        "audit_events",
        ["participant_id"],
        sqlite_where=sa.text("participant_id IS NOT NULL"),
        postgresql_where=sa.text("participant_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Drop them."""
    for column in ("organisation_id", "participant_id"):
        op.drop_index(f"ix_audit_events_{column}", "audit_events")
