"""What the database itself sees to: the log is only added to, and past rows are read by those whose they are."""

from typing import Final

from alembic import op

HISTORIES: Final = (("partner_history", "delivery_partner_id"), ("body_history", "appropriate_body_id"))
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


def refuse_changes(table: str, kept: str) -> None:
    """Let no row of a table be changed, and none be deleted that is *kept*."""
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


def let_changes(table: str) -> None:
    """Undo it."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{change}")
        return
    for level in ("row", "statement"):
        op.execute(f"DROP TRIGGER {table}_only_added_to_{level} ON {table}")
    op.execute(f"DROP FUNCTION {table}_refuse()")


def hold_history() -> None:
    """Let earlier versions of rows be read, on PostgreSQL, only for their organisation or their participant.

    No OR, of which PostgreSQL makes two scans and loses the order; sub-selects are asked once a statement.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, organisation in HISTORIES:
        by_participant, by_organisation = _is_told("participant_id"), _is_told(organisation)
        told = f"CASE WHEN {_setting('participant_id')} > '' THEN {by_participant} ELSE {by_organisation} END"
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY rows_told_of ON {table} FOR SELECT USING ({told})")


def hold_counts(table: str, organisation: str) -> None:
    """Let the counts of earlier days be read, on PostgreSQL, only for their organisation."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY rows_told_of ON {table} FOR SELECT USING ({_is_told(organisation)})")


def _is_told(column: str) -> str:
    return f"{column} = {_setting(column)}"


def _setting(name: str) -> str:
    return f"(SELECT current_setting('checkdata.{name}', true))"
