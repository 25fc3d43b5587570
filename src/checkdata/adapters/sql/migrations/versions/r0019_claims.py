"""Why a mail failed, by which reference each try of it is known, and an index of what is not over."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep of references what stands before the @, and give one to each mail that waits."""
    op.add_column("outbox", sa.Column("failure", sa.Text))
    op.drop_index("ix_outbox_waiting", "outbox")
    _index("ix_outbox_unfinished", "due_at IS NOT NULL")
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    at = "strpos" if on_postgresql else "instr"
    random = "replace(gen_random_uuid()::text, '-', '')" if on_postgresql else "lower(hex(randomblob(16)))"
    op.execute(f"UPDATE outbox SET reference = substr(reference, 2, {at}(reference, '@') - 2)")  # noqa: S608 - ours
    op.execute(f"UPDATE outbox SET reference = {random} WHERE reference IS NULL")  # noqa: S608 - ours


def downgrade() -> None:
    """Let what is claimed wait again; who is known by a reference of this version is not known to the one before."""
    op.execute("UPDATE outbox SET state = 'waiting' WHERE state = 'claimed'")
    op.execute("UPDATE outbox SET state = 'dropped' WHERE state = 'expired'")
    op.drop_index("ix_outbox_unfinished", "outbox")
    _index("ix_outbox_waiting", "state = 'waiting'")
    op.drop_column("outbox", "failure")


def _index(name: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "outbox", ["queued_at"], sqlite_where=where, postgresql_where=where)
