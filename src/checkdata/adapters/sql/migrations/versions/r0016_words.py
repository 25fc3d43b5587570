"""What a search looks at of each row of a listing, in a narrow table of its own."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Words

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

LISTINGS: Final = (("partner", "delivery_partner_id"), ("body", "appropriate_body_id"))


def upgrade() -> None:
    """Copy what is listed."""
    for name, organisation in LISTINGS:
        columns = _columns(organisation)
        op.create_table(
            f"{name}_words",
            *columns,
            sa.PrimaryKeyConstraint(organisation, "pos", name=f"pk_{name}_words"),
            sqlite_with_rowid=False,
        )
        names = ", ".join(column.name for column in columns)
        copied = f"SELECT {names} FROM {name}_listing ORDER BY {organisation}, pos"  # noqa: S608 - our own
        op.execute(f"INSERT INTO {name}_words ({names}) {copied}")


def downgrade() -> None:
    """Let a search read the listing itself."""
    for name, _ in LISTINGS:
        op.drop_table(f"{name}_words")


def _columns(organisation: str) -> list[sa.Column[str] | sa.Column[int]]:
    return [
        sa.Column(organisation, Words, nullable=False),
        sa.Column("pos", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("search", Words, nullable=False),
        sa.Column("email_key", Words, nullable=False),
        sa.Column("school_urn", Words, nullable=False),
        sa.Column("lead_provider_id", Words),
        sa.Column("role", Words, nullable=False),
        sa.Column("academic_year", sa.Integer, nullable=False),
        sa.Column("status", Words, nullable=False),
    ]
