"""Marks on every hundredth row of an organisation's listing, so that positions may have room between them."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Words

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LISTINGS: Final = (("partner", "delivery_partner_id"), ("body", "appropriate_body_id"))


def upgrade() -> None:
    """Mark the rows, whose positions have no room as yet."""
    for name, organisation in LISTINGS:
        op.create_table(
            f"{name}_marks",
            sa.Column(organisation, Words, nullable=False),
            sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
            sa.Column("pos", sa.Integer, nullable=False),
            sa.PrimaryKeyConstraint(organisation, "number", name=f"pk_{name}_marks"),
            sqlite_with_rowid=False,
        )
        marked = f"SELECT {organisation}, pos / 100, pos FROM {name}_listing WHERE pos % 100 = 0"  # noqa: S608 - our own
        op.execute(f"INSERT INTO {name}_marks {marked}")


def downgrade() -> None:
    """Let positions count from 0 again."""
    for name, organisation in LISTINGS:
        op.drop_table(f"{name}_marks")
        rank = f"row_number() OVER (PARTITION BY {organisation} ORDER BY pos)"
        ranked = f"SELECT {organisation} AS o, pos AS p, {rank} AS n FROM {name}_listing"  # noqa: S608 - our own
        same = f"{name}_listing.{organisation} = ranked.o AND {name}_listing.pos = ranked.p"
        # By way of negative ones, for no two may be the same meanwhile.
        op.execute(f"UPDATE {name}_listing SET pos = -n FROM ({ranked}) AS ranked WHERE {same}")  # noqa: S608
        op.execute(f"UPDATE {name}_listing SET pos = -pos - 1")  # noqa: S608
