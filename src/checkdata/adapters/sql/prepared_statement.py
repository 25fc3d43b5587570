"""A statement that is compiled once, and then asked of the driver with new values.

Making a new statement, and a result that knows its columns by name, cost a page more than the answer itself. psycopg
reads a long statement for its parameters each time that it is asked, so it gets statements that number them, as
PostgreSQL does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Insert, Select
from sqlalchemy.sql.compiler import SQLCompiler

from checkdata.adapters.sql.errors import translated
from checkdata.domain.errors import StorageReadOnly

Cells = Sequence[Any]
"""The values of a row, in the order of the statement's columns."""

Turning = Sequence[tuple[Any, Callable[[Any], Any]]]
"""The functions of columns whose type converts values, by place or by name."""


class PreparedStatement:
    """A statement in one database's dialect; the values of its parameters are given by name."""

    def __init__(self, statement: Select[Any] | Insert, dialect: Dialect, columns: tuple[str, ...] = ()) -> None:
        """*columns* are those that an insert fills."""
        compiled = statement.compile(dialect=_numbering(dialect), column_keys=columns or None)
        self._compiled: Final[SQLCompiler] = compiled
        self._given: Final[Turning] = list(_given(compiled, dialect))
        self._read: Final[Turning] = list(_read(statement, dialect)) if isinstance(statement, Select) else []

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Cells]:
        """All rows of the answer, each value as its column's type gives it; `StorageError` as elsewhere."""
        with _cursor(connection) as cursor:
            self.execute(cursor, values)
            return self._rows(cursor)

    def rows_after(
        self,
        before: "PreparedStatement",
        values_before: Mapping[str, Any],
        connection: Connection,
        values: Mapping[str, Any],
    ) -> Sequence[Cells]:
        """The same after another statement, sent together with it, so that PostgreSQL runs both in one transaction."""
        with _cursor(connection) as cursor, _cursor(connection) as first:
            with cursor.connection.pipeline():
                before.execute(first, values_before)
                self.execute(cursor, values)
            return self._rows(cursor)

    def run(self, connection: Connection, *each: Mapping[str, Any]) -> None:
        """Change something, once with each of the values; PostgreSQL is sent all before it is waited for."""
        with _cursor(connection) as cursor:
            if len(each) == 1:
                self.execute(cursor, each[0])
            else:
                cursor.executemany(self._compiled.string, list(map(self._parameters, each)))

    def execute(self, cursor: Any, values: Mapping[str, Any]) -> None:  # noqa: ANN401 - a driver's
        """Hand it to a driver's cursor; errors are the driver's own."""
        cursor.execute(self._compiled.string, self._parameters(values))

    def _parameters(self, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - by name or by place, as its driver takes them
        given = _turned(self._compiled.construct_params(values), self._given)
        names = self._compiled.positiontup
        return given if names is None else [given[name] for name in names]

    def _rows(self, cursor: Any) -> Sequence[Cells]:  # noqa: ANN401 - a driver's
        found: Sequence[Cells] = cursor.fetchall()
        if not self._read or not found:
            return found
        columns = list(zip(*found, strict=True))
        for place, turn in self._read:
            columns[place] = tuple(map(turn, columns[place]))
        return list(zip(*columns, strict=True))


prepared: Final = lru_cache(maxsize=100)(PreparedStatement)
"""A statement of a module, compiled for a database when it is first used there."""


@contextmanager
def _cursor(connection: Connection) -> Iterator[Any]:
    """A cursor of the driver; errors are the domain's."""
    driver: Any = connection.connection.driver_connection
    on_postgresql = connection.dialect.name == "postgresql"
    with closing(connection.dialect.loaded_dbapi.RawCursor(driver) if on_postgresql else driver.cursor()) as cursor:
        try:
            yield cursor
        except connection.dialect.loaded_dbapi.Error as error:
            meant = translated(error)
            if isinstance(meant, StorageReadOnly) or connection.dialect.is_disconnect(
                error, connection.connection, cursor
            ):
                connection.invalidate(error)
            raise meant or error from error


def _numbering(dialect: Dialect) -> Dialect:
    """The dialect, with parameters that PostgreSQL knows by their numbers."""
    kind: Any = type(dialect)
    numbering: Dialect = kind(paramstyle="numeric_dollar") if dialect.name == "postgresql" else dialect
    return numbering


def _turned(values: Any, turning: Turning) -> Any:  # noqa: ANN401 - a row, or parameters by name
    for place, turn in turning:
        values[place] = turn(values[place])
    return values


def _given(compiled: SQLCompiler, dialect: Dialect) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    for name, parameter in compiled.binds.items():
        turn = parameter.type.dialect_impl(dialect).bind_processor(dialect)
        if turn is not None:
            yield name, turn


def _read(statement: Select[Any], dialect: Dialect) -> Iterator[tuple[int, Callable[[Any], Any]]]:
    for place, column in enumerate(statement.selected_columns):
        turn = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if turn is not None:
            yield place, turn
