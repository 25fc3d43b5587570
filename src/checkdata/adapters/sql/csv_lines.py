"""The lines of a listing's CSV by the fastest way that each database has; `csv_chunks` over its rows is what they mean.

PostgreSQL writes them itself (COPY); on SQLite rows go from its cursor into `csv.writer` as they are.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final

from psycopg import Error as PsycopgError
from sqlalchemy import Column as TableColumn
from sqlalchemy import ColumnElement, Connection, Select, String, and_, case, cast, func, select

from checkdata.adapters.sql.errors import translated
from checkdata.adapters.sql.listings import Listing
from checkdata.domain.downloads import DANGEROUS, INDUCTION_TYPES, ROLE_LABELS, columns_for
from checkdata.domain.organisations import Role
from checkdata.domain.statuses import Status

CHUNK_BYTES: Final = 64 * 1024
_CHUNK_ROWS: Final = 500

_COLUMN_OF: Final[Mapping[str, str]] = {
    "email_address": "email",
    "school_unique_reference_number": "school_urn",
    "induction_type": "programme",
    "induction_tutor": "induction_tutor_email",
}
"""The column in which a listing keeps what a CSV calls otherwise."""

_FREE_TEXT: Final = frozenset({"full_name", "email", "lead_provider", "school", "induction_tutor_email"})
"""The columns that ``unsafe`` is about; the others are words and numbers of ours."""

_STARTS: Final = tuple(character for character in DANGEROUS if character != "\0")  # no database keeps a NUL


def csv_lines(  # noqa: PLR0913 - what, which, in which order and how
    connection: Connection,
    listing: Listing,
    role: Role,
    condition: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
    *,
    safe: bool,
) -> Iterator[bytes]:
    """The rows of *listing* that meet *condition*, in this order, as lines of CSV in pieces of about 64 KiB."""
    cells = select(*_cells(listing, role, safe=safe)).where(*condition).order_by(*order)
    if connection.dialect.name == "postgresql":
        return _copied(connection, cells)
    return _written(connection, cells)


def _cells(listing: Listing, role: Role, *, safe: bool) -> Iterator[ColumnElement[Any]]:
    for column in columns_for(role):
        yield func.nullif(_cell(listing, role, column.name, safe=safe), "")  # COPY writes "" as two quotes


def _cell(listing: Listing, role: Role, name: str, *, safe: bool) -> ColumnElement[Any]:
    column = listing.rows.c[_COLUMN_OF.get(name, name)]
    match name:
        case "role":
            return _labelled(column, ROLE_LABELS)
        case "status":
            return _labelled(column, {status: _status_label(status, role) for status in Status})
        case "induction_type":
            return _labelled(column, INDUCTION_TYPES)
        case "academic_year":
            return cast(column, String)
        case _ if safe and column.name in _FREE_TEXT:
            runs = and_(listing.rows.c.unsafe, func.substr(column, 1, 1).in_(_STARTS))
            return case((runs, "'" + column), else_=column)
        case _:
            return column


def _status_label(status: Status, role: Role) -> str:
    return status.label_for_appropriate_body if role is Role.APPROPRIATE_BODY else status.label


def _labelled(column: TableColumn[str], labels: Mapping[Any, str]) -> ColumnElement[str]:
    return case({_slug(word): label for word, label in labels.items()}, value=column)


def _slug(word: Enum) -> str:
    return str(word.value)


def _copied(connection: Connection, cells: Select[Any]) -> Iterator[bytes]:
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection was given back")
    compiled = cells.compile(connection, compile_kwargs={"render_postcompile": True})
    try:
        with (
            driver.cursor() as cursor,
            cursor.copy(f"COPY ({compiled}) TO STDOUT (FORMAT csv)", compiled.params) as copy,
        ):
            yield from _in_pieces(copy)
    except PsycopgError as error:
        raise translated(error) or error from error


def _in_pieces(lines: Iterator[memoryview | bytes]) -> Iterator[bytes]:
    piece = bytearray()
    for line in lines:
        piece += line
        if len(piece) >= CHUNK_BYTES:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)


def _written(connection: Connection, cells: Select[Any]) -> Iterator[bytes]:
    with connection.execute(cells) as found:
        rows = found.cursor
        while some := rows.fetchmany(_CHUNK_ROWS):
            text = io.StringIO(newline="")
            csv.writer(text, lineterminator="\n").writerows(some)
            yield text.getvalue().encode()
