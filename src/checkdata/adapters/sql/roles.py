"""What the service's own role may do on PostgreSQL, where it is not the owner of the tables (security.md 39)."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection, Engine, make_url, text

from checkdata.adapters.sql.record_schema import audit_anchors, audit_seals, receipts
from checkdata.adapters.sql.schema import audit_events, revisions
from checkdata.domain.errors import InvalidValue

_ADDED_TO: Final = (audit_events.name, audit_seals.name, receipts.name)
"""What it may read and add to, and not change."""
_READ: Final = (audit_anchors.name, revisions.name)
"""What it may read alone."""
_KNOWN: Final = text("SELECT 1 FROM pg_roles WHERE rolname = :role")


def role_in(url: str) -> str | None:
    """The role that an address names; None where it names none."""
    return make_url(url).username


def let_serve(engine: Engine, role: str) -> None:
    """Let *role* do what the service needs, and nothing else: *engine* is the owner's.

    The audit log, its seals and the receipts it may only add to, anchors it may only read. What it might do before is
    taken back. Raises `InvalidValue` where the database has no such role.
    """
    with engine.begin() as connection:
        if connection.execute(_KNOWN, {"role": role}).first() is None:
            msg = f"the database has no role {role}: make it with CREATE ROLE first"
            raise InvalidValue(msg)
        quoted = connection.dialect.identifier_preparer.quote_identifier(role)
        for statement in _statements(_schema(connection), quoted):
            connection.exec_driver_sql(statement)


def _schema(connection: Connection) -> str:
    schema: str = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    return connection.dialect.identifier_preparer.quote_identifier(schema)


def _statements(schema: str, role: str) -> Iterator[str]:
    def named(tables: Sequence[str]) -> str:
        return ", ".join(f'{schema}."{table}"' for table in tables)

    yield f"GRANT USAGE ON SCHEMA {schema} TO {role}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"
    yield f"REVOKE UPDATE, DELETE ON {named(_ADDED_TO)} FROM {role}"
    yield f"REVOKE INSERT, UPDATE, DELETE ON {named(_READ)} FROM {role}"
