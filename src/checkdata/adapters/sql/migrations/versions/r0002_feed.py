"""Imports, training records and teacher records as they came in, and until when each participant's listings hold."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Number, Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "imports",
        sa.Column("number", Number, nullable=False),
        sa.Column("id", Words, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("today", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_imports"),
    )
    op.create_table(
        "participants",
        sa.Column("participant_id", Words, nullable=False),
        sa.Column("derived_on", sa.Date, nullable=False),
        sa.Column("holds_until", sa.Date),
        sa.PrimaryKeyConstraint("participant_id", name="pk_participants"),
        sqlite_with_rowid=False,
    )
    _make_teacher_records()
    _make_training_records()


def downgrade() -> None:
    """Drop them, with all that is in them."""
    for table in ("training_records", "teacher_records", "participants", "imports"):
        op.drop_table(table)


def _make_teacher_records() -> None:
    op.create_table(
        "teacher_records",
        sa.Column("trn", Words, nullable=False),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("date_of_birth", sa.Date, nullable=False),
        sa.Column("qts_awarded_on", sa.Date),
        sa.Column("induction_started_on", sa.Date),
        sa.Column("induction_completed_on", sa.Date),
        sa.Column("induction_status", Words),
        sa.Column("active_alert", sa.Boolean, nullable=False),
        sa.Column("person_key", Words, nullable=False),
        sa.PrimaryKeyConstraint("trn", name="pk_teacher_records"),
    )
    op.create_index("ix_teacher_records_person_key", "teacher_records", ["person_key"])


def _make_training_records() -> None:
    op.create_table(
        "training_records",
        sa.Column("record_id", Words, nullable=False),
        sa.Column("participant_id", Words, nullable=False),
        sa.Column("role", Words, nullable=False),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("trn", Words),
        sa.Column("school_urn", Words, nullable=False),
        sa.Column("academic_year", sa.Integer, nullable=False),
        sa.Column("lead_provider_id", Words),
        sa.Column("delivery_partner_id", Words),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("date_of_birth", sa.Date),
        sa.Column("trn_validated", sa.Boolean),
        sa.Column("appropriate_body_id", Words),
        sa.Column("partnership", Words),
        sa.Column("programme", Words, nullable=False),
        sa.Column("induction_tutor_email", sa.Text, nullable=False),
        sa.Column("induction_status", Words, nullable=False),
        sa.Column("training_status", Words, nullable=False),
        sa.Column("school_transfer", sa.Boolean, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.Column("induction_started_on", sa.Date),
        sa.Column("induction_completed_on", sa.Date),
        sa.Column("details_given", Words, nullable=False),
        sa.Column("details_request", Words),
        sa.Column("check_failed", sa.Boolean, nullable=False),
        sa.Column("eligibility", Words),
        sa.Column("eligibility_reason", Words),
        sa.Column("mentees", Words, nullable=False),
        sa.Column("person_key", Words),
        sa.PrimaryKeyConstraint("record_id", name="pk_training_records"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_training_records_participant_id", "training_records", ["participant_id"])
