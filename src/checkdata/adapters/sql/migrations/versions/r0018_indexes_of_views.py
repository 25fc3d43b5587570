"""Indexes from which PostgreSQL tells who looked at lists, without reading the log itself."""

from typing import Final

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
loses = ""

_IS_VIEW: Final = "kind IN ('list_viewed', 'changes_viewed', 'list_reconciled', 'downloaded')"
_BYTES: Final = "octet_length(CAST(details AS TEXT))"


def upgrade() -> None:
    """Make them."""
    if _on_postgresql():
        op.execute(f"""
            CREATE INDEX ix_audit_events_views ON audit_events (organisation_id, at)
            INCLUDE (kind, role, actor, import_id, details) WHERE {_IS_VIEW} AND {_BYTES} <= 800
        """)
        op.execute(f"""
            CREATE INDEX ix_audit_events_long_views ON audit_events (organisation_id, at)
            WHERE {_IS_VIEW} AND {_BYTES} > 800
        """)


def downgrade() -> None:
    """Drop them."""
    if _on_postgresql():
        for name in ("views", "long_views"):
            op.drop_index(f"ix_audit_events_{name}", "audit_events")


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
