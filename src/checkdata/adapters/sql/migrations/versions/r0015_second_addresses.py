"""A second address of a user, the addresses of all users in one place, and which links and sessions came by one."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Words
from checkdata.domain.people.mailboxes import mailbox_key
from checkdata.domain.values import EmailAddress

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
loses = "Second addresses, the sessions and links that came by them, and confirmations that wait."

_COLUMNS: Final[Sequence[tuple[str, str, Any, Mapping[str, Any]]]] = (
    ("users", "second_email", Words, {}),
    ("users", "second_confirmed_at", Moment, {}),
    ("nominations", "is_second", sa.Boolean(), {"nullable": False, "server_default": sa.false()}),
    ("sign_in_links", "purpose", Words, {"nullable": False, "server_default": "sign_in"}),
    ("sessions", "at_second", sa.Boolean(), {"nullable": False, "server_default": sa.false()}),
)

_OPEN: Final = "SELECT id FROM nominations WHERE is_second AND closed_at IS NULL"
_WHAT_WAITS: Final = (
    """
    UPDATE proposals SET state = 'withdrawn'
    WHERE state = 'waiting' AND CAST(change AS TEXT) LIKE '%"is_second": true%'
    """,
    *(
        f"DELETE FROM {table} WHERE nomination_id IN ({_OPEN})"  # noqa: S608 - nothing in it was typed
        for table in ("confirmation_visits", "confirmation_links", "nomination_steps")
    ),
    "DELETE FROM nominations WHERE is_second AND closed_at IS NULL",
)


def upgrade() -> None:
    """Nobody has a second address yet."""
    for table, column, kind, rest in _COLUMNS:
        op.add_column(table, sa.Column(column, kind, **rest))
    taken = op.create_table(
        "taken_addresses",
        sa.Column("email", Words, nullable=False),
        sa.Column("user_id", Words, nullable=False),
        sa.Column("mailbox", Words, nullable=False),
        sa.PrimaryKeyConstraint("email", name="pk_taken_addresses"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_taken_addresses_user_id_users"),
    )
    op.create_index("ix_taken_addresses_user_id", "taken_addresses", ["user_id"])
    op.create_index("ix_taken_addresses_mailbox", "taken_addresses", ["mailbox"])
    users = op.get_bind().execute(sa.text("SELECT id, email FROM users")).all()
    rows = [
        {"email": email, "user_id": user_id, "mailbox": mailbox_key(EmailAddress(email))} for user_id, email in users
    ]
    op.bulk_insert(taken, rows)


def downgrade() -> None:
    """Forget the second addresses, what came by them and what waits: otherwise it would replace a user's own one."""
    for statement in _WHAT_WAITS:
        op.execute(sa.text(statement))
    op.execute(sa.text("DELETE FROM sessions WHERE at_second"))
    op.execute(sa.text("DELETE FROM sign_in_links WHERE purpose <> 'sign_in'"))
    op.drop_table("taken_addresses")
    for table, column, _, _ in reversed(_COLUMNS):
        op.drop_column(table, column)
