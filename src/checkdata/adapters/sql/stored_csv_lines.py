"""The lines of a listing's CSV, which the database keeps; `csv_chunks` over its rows is what they mean."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, LargeBinary, Select, cast, select

from checkdata.adapters.sql.csv_line_expression import line_of
from checkdata.adapters.sql.errors import translated
from checkdata.adapters.sql.listings import Listing

_PIECE_ROWS: Final = 2000

_AS_THEY_ARE: Final = r"(FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02')"
"""Control characters as COPY's delimiter and quote: no feed holds one, so COPY adds nothing to a line but its end."""


def csv_lines(
    connection: Connection,
    listing: Listing,
    condition: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
    *,
    safe: bool,
) -> Iterator[bytes]:
    """The rows of *listing* that meet *condition*, in this order, as lines of CSV in pieces of about 256 KiB."""
    line = listing.rows.c.csv_line if safe else line_of(listing.viewer.role)
    lines = select(line).select_from(listing.rows).where(*condition).order_by(*order)
    if connection.dialect.name == "postgresql":
        return _copied(connection, lines)
    return _joined(connection, lines.with_only_columns(cast(line, LargeBinary)))  # bytes as they are stored


def _copied(connection: Connection, lines: Select[Any]) -> Iterator[bytes]:
    from checkdata.adapters.sql.copy_out import copied_out  # noqa: PLC0415 - a driver of 9 MiB, which SQLite needs not

    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection was given back")
    compiled = lines.compile(connection, compile_kwargs={"render_postcompile": True})
    try:
        yield from copied_out(driver, f"COPY ({compiled}) TO STDOUT {_AS_THEY_ARE}", compiled.params)
    except connection.dialect.loaded_dbapi.Error as error:
        raise translated(error) or error from error


def _joined(connection: Connection, lines: Select[Any]) -> Iterator[bytes]:
    with connection.execute(lines) as found:
        rows = found.cursor
        while some := rows.fetchmany(_PIECE_ROWS):
            yield b"".join([line + b"\n" for (line,) in some])
