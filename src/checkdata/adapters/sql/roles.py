"""What the service's own role may do on PostgreSQL, where it is not the owner of the tables (security.md 29 and 39)."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection, Engine, make_url, text

from checkdata.adapters.sql.feed_schema import (
    feed_readings,
    imports,
    line_blocks,
    participants,
    teacher_records,
    training_records,
)
from checkdata.adapters.sql.listings import LISTINGS
from checkdata.adapters.sql.record_schema import audit_anchors, audit_seals, receipts
from checkdata.adapters.sql.schema import audit_events, revisions
from checkdata.domain.errors import InvalidValue

_ADDED_TO: Final = (audit_events.name, audit_seals.name, receipts.name)
"""What it may read and add to, and not change."""
_LISTED: Final = [
    table.name for each in LISTINGS for table in (each.rows, each.words, each.marks, each.tallies, each.history)
]
"""What an import makes, of which it may read the rows that its transaction is for."""
_READ: Final = (audit_anchors.name, revisions.name, imports.name, *_LISTED)
"""What it may read alone."""
_KEPT_FROM_IT: Final = [
    table.name for table in (training_records, teacher_records, participants, line_blocks, feed_readings)
]
"""What only an import reads: records as schools gave them."""
_PASSES: Final = text(
    "SELECT rolsuper OR rolbypassrls OR pg_has_role(rolname, current_user, 'USAGE') FROM pg_roles WHERE rolname = :role"
)
"""Whether a role passes row-level security; nothing where there is no such role."""


def role_in(url: str) -> str | None:
    """The role that an address names; None where it names none."""
    return make_url(url).username


def let_serve(engine: Engine, role: str) -> None:
    """Let *role* do what the service needs, and nothing else: *engine* is the owner's.

    The audit log, its seals and the receipts it may only add to, anchors it may only read; of participants it may read
    listings, by row-level security. What it might do before is taken back. Raises `InvalidValue` where the database has
    no such role, or one that row-level security does not hold.
    """
    with engine.begin() as connection:
        passes = connection.execute(_PASSES, {"role": role}).scalar_one_or_none()
        if passes is None:
            msg = f"the database has no role {role}: make it with CREATE ROLE first"
            raise InvalidValue(msg)
        if passes:
            msg = (
                f"the role {role} passes row-level security: make one without SUPERUSER, BYPASSRLS and the owner's role"
            )
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
    yield f"REVOKE ALL ON {named(_KEPT_FROM_IT)} FROM {role}"
