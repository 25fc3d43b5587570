"""Each generation remembers who has left the view of its listings, so that they do not come back by themselves.

On SQLite a generation is a file of its own, which a rollback does not change back. If a later step fails, this one is
done again on files that it has changed already.
"""

from typing import Final

from alembic import op

from checkdata.adapters.sql.migrations.of_generations import change_generations

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
loses = "Who has left the view of a listing: they may come back into it, until they leave again."

_TABLES: Final = {"partner_departed": "delivery_partner_id", "body_departed": "appropriate_body_id"}


def upgrade() -> None:
    """Make the tables, without rows: nobody has left yet by the rule that fills them."""
    words = 'text COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else "text"
    change_generations(
        *(
            f"CREATE TABLE IF NOT EXISTS {name} ({organisation} {words} NOT NULL, participant_id {words} NOT NULL, "
            f"PRIMARY KEY ({organisation}, participant_id))"
            for name, organisation in _TABLES.items()
        )
    )


def downgrade() -> None:
    """Drop them."""
    change_generations(*(f"DROP TABLE IF EXISTS {name}" for name in _TABLES))
