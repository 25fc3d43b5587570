"""The service's own role on PostgreSQL, where it is not the owner of the tables (security.md 29 and 39)."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, Engine, make_url, text

from checkdata.adapters.sql.empty_generation import schemas_that_are_read
from checkdata.adapters.sql.generation_access import grants
from checkdata.adapters.sql.rights import COUNTED, RIGHTS
from checkdata.adapters.sql.schema import revisions
from checkdata.domain.errors import InvalidValue

_PASSES: Final = text(
    "SELECT rolsuper OR rolbypassrls OR pg_has_role(rolname, current_user, 'USAGE') FROM pg_roles WHERE rolname = :role"
)
"""Whether a role can bypass row-level security; nothing if there is no such role."""

_IS_OWNER: Final = text(
    """
    SELECT coalesce(bool_or(rolsuper OR rolbypassrls OR pg_has_role(current_user, relowner, 'USAGE')), false)
    FROM pg_roles, pg_class
    WHERE rolname = current_user AND relname = :table AND relnamespace = current_schema()::regnamespace
    """
)
"""Whether the role of a connection owns the tables, or can bypass their row-level security otherwise."""


def role_of_url(url: str) -> str | None:
    """The role that an address names; None where it names none."""
    return make_url(url).username


def is_unrestricted(engine: Engine) -> bool:
    """Whether nothing on PostgreSQL restricts the role that *engine* connects as.

    False on SQLite, which has no roles that might do less.
    """
    if engine.dialect.name != "postgresql":
        return False
    with engine.connect() as connection:
        return bool(connection.execute(_IS_OWNER, {"table": revisions.name}).scalar_one())


def grant_service_rights(engine: Engine, role: str) -> None:
    """Let *role* do what the service needs (`RIGHTS`), and nothing else: *engine* is the owner's.

    Its earlier rights are revoked. Raises `InvalidValue` if the database has no such role, or one that
    row-level security does not restrict.
    """
    with engine.begin() as connection:
        passes = connection.execute(_PASSES, {"role": role}).scalar_one_or_none()
        if passes is None:
            msg = f"the database has no role {role}: make it with CREATE ROLE first"
            raise InvalidValue(msg)
        if passes:
            msg = (
                f"the role {role} can bypass row-level security: make one without SUPERUSER, BYPASSRLS and the owner's "
                "role"
            )
            raise InvalidValue(msg)
        quoted = connection.dialect.identifier_preparer.quote_identifier(role)
        for statement in (*_statements(_schema(connection), quoted), *_of_generations(connection, quoted)):
            connection.exec_driver_sql(statement)


def _schema(connection: Connection) -> str:
    schema: str = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    return connection.dialect.identifier_preparer.quote_identifier(schema)


def _of_generations(connection: Connection, role: str) -> Iterator[str]:
    """An import that runs gives the role its rights itself; two that change the rights of one table would deadlock."""
    for schema in map(connection.dialect.identifier_preparer.quote_identifier, schemas_that_are_read(connection)):
        for every in (f"ALL TABLES IN SCHEMA {schema}", f"SCHEMA {schema}"):
            yield f"REVOKE ALL ON {every} FROM {role}"
        yield from grants(schema, [role])


def _statements(schema: str, role: str) -> Iterator[str]:
    """Everything is revoked from the role, on single columns too, and then granted as far as it is needed."""
    for every in (f"ALL TABLES IN SCHEMA {schema}", f"ALL SEQUENCES IN SCHEMA {schema}", f"SCHEMA {schema}"):
        yield f"REVOKE ALL ON {every} FROM {role}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {role}"
    for table, granted in ((table, ", ".join(rights.granted())) for table, rights in RIGHTS.items()):
        if granted:
            yield f'GRANT {granted} ON {schema}."{table}" TO {role}'
    for sequence, privileges in COUNTED.items():
        yield f'GRANT {", ".join(privileges)} ON SEQUENCE {schema}."{sequence}" TO {role}'
