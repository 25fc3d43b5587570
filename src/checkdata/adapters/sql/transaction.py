"""One transaction on one connection, of one of two kinds (`checkdata.domain.ports.Storage`).

Reading is one snapshot: PostgreSQL REPEATABLE READ READ ONLY, SQLite a deferred transaction on its write-ahead log.
Writing sees what was committed before each statement: PostgreSQL READ COMMITTED; SQLite without a transaction until
the first write, which begins an immediate one. So a snapshot is never upgraded to a write, which SQLite refuses when
somebody else wrote meanwhile, and an import can take its rows in before others have to wait for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Column, Connection, CursorResult, Engine, Executable, Table
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.schema import CreateIndex, CreateTable, DropIndex, DropTable

from checkdata.domain.errors import StorageUnavailable

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None

_READING: Final[dict[str, dict[str, Any]]] = {
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    "sqlite": {"sqlite_begin": "BEGIN"},
}
_WRITING: Final[dict[str, dict[str, Any]]] = {
    "postgresql": {"isolation_level": "READ COMMITTED"},
    "sqlite": {"sqlite_begin": None},
}


class Transaction:
    """The statements of one unit of work; usable between `begin` and `end`."""

    def __init__(self, engine: Engine, *, writes: bool) -> None:
        self._engine = engine
        self._writes = writes
        self._locked = engine.dialect.name != "sqlite"
        self._connection: Connection | None = None
        self._temporary: list[Table] = []

    def begin(self) -> None:
        """Take a connection; `StorageUnavailable` where there is none."""
        options = (_WRITING if self._writes else _READING)[self._engine.dialect.name]
        try:
            self._connection = self._engine.connect().execution_options(**options)
        except PoolExhausted as error:
            msg = "The database is busy. Try again in a moment."
            raise StorageUnavailable(msg) from error

    @property
    def writes(self) -> bool:
        """Whether it may write."""
        return self._writes

    @property
    def on_postgresql(self) -> bool:
        """Whether the database is PostgreSQL; SQLite otherwise."""
        return self._engine.dialect.name == "postgresql"

    @property
    def connection(self) -> Connection:
        """The connection; a `RuntimeError` outside of its unit of work's ``with`` and after its commit."""
        if self._connection is None:
            msg = "a unit of work is asked inside its `with` and before its commit"
            raise RuntimeError(msg)
        return self._connection

    def execute(self, statement: Executable, parameters: Parameters = None) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement that changes nothing, or temporary tables alone."""
        return self.connection.execute(statement, parameters)

    def write(self, statement: Executable, parameters: Parameters = None) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement that changes something that lasts."""
        self.lock()
        return self.connection.execute(statement, parameters)

    def attempt(self, statement: Executable, parameters: Parameters = None) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement that may meet a conflict; what was written before stands then."""
        self.lock()
        with self.connection.begin_nested():
            return self.connection.execute(statement, parameters)

    def lock(self) -> None:
        """Be the one that writes: on SQLite wait for the write lock, `StorageUnavailable` where it does not come."""
        if not self._writes:
            msg = "a unit of work that reads can't write"
            raise RuntimeError(msg)
        if not self._locked:
            self.connection.exec_driver_sql("BEGIN IMMEDIATE")
            self._locked = True

    @contextmanager
    def staging(self) -> Iterator[None]:
        """Write to temporary tables alone, all at once; on SQLite nobody has to wait for it."""
        apart = self._writes and not self._locked
        if apart:
            self.connection.exec_driver_sql("BEGIN")
        yield
        if apart:
            self.connection.exec_driver_sql("COMMIT")

    def make_temporary(self, table: Table) -> None:
        """Make a table that nobody else sees and that ends with the unit of work."""
        if table not in self._temporary:
            self.connection.execute(CreateTable(table))
            self._temporary.append(table)

    def index_temporary(self, table: Table) -> None:
        """Index a temporary table once it is filled, for SQLite; PostgreSQL joins by hashing."""
        if not self.on_postgresql:
            for index in table.indexes:
                self.connection.execute(CreateIndex(index, if_not_exists=True))

    def analyze(self, *columns: Column[Any]) -> None:
        """Let PostgreSQL know what is in these columns of a table that was filled just now.

        It would plan for an empty table, or for few different values, and read a million rows for each batch.
        """
        if self.on_postgresql:
            names = ", ".join(f'"{column.name}"' for column in columns)
            self.connection.exec_driver_sql(f'ANALYZE "{columns[0].table.name}" ({names})')

    @contextmanager
    def without_indexes(self, table: Table) -> Iterator[None]:
        """Fill an empty table; on SQLite its indexes are made afterwards, all at once, which nobody has to wait for.

        PostgreSQL would keep readers away from the table meanwhile.
        """
        self.lock()
        indexes = [] if self.on_postgresql else sorted(table.indexes, key=lambda index: str(index.name))
        for index in indexes:
            self.connection.execute(DropIndex(index))
        yield
        for index in indexes:
            self.connection.execute(CreateIndex(index))

    def commit(self) -> None:
        """Make what was written lasting, and end."""
        self.connection.commit()
        self.end()

    def end(self) -> None:
        """Undo what was not committed and give the connection back."""
        if self._connection is None:
            return
        with self._connection as connection:
            self._connection = None
            if self._temporary and connection.dialect.name == "sqlite":
                connection.rollback()
                for table in self._temporary:
                    connection.execute(DropTable(table, if_exists=True))
