"""Many rows into a table at once, by the fastest way that each database has."""

from collections.abc import Callable, Sequence
from typing import Any

from psycopg import Error as PsycopgError
from psycopg import sql
from sqlalchemy import Connection, Dialect, Table

from checkdata.adapters.sql.errors import translated

Cells = Sequence[Any]
"""A row by position, in the order of its table's columns."""


def fill(connection: Connection, table: Table, rows: Sequence[Cells]) -> None:
    """Add *rows* to *table*: COPY on PostgreSQL, one prepared statement on SQLite."""
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    elif rows:
        _insert(connection, table, rows)


def _copy(connection: Connection, table: Table, rows: Sequence[Cells]) -> None:
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection was given back")
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except PsycopgError as error:
        raise translated(error) or error from error


def _insert(connection: Connection, table: Table, rows: Sequence[Cells]) -> None:
    places = ", ".join("?" * len(table.columns))
    processors = _processors(table, connection.dialect)
    statement = f'INSERT INTO "{table.name}" VALUES ({places})'  # noqa: S608 - the table is our own
    connection.exec_driver_sql(statement, [_processed(row, processors) for row in rows])


def _processors(table: Table, dialect: Dialect) -> list[tuple[int, Callable[[Any], Any]]]:
    """How the cells of those columns are written whose values SQLite does not know: dates and moments."""
    found = ((n, c.type.dialect_impl(dialect).bind_processor(dialect)) for n, c in enumerate(table.columns))
    return [(place, processor) for place, processor in found if processor is not None]


def _processed(row: Cells, processors: Sequence[tuple[int, Callable[[Any], Any]]]) -> tuple[Any, ...]:
    cells = list(row)
    for place, processor in processors:
        if cells[place] is not None:
            cells[place] = processor(cells[place])
    return tuple(cells)
