"""The listings of delivery partners and appropriate bodies, in order, and their tallies."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LISTINGS: Final = (("partner", "delivery_partner_id"), ("body", "appropriate_body_id"))


def upgrade() -> None:
    """Make the tables, alike for both."""
    for name, organisation in LISTINGS:
        _make_listing(f"{name}_listing", organisation)
        _make_tallies(f"{name}_tallies", organisation)


def downgrade() -> None:
    """Drop them, with all that is in them."""
    for name, _ in LISTINGS:
        op.drop_table(f"{name}_tallies")
        op.drop_table(f"{name}_listing")


def _make_listing(name: str, organisation: str) -> None:
    op.create_table(
        name,
        sa.Column(organisation, Words, nullable=False),
        sa.Column("pos", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("participant_id", Words, nullable=False),
        sa.Column("sort_key", Words, nullable=False),
        sa.Column("search", Words, nullable=False),
        sa.Column("email_key", Words, nullable=False),
        sa.Column("full_name", Words, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("trn", Words, nullable=False),
        sa.Column("role", Words, nullable=False),
        sa.Column("lead_provider_id", Words),
        sa.Column("lead_provider", sa.Text, nullable=False),
        sa.Column("school", sa.Text, nullable=False),
        sa.Column("school_urn", Words, nullable=False),
        sa.Column("academic_year", sa.Integer, nullable=False),
        sa.Column("status", Words, nullable=False),
        sa.Column("status_group", Words, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("since_at_least", sa.Boolean, nullable=False),
        sa.Column("programme", Words, nullable=False),
        sa.Column("induction_tutor_email", sa.Text, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("state", Words, nullable=False),
        sa.Column("unsafe", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint(organisation, "pos", name=f"pk_{name}"),
        sa.UniqueConstraint("participant_id", organisation, name=f"uq_{name}_participant_id"),
        sqlite_with_rowid=False,
    )


def _make_tallies(name: str, organisation: str) -> None:
    op.create_table(
        name,
        sa.Column(organisation, Words, nullable=False),
        sa.Column("lead_provider_id", Words, nullable=False),
        sa.Column("role", Words, nullable=False),
        sa.Column("academic_year", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("status", Words, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint(organisation, "lead_provider_id", "role", "academic_year", "status", name=f"pk_{name}"),
        sqlite_with_rowid=False,
    )
