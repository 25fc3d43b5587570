"""All tables but those of the listings, of which each import makes its own."""

from typing import Final

from alembic import op

from checkdata.adapters.sql.migrations.guards import KEPT, hold_history, let_changes, refuse_changes
from checkdata.adapters.sql.migrations.tables_of_people import make_nominations, make_organisations, make_users
from checkdata.adapters.sql.migrations.tables_of_records import make_imports, make_records_of_what_happened

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
loses = "All that there is: users, access, nominations, agreements, mail that waits, receipts and the audit log."

TABLES: Final = (
    "meta",
    "job_runs",
    "lead_providers",
    "delivery_partners",
    "appropriate_bodies",
    "schools",
    "agreements",
    "users",
    "grants",
    "sign_in_links",
    "link_requests",
    "sessions",
    "nominations",
    "nomination_steps",
    "confirmation_links",
    "confirmation_visits",
    "audit_events",
    "audit_seals",
    "audit_anchors",
    "receipts",
    "outbox",
    "imports",
    "feed_readings",
    "teacher_records",
    "partner_history",
    "body_history",
)
"""Each before those that refer to it."""


def upgrade() -> None:
    """Make the tables, and what the database itself holds them to."""
    make_organisations()
    make_users()
    make_nominations()
    make_records_of_what_happened()
    make_imports()
    for table, kept in KEPT.items():
        refuse_changes(table, kept)
    hold_history()


def downgrade() -> None:
    """Drop them, with all that is in them."""
    for table in KEPT:
        let_changes(table)
    for name in reversed(TABLES):
        op.drop_table(name)
