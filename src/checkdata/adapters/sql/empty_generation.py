"""The generation that is read on PostgreSQL before the first import: tables without rows, held as all others are."""

from typing import Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.schema import CreateIndex, CreateTable

from checkdata.adapters.sql.generation_access import policies
from checkdata.adapters.sql.generation_schema import generation
from checkdata.adapters.sql.generations import schema_of

_OURS: Final = text(
    "SELECT nspname FROM pg_namespace WHERE nspname ~ ('^' || current_schema() || '_generation_[0-9]+$')"
)


_READ: Final = text(
    """
    SELECT nspname FROM pg_namespace WHERE nspname IN (
        current_schema() || '_generation_0',
        current_schema() || '_generation_' || (SELECT generation FROM imports ORDER BY number DESC LIMIT 1))
    """
)


def schemas_that_are_read(connection: Connection) -> list[str]:
    """The schemas of the empty generation and of the one that is shown: not of one that an import is making."""
    return list(connection.execute(_READ).scalars())


def generation_schemas(connection: Connection) -> list[str]:
    """The schemas of all generations beside the connection's own."""
    return list(connection.execute(_OURS).scalars())


def make_empty_generation(connection: Connection) -> None:
    """Make it, if there is no generation at all."""
    if connection.dialect.name != "postgresql" or generation_schemas(connection):
        return
    name = schema_of(str(inspect(connection).default_schema_name), 0)
    path: str = connection.exec_driver_sql("SHOW search_path").scalar_one()
    connection.exec_driver_sql(f'CREATE SCHEMA "{name}"')
    connection.exec_driver_sql(f'SET LOCAL search_path TO "{name}", {path}')
    for table in generation.sorted_tables:
        connection.execute(CreateTable(table))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            connection.execute(CreateIndex(index))
    for statement in policies():
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"SET LOCAL search_path TO {path}")


def drop_generations(connection: Connection) -> None:
    """Drop every generation; with SQLite's the files stay, which nothing reads."""
    if connection.dialect.name == "postgresql":
        for name in generation_schemas(connection):
            connection.exec_driver_sql(f'DROP SCHEMA "{name}" CASCADE')
