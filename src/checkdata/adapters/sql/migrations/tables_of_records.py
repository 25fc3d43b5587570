"""The first tables of what happened: the log, its seals, receipts, mail, imports and earlier versions of rows."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Details, Moment, Number, Words


def make_records_of_what_happened() -> None:
    """Make these tables."""
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
    op.create_index("ix_audit_events_actor", "audit_events", ["actor", "kind", "role", "organisation_id", "at"])
    op.create_index("ix_audit_events_at", "audit_events", ["at"])
    op.create_index("ix_audit_events_subject", "audit_events", ["subject"])
    op.create_table(
        "audit_seals",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("segment", sa.BigInteger(), nullable=False),
        sa.Column("digest", Words, nullable=False),
        sa.Column("key_id", Words, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_seals"),
        sa.UniqueConstraint("position", name="uq_audit_seals_position"),
    )
    op.create_table(
        "audit_anchors",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("digest", Words, nullable=False),
        sa.Column("before", Moment, nullable=False),
        sa.Column("signature", Words, nullable=False),
        sa.Column("key_id", Words, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_anchors"),
    )
    op.create_table(
        "receipts",
        sa.Column("id", Number, nullable=False),
        sa.Column("sha256", Words, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("kind", Words, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("actor", Words),
        sa.Column("role", Words, nullable=False),
        sa.Column("organisation_id", Words, nullable=False),
        sa.Column("import_id", Words),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("asked", Details, nullable=False),
        sa.Column("scope", Details, nullable=False),
        sa.Column("participants", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_receipts"),
    )
    op.create_index("ix_receipts_at", "receipts", ["at"])
    op.create_index("ix_receipts_organisation_id", "receipts", ["organisation_id", "role"])
    op.create_index("ix_receipts_sha256", "receipts", ["sha256"])
    op.create_table(
        "outbox",
        sa.Column("id", Number, nullable=False),
        sa.Column("address", Words, nullable=False),
        sa.Column("kind", Words, nullable=False),
        sa.Column("message", Details, nullable=False),
        sa.Column("queued_at", Moment, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", Words, nullable=False),
        sa.Column("due_at", Moment),
        sa.Column("sent_at", Moment),
        sa.Column("tried_at", Moment),
        sa.Column("reference", Words),
        sa.Column("bounced_at", Moment),
        sa.Column("failure", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_address", "outbox", ["address"])
    op.create_index("ix_outbox_reference", "outbox", ["reference"])
    op.create_index(
        "ix_outbox_unfinished",
        "outbox",
        ["queued_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )


def make_imports() -> None:
    """Make these tables."""
    op.create_table(
        "imports",
        sa.Column("number", Number, nullable=False),
        sa.Column("id", Words, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("today", sa.Date(), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("generation", Number, nullable=False),
        sa.Column("holds_until", sa.Date()),
        sa.PrimaryKeyConstraint("number", name="pk_imports"),
    )
    op.create_table(
        "feed_readings",
        sa.Column("key", Words, nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("faults", Details, nullable=False),
        sa.Column("warnings", Details, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_feed_readings"),
    )
    op.create_table(
        "teacher_records",
        sa.Column("trn", Words, nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("date_of_birth", sa.Date(), nullable=False),
        sa.Column("qts_awarded_on", sa.Date()),
        sa.Column("induction_started_on", sa.Date()),
        sa.Column("induction_completed_on", sa.Date()),
        sa.Column("induction_status", Words),
        sa.Column("active_alert", sa.Boolean(), nullable=False),
        sa.Column("person_key", Words, nullable=False),
        sa.PrimaryKeyConstraint("trn", name="pk_teacher_records"),
    )
    op.create_index("ix_teacher_records_person_key", "teacher_records", ["person_key"])
    op.create_table(
        "partner_history",
        sa.Column("delivery_partner_id", Words, nullable=False),
        sa.Column("participant_id", Words, nullable=False),
        sa.Column("shown_from", Number, autoincrement=False, nullable=False),
        sa.Column("shown_until", Number, nullable=False),
        sa.Column("sort_key", Words, nullable=False),
        sa.Column("full_name", Words, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("trn", Words, nullable=False),
        sa.Column("role", Words, nullable=False),
        sa.Column("lead_provider_id", Words),
        sa.Column("lead_provider", sa.Text(), nullable=False),
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("school_urn", Words, nullable=False),
        sa.Column("academic_year", sa.Integer(), nullable=False),
        sa.Column("status", Words, nullable=False),
        sa.Column("status_group", Words, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("since_at_least", sa.Boolean(), nullable=False),
        sa.Column("programme", Words, nullable=False),
        sa.Column("induction_tutor_email", sa.Text(), nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("completed_on", sa.Date()),
        sa.PrimaryKeyConstraint("delivery_partner_id", "participant_id", "shown_from", name="pk_partner_history"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "body_history",
        sa.Column("appropriate_body_id", Words, nullable=False),
        sa.Column("participant_id", Words, nullable=False),
        sa.Column("shown_from", Number, autoincrement=False, nullable=False),
        sa.Column("shown_until", Number, nullable=False),
        sa.Column("sort_key", Words, nullable=False),
        sa.Column("full_name", Words, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("trn", Words, nullable=False),
        sa.Column("role", Words, nullable=False),
        sa.Column("lead_provider_id", Words),
        sa.Column("lead_provider", sa.Text(), nullable=False),
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("school_urn", Words, nullable=False),
        sa.Column("academic_year", sa.Integer(), nullable=False),
        sa.Column("status", Words, nullable=False),
        sa.Column("status_group", Words, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("since_at_least", sa.Boolean(), nullable=False),
        sa.Column("programme", Words, nullable=False),
        sa.Column("induction_tutor_email", sa.Text(), nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("completed_on", sa.Date()),
        sa.PrimaryKeyConstraint("appropriate_body_id", "participant_id", "shown_from", name="pk_body_history"),
        sqlite_with_rowid=False,
    )
