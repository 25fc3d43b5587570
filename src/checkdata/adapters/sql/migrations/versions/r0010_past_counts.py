"""The counts of earlier days, by which an overview tells what changed: numbers only, nothing of a person."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Words
from checkdata.adapters.sql.migrations.guards import hold_counts

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
loses = "The counts of earlier days, so that overviews tell no changes until imports have counted again."

_TABLES: Final = {"partner_counts": "delivery_partner_id", "body_counts": "appropriate_body_id"}


def upgrade() -> None:
    """Make the tables; their first counts are those of the next import that changes something."""
    for name, organisation in _TABLES.items():
        op.create_table(
            name,
            sa.Column(organisation, Words, nullable=False),
            sa.Column("day", sa.Date(), nullable=False),
            sa.Column("lead_provider_id", Words, nullable=False),
            sa.Column("academic_year", sa.Integer(), nullable=False),
            sa.Column("role", Words, nullable=False),
            sa.Column("status", Words, nullable=False),
            sa.Column("number", sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint(
                organisation, "day", "lead_provider_id", "academic_year", "role", "status", name=f"pk_{name}"
            ),
            sqlite_with_rowid=False,
        )
        op.create_index(f"ix_{name}_day", name, ["day"])
        hold_counts(name, organisation)


def downgrade() -> None:
    """Drop them, with what was counted."""
    for name in _TABLES:
        op.drop_table(name)
