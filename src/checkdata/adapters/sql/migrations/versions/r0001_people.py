"""People, access, mail and the audit log; the organisations and agreements that access depends on."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Details, Moment, Number, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES: Final = (
    "audit_events",
    "outbox",
    "sessions",
    "sign_in_links",
    "grants",
    "users",
    "agreements",
    "schools",
    "appropriate_bodies",
    "delivery_partners",
    "lead_providers",
    "meta",
)


def upgrade() -> None:
    """Make the tables."""
    _make_organisations()
    _make_users()
    _make_sign_ins()
    _make_records_of_what_happened()


def downgrade() -> None:
    """Drop them, with all that is in them."""
    for table in TABLES:
        op.drop_table(table)


def _make_organisations() -> None:
    op.create_table(
        "meta",
        sa.Column("name", Words, nullable=False),
        sa.Column("value", Words, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
    op.create_table(
        "lead_providers",
        sa.Column("id", Words, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.Column("contact_email", Words, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lead_providers"),
    )
    for table, key in (("delivery_partners", "id"), ("appropriate_bodies", "id"), ("schools", "urn")):
        op.create_table(
            table,
            sa.Column(key, Words, nullable=False),
            sa.Column("name", Words, nullable=False),
            sa.PrimaryKeyConstraint(key, name=f"pk_{table}"),
        )
    op.create_table(
        "agreements",
        sa.Column("id", Words, nullable=False),
        sa.Column("lead_provider_id", Words, nullable=False),
        sa.Column("delivery_partner_id", Words, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.Column("first_academic_year", sa.Integer),
        sa.Column("last_academic_year", sa.Integer),
        sa.Column("covers_unconfirmed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agreements"),
        sa.ForeignKeyConstraint(["lead_provider_id"], ["lead_providers.id"], name="fk_agreements_lead_provider_id"),
        sa.ForeignKeyConstraint(
            ["delivery_partner_id"], ["delivery_partners.id"], name="fk_agreements_delivery_partner_id"
        ),
    )
    op.create_index("ix_agreements_delivery_partner_id", "agreements", ["delivery_partner_id"])


def _make_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", Words, nullable=False),
        sa.Column("email", Words, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("suspended", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
    )
    op.create_table(
        "grants",
        sa.Column("id", Words, nullable=False),
        sa.Column("user_id", Words, nullable=False),
        sa.Column("role", Words, nullable=False),
        sa.Column("organisation_id", Words, nullable=False),
        sa.Column("granted_on", sa.Date, nullable=False),
        sa.Column("granted_by", Words, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("confirmed_by", Words),
        sa.Column("ended_on", sa.Date),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_grants_user_id"),
    )
    op.create_index("ix_grants_user_id", "grants", ["user_id"])
    is_open = sa.text("ended_on IS NULL")
    op.create_index(
        "uq_grants_open",
        "grants",
        ["user_id", "role", "organisation_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _make_sign_ins() -> None:
    op.create_table(
        "sign_in_links",
        sa.Column("digest", Words, nullable=False),
        sa.Column("user_id", Words, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("used_at", Moment),
        sa.PrimaryKeyConstraint("digest", name="pk_sign_in_links"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sign_in_links_user_id"),
    )
    op.create_index("ix_sign_in_links_user_id", "sign_in_links", ["user_id"])
    op.create_table(
        "sessions",
        sa.Column("digest", Words, nullable=False),
        sa.Column("user_id", Words, nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.Column("role", Words),
        sa.Column("organisation_id", Words),
        sa.PrimaryKeyConstraint("digest", name="pk_sessions"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])


def _make_records_of_what_happened() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", Number, nullable=False),
        sa.Column("address", Words, nullable=False),
        sa.Column("kind", Words, nullable=False),
        sa.Column("message", Details, nullable=False),
        sa.Column("queued_at", Moment, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("state", Words, nullable=False),
        sa.Column("due_at", Moment),
        sa.Column("sent_at", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_address", "outbox", ["address"])
    waits = sa.text("state = 'waiting'")
    op.create_index("ix_outbox_waiting", "outbox", ["queued_at"], sqlite_where=waits, postgresql_where=waits)
    op.create_table(
        "audit_events",
        sa.Column("id", Number, nullable=False),
        sa.Column("kind", Words, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("actor", Words),
        sa.Column("role", Words),
        sa.Column("organisation_id", Words),
        sa.Column("subject", Words),
        sa.Column("import_id", Words),
        sa.Column("participant_id", Words),
        sa.Column("details", Details, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_events"),
    )
