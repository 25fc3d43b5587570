"""Nominations and confirmation links; agreements ended by hand; when a grant was confirmed anew, and mail was tried."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES: Final = ("confirmation_visits", "confirmation_links", "nomination_steps", "nominations")


def upgrade() -> None:
    """Make the tables and add the columns."""
    _make_nominations()
    _make_confirmations()
    op.add_column("grants", sa.Column("nomination_id", Words))
    op.add_column("grants", sa.Column("confirmed_on", sa.Date))
    op.add_column("agreements", sa.Column("ended_on", sa.Date))
    op.add_column("agreements", sa.Column("added_by_hand", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("outbox", sa.Column("tried_at", Moment))
    op.create_index("ix_audit_events_actor", "audit_events", ["actor", "kind", "role", "organisation_id", "at"])
    op.create_index("ix_audit_events_subject", "audit_events", ["subject"])


def downgrade() -> None:
    """Drop them, with all that is in them."""
    op.drop_index("ix_audit_events_subject", "audit_events")
    op.drop_index("ix_audit_events_actor", "audit_events")
    for table, column in (
        ("outbox", "tried_at"),
        ("agreements", "added_by_hand"),
        ("agreements", "ended_on"),
        ("grants", "confirmed_on"),
        ("grants", "nomination_id"),
    ):
        op.drop_column(table, column)
    for table in TABLES:
        op.drop_table(table)


def _make_nominations() -> None:
    op.create_table(
        "nominations",
        sa.Column("id", Words, nullable=False),
        sa.Column("email", Words, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("user_id", Words),
        sa.Column("role", Words, nullable=False),
        sa.Column("organisation_id", Words, nullable=False),
        sa.Column("nominated_by", Words, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("renews", Words),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("closed_at", Moment),
        sa.Column("steps", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_nominations"),
    )
    op.create_index("ix_nominations_email", "nominations", ["email"])
    op.create_index("ix_nominations_closed_at", "nominations", ["closed_at"])
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_nominations_open",
        "nominations",
        ["email", "role", "organisation_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "nomination_steps",
        sa.Column("nomination_id", Words, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("state", Words, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("taken_by", Words),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("lead_provider_id", Words),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("answered_on", sa.Date),
        sa.PrimaryKeyConstraint("nomination_id", "number", name="pk_nomination_steps"),
        sa.ForeignKeyConstraint(["nomination_id"], ["nominations.id"], name="fk_nomination_steps_nomination_id"),
    )


def _make_confirmations() -> None:
    op.create_table(
        "confirmation_links",
        sa.Column("digest", Words, nullable=False),
        sa.Column("nomination_id", Words, nullable=False),
        sa.Column("lead_provider_id", Words, nullable=False),
        sa.Column("address", Words, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("used_at", Moment),
        sa.PrimaryKeyConstraint("digest", name="pk_confirmation_links"),
        sa.ForeignKeyConstraint(["nomination_id"], ["nominations.id"], name="fk_confirmation_links_nomination_id"),
    )
    op.create_index("ix_confirmation_links_nomination_id", "confirmation_links", ["nomination_id"])
    op.create_table(
        "confirmation_visits",
        sa.Column("digest", Words, nullable=False),
        sa.Column("nomination_id", Words, nullable=False),
        sa.Column("lead_provider_id", Words, nullable=False),
        sa.Column("address", Words, nullable=False),
        sa.Column("ends_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_confirmation_visits"),
        sa.ForeignKeyConstraint(["nomination_id"], ["nominations.id"], name="fk_confirmation_visits_nomination_id"),
    )
    op.create_index("ix_confirmation_visits_nomination_id", "confirmation_visits", ["nomination_id"])
