"""Many rows into a table at once, by the fastest way that each database has."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Date, Select, Table

from checkdata.adapters.sql.column_types import Moment
from checkdata.adapters.sql.errors import translated
from checkdata.domain.feed.pieces import PIECE_FIELDS, RecordPiece

_BATCH: Final = 5000

Cells = Sequence[Any]
"""A row by position, in the order of its table's columns."""


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


_WRITTEN: Final[dict[type, Callable[[Any], str]]] = {Date: date.isoformat, Moment: _moment}
"""Values of types that SQLite does not have, written as SQLAlchemy writes them, in a third of its time."""


def fill(connection: Connection, table: Table, rows: Sequence[Cells]) -> None:
    """Add *rows* to *table*: COPY on PostgreSQL, one prepared statement on SQLite."""
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    elif rows:
        _insert(connection, table, rows)


def pass_on(source: Connection, rows: Select[Any], target: Connection, table: Table) -> None:
    """Add what one connection reads to a table that another one writes, column by column."""
    if source.dialect.name == "postgresql":
        _copy_over(source, rows, target, table)
        return
    found = source.execute(rows)
    for batch in iter(partial(found.fetchmany, _BATCH), []):
        fill(target, table, batch)


def filling_from_piece(
    connection: Connection, table: Table, piece: RecordPiece, numbers: Sequence[int]
) -> Callable[[], None]:
    """What adds the good rows of a piece of a feed, whose fields are the columns of *table*.

    What needs no connection is done when it is made, so that another thread may use the connection meanwhile.
    """
    columns = ", ".join(f'"{name}"' for name in PIECE_FIELDS)
    if connection.dialect.name == "postgresql":
        copy = f"COPY \"{table.name}\" ({columns}) FROM STDIN (FORMAT csv, NULL E'\\x01')"
        return partial(_copy_csv, connection, copy, piece.csv(numbers))
    places = ", ".join("?" * len(PIECE_FIELDS))
    insert = f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})'  # noqa: S608 - our own
    return partial(_insert_as_written, connection, insert, list(piece.rows(numbers)))


def _copy_csv(connection: Connection, statement: str, lines: bytes) -> None:
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection was given back")
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(lines)
    except connection.dialect.loaded_dbapi.Error as error:
        raise translated(error) or error from error


def _copy_over(source: Connection, rows: Select[Any], target: Connection, table: Table) -> None:
    """As text that no row is made of here."""
    from checkdata.adapters.sql.copy_out import copied_out  # noqa: PLC0415 - it loads a driver that SQLite needs not

    told = rows.compile(dialect=source.dialect)
    reading, writing = source.connection.driver_connection, target.connection.driver_connection
    if reading is None or writing is None:
        raise RuntimeError("the connection was given back")
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    try:
        with writing.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
            for piece in copied_out(reading, f"COPY ({told}) TO STDOUT", told.params):
                copy.write(piece)
    except source.dialect.loaded_dbapi.Error as error:
        raise translated(error) or error from error


def _copy(connection: Connection, table: Table, rows: Sequence[Cells]) -> None:
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection was given back")
    statement = f'COPY "{table.name}" ({_columns(table)}) FROM STDIN'
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        raise translated(error) or error from error


def _insert(connection: Connection, table: Table, rows: Sequence[Cells]) -> None:
    places = ", ".join("?" * len(table.columns))
    written = [(n, _WRITTEN[type(c.type)]) for n, c in enumerate(table.columns) if type(c.type) in _WRITTEN]
    statement = f'INSERT INTO "{table.name}" ({_columns(table)}) VALUES ({places})'  # noqa: S608 - the table is our own
    _insert_as_written(connection, statement, [_as_written(row, written) for row in rows])


def _columns(table: Table) -> str:
    """The columns by name, because a migration adds new ones behind those that are there."""
    return ", ".join(f'"{column.name}"' for column in table.columns)


def _insert_as_written(connection: Connection, statement: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        connection.exec_driver_sql(statement, rows)


def _as_written(row: Cells, written: Sequence[tuple[int, Callable[[Any], str]]]) -> tuple[Any, ...]:
    cells = list(row)
    for place, write in written:
        if cells[place] is not None:
            cells[place] = write(cells[place])
    return tuple(cells)
