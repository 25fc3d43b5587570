"""The tables of the department's register of schools, and of which follow one that closed."""

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Words

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
loses = "The register of schools: import it again (checkdata schools import)."


def upgrade() -> None:
    """Make them, empty: schools are called as feeds call them."""
    op.create_table(
        "school_register",
        sa.Column("urn", Words, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", Words, nullable=False),
        sa.Column("state", Words, nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.PrimaryKeyConstraint("urn", name="pk_school_register"),
    )
    op.create_index("ix_school_register_name_key", "school_register", ["name_key"])
    schools = ["school_register.urn"]
    op.create_table(
        "school_successors",
        sa.Column("urn", Words, nullable=False),
        sa.Column("successor", Words, nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("urn", "successor", name="pk_school_successors"),
        sa.ForeignKeyConstraint(["urn"], schools, name="fk_school_successors_urn_school_register"),
        sa.ForeignKeyConstraint(["successor"], schools, name="fk_school_successors_successor_school_register"),
    )
    op.create_index("ix_school_successors_successor", "school_successors", ["successor"])


def downgrade() -> None:
    """Drop them: names stay as they are until the next feed tells others."""
    for table in ("school_successors", "school_register"):
        op.drop_table(table)
