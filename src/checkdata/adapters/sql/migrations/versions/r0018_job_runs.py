"""When each job ran last, for whatever watches the service."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Words

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "job_runs",
        sa.Column("job", Words, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("job", name="pk_job_runs"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("job_runs")
