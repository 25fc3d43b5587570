"""The first tables of organisations, users, sign-ins and nominations."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Words


def make_organisations() -> None:
    """Make these tables."""
    op.create_table(
        "meta",
        sa.Column("name", Words, nullable=False),
        sa.Column("value", Words, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
    op.create_table(
        "job_runs",
        sa.Column("job", Words, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("job", name="pk_job_runs"),
    )
    op.create_table(
        "lead_providers",
        sa.Column("id", Words, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.Column("contact_email", Words, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lead_providers"),
    )
    op.create_table(
        "delivery_partners",
        sa.Column("id", Words, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_partners"),
    )
    op.create_table(
        "appropriate_bodies",
        sa.Column("id", Words, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_appropriate_bodies"),
    )
    op.create_table(
        "schools",
        sa.Column("urn", Words, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.PrimaryKeyConstraint("urn", name="pk_schools"),
    )
    op.create_table(
        "agreements",
        sa.Column("id", Words, nullable=False),
        sa.Column("lead_provider_id", Words, nullable=False),
        sa.Column("delivery_partner_id", Words, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        sa.Column("first_academic_year", sa.Integer()),
        sa.Column("last_academic_year", sa.Integer()),
        sa.Column("covers_unconfirmed", sa.Boolean(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("added_by_hand", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_partner_id"], ["delivery_partners.id"], name="fk_agreements_delivery_partner_id"
        ),
        sa.ForeignKeyConstraint(["lead_provider_id"], ["lead_providers.id"], name="fk_agreements_lead_provider_id"),
        sa.PrimaryKeyConstraint("id", name="pk_agreements"),
    )
    op.create_index("ix_agreements_delivery_partner_id", "agreements", ["delivery_partner_id"])


def make_users() -> None:
    """Make these tables."""
    op.create_table(
        "users",
        sa.Column("id", Words, nullable=False),
        sa.Column("email", Words, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
    )
    op.create_table(
        "grants",
        sa.Column("id", Words, nullable=False),
        sa.Column("user_id", Words, nullable=False),
        sa.Column("role", Words, nullable=False),
        sa.Column("organisation_id", Words, nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("granted_by", Words, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("confirmed_by", Words),
        sa.Column("ended_on", sa.Date()),
        sa.Column("nomination_id", Words),
        sa.Column("confirmed_on", sa.Date()),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_grants_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
    )
    op.create_index("ix_grants_user_id", "grants", ["user_id"])
    op.create_index(
        "uq_grants_open",
        "grants",
        ["user_id", "role", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "sign_in_links",
        sa.Column("digest", Words, nullable=False),
        sa.Column("user_id", Words, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("used_at", Moment),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sign_in_links_user_id"),
        sa.PrimaryKeyConstraint("digest", name="pk_sign_in_links"),
    )
    op.create_index("ix_sign_in_links_user_id", "sign_in_links", ["user_id"])
    op.create_table(
        "link_requests",
        sa.Column("key", Words, nullable=False),
        sa.Column("ends_at", Moment, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_link_requests"),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", Words, nullable=False),
        sa.Column("user_id", Words, nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.Column("role", Words),
        sa.Column("organisation_id", Words),
        sa.Column("began_as", Words, server_default="", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id"),
        sa.PrimaryKeyConstraint("digest", name="pk_sessions"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])


def make_nominations() -> None:
    """Make these tables."""
    op.create_table(
        "nominations",
        sa.Column("id", Words, nullable=False),
        sa.Column("email", Words, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("user_id", Words),
        sa.Column("role", Words, nullable=False),
        sa.Column("organisation_id", Words, nullable=False),
        sa.Column("nominated_by", Words, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("renews", Words),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("closed_at", Moment),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_nominations"),
    )
    op.create_index("ix_nominations_closed_at", "nominations", ["closed_at"])
    op.create_index("ix_nominations_email", "nominations", ["email"])
    op.create_index(
        "uq_nominations_open",
        "nominations",
        ["email", "role", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "nomination_steps",
        sa.Column("nomination_id", Words, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", Words, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("taken_by", Words),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("lead_provider_id", Words),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date()),
        sa.ForeignKeyConstraint(["nomination_id"], ["nominations.id"], name="fk_nomination_steps_nomination_id"),
        sa.PrimaryKeyConstraint("nomination_id", "number", name="pk_nomination_steps"),
    )
    op.create_table(
        "confirmation_links",
        sa.Column("digest", Words, nullable=False),
        sa.Column("nomination_id", Words, nullable=False),
        sa.Column("lead_provider_id", Words, nullable=False),
        sa.Column("address", Words, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("used_at", Moment),
        sa.ForeignKeyConstraint(["nomination_id"], ["nominations.id"], name="fk_confirmation_links_nomination_id"),
        sa.PrimaryKeyConstraint("digest", name="pk_confirmation_links"),
    )
    op.create_index("ix_confirmation_links_nomination_id", "confirmation_links", ["nomination_id"])
    op.create_table(
        "confirmation_visits",
        sa.Column("digest", Words, nullable=False),
        sa.Column("nomination_id", Words, nullable=False),
        sa.Column("lead_provider_id", Words, nullable=False),
        sa.Column("address", Words, nullable=False),
        sa.Column("ends_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["nomination_id"], ["nominations.id"], name="fk_confirmation_visits_nomination_id"),
        sa.PrimaryKeyConstraint("digest", name="pk_confirmation_visits"),
    )
    op.create_index("ix_confirmation_visits_nomination_id", "confirmation_visits", ["nomination_id"])
