"""The seals of the audit log, and the log, its seals and receipts made append-only by the database itself."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Words

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ANCHORED: Final = "coalesce((SELECT max(number) FROM audit_anchors), 0)"
ANCHORED_BEFORE: Final = "(SELECT max(before) FROM audit_anchors)"
KEPT: Final = {
    "audit_events": f"OLD.id > {ANCHORED}",
    "audit_seals": f"OLD.number > {ANCHORED}",
    "receipts": f"{ANCHORED_BEFORE} IS NULL OR OLD.at >= {ANCHORED_BEFORE}",
    "audit_anchors": "true",
}
"""Which rows can't be deleted: those that no anchor lets go (security.md 42)."""

REFUSED: Final = "The log of what was done is only ever added to."


def upgrade() -> None:
    """Make the tables and the triggers."""
    op.create_table(
        "audit_seals",
        sa.Column("number", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("segment", sa.BigInteger, nullable=False),
        sa.Column("digest", Words, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_seals"),
        sa.UniqueConstraint("position", name="uq_audit_seals_position"),
    )
    op.create_table(
        "audit_anchors",
        sa.Column("number", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("digest", Words, nullable=False),
        sa.Column("before", Moment, nullable=False),
        sa.Column("signature", Words, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_anchors"),
    )
    op.create_index("ix_audit_events_at", "audit_events", ["at"])
    for table, kept in KEPT.items():
        _refuse_changes(table, kept)


def downgrade() -> None:
    """Drop them, with all that is in them."""
    for table in KEPT:
        _let_changes(table)
    op.drop_index("ix_audit_events_at", "audit_events")
    op.drop_table("audit_seals")
    op.drop_table("audit_anchors")


def _refuse_changes(table: str, kept: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change, when in (("UPDATE", "true"), ("DELETE", kept)):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} FOR EACH ROW WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            )
        return
    op.execute(
        f"""
        CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF NOT ({kept}) THEN RETURN OLD; END IF;
            END IF;
            RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'insufficient_privilege';
        END $$
        """
    )
    for level, changes in (("ROW", "UPDATE OR DELETE"), ("STATEMENT", "TRUNCATE")):
        op.execute(
            f"CREATE TRIGGER {table}_only_added_to_{level.lower()} BEFORE {changes} ON {table} "
            f"FOR EACH {level} EXECUTE FUNCTION {table}_refuse()"
        )


def _let_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{change}")
        return
    for level in ("row", "statement"):
        op.execute(f"DROP TRIGGER {table}_only_added_to_{level} ON {table}")
    op.execute(f"DROP FUNCTION {table}_refuse()")
