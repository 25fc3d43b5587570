"""What listings showed before, and by which import each of their rows began to show what it shows."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Number, Words

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LISTINGS: Final = (("partner", "delivery_partner_id"), ("body", "appropriate_body_id"))
_LAST_IMPORT: Final = "(SELECT coalesce(max(number), 0) FROM imports)"


def upgrade() -> None:
    """Make the tables; rows that are there count as begun by the last import."""
    op.add_column("imports", sa.Column("made_at", Moment))
    for name, organisation in LISTINGS:
        listing = f"{name}_listing"
        op.add_column(listing, sa.Column("shown_from", Number, nullable=False, server_default="0"))
        op.execute(f"UPDATE {listing} SET shown_from = {_LAST_IMPORT}")  # noqa: S608 - our own
        _make_history(f"{name}_history", organisation)


def downgrade() -> None:
    """Drop them, with all that is in them."""
    for name, _ in LISTINGS:
        op.drop_table(f"{name}_history")
        op.drop_column(f"{name}_listing", "shown_from")
    op.drop_column("imports", "made_at")


def _make_history(name: str, organisation: str) -> None:
    op.create_table(
        name,
        sa.Column(organisation, Words, nullable=False),
        sa.Column("participant_id", Words, nullable=False),
        sa.Column("shown_from", Number, nullable=False, autoincrement=False),
        sa.Column("shown_until", Number, nullable=False),
        sa.Column("sort_key", Words, nullable=False),
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
        sa.PrimaryKeyConstraint(organisation, "participant_id", "shown_from", name=f"pk_{name}"),
        sqlite_with_rowid=False,
    )
