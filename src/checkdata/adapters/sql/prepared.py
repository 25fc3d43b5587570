"""A statement that is compiled once, and then asked of the driver with new values.

Making and compiling a statement anew costs a page more than the database takes to answer it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.sql.compiler import SQLCompiler

Cells = Sequence[Any]
"""The values of a row, in the order of the statement's columns."""


class Prepared:
    """A question in the words of one database; the values of its parameters are given by name."""

    def __init__(self, statement: Select[Any], dialect: Dialect) -> None:
        self._compiled: Final[SQLCompiler] = statement.compile(dialect=dialect)
        self._readers: Final = list(_readers(statement, dialect))

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Cells]:
        """All rows of the answer, each value as its column's type gives it."""
        given = self._compiled.construct_params(values)
        names = self._compiled.positiontup
        parameters = given if names is None else tuple(given[name] for name in names)
        found = connection.exec_driver_sql(self._compiled.string, parameters).all()
        return [self._read(row) for row in found]

    def _read(self, row: Cells) -> Cells:
        cells = list(row)
        for place, read in self._readers:
            cells[place] = read(cells[place])
        return cells


def _readers(statement: Select[Any], dialect: Dialect) -> Iterator[tuple[int, Callable[[Any], Any]]]:
    """Where a column's type makes another value of what the driver gives, and how."""
    for place, column in enumerate(statement.selected_columns):
        read = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if read is not None:
            yield place, read
