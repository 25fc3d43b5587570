"""The lines of a listing's CSV by the fastest way that each database has; `csv_chunks` over its rows is what they mean.

PostgreSQL writes them itself (COPY); on SQLite rows go from its cursor into `csv.writer` as they are.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from psycopg import Error as PsycopgError
from sqlalchemy import Column as TableColumn
from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal_column,
    select,
)

from checkdata.adapters.sql.copy_out import copied_out
from checkdata.adapters.sql.errors import translated
from checkdata.adapters.sql.listings import Listing
from checkdata.domain.downloads import DANGEROUS, INDUCTION_TYPES, ROLE_LABELS, columns_for
from checkdata.domain.organisations import Role
from checkdata.domain.statuses import Status

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
    compiled = _compiled_cells(connection.dialect, listing, role, safe=safe)
    shown: list[ColumnElement[Any]] = [literal_column(cell) for cell in compiled]
    cells = select(*shown).select_from(listing.rows).where(*condition).order_by(*order)
    if connection.dialect.name == "postgresql":
        return _copied(connection, cells)
    return _written(connection, cells)


@lru_cache
def _compiled_cells(dialect: Dialect, listing: Listing, role: Role, *, safe: bool) -> tuple[str, ...]:
    """The cells as SQL: always the same, and more work to compile than all the rest of a small download."""
    cells = _cells(listing, role, safe=safe)
    return tuple(str(cell.compile(dialect=dialect, compile_kwargs={"literal_binds": True})) for cell in cells)


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
        yield from copied_out(driver, f"COPY ({compiled}) TO STDOUT (FORMAT csv)", compiled.params)
    except PsycopgError as error:
        raise translated(error) or error from error


def _written(connection: Connection, cells: Select[Any]) -> Iterator[bytes]:
    with connection.execute(cells) as found:
        rows = found.cursor
        while some := rows.fetchmany(_CHUNK_ROWS):
            text = io.StringIO(newline="")
            csv.writer(text, lineterminator="\n").writerows(some)
            yield text.getvalue().encode()
