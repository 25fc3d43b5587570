"""One transaction on one connection, of one of three kinds (`checkdata.domain.ports.Storage`).

Reading is one snapshot: PostgreSQL REPEATABLE READ READ ONLY, SQLite a deferred transaction on its write-ahead log.
Writing sees what was committed before each statement: PostgreSQL READ COMMITTED; SQLite without a transaction until the
first write, which begins an immediate one. So a snapshot is never upgraded to a write, which SQLite refuses if another
connection wrote meanwhile, and an import can stage its rows before others have to wait for it. A unit of work *at once*
is one statement, which each database runs as a transaction of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from enum import Enum
from typing import Any, Final

from sqlalchemy import Column, Connection, CursorResult, Engine, Executable, Insert, Select, Table
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.schema import CreateTable, DropTable

from checkdata.adapters.sql.error_causes import POOL
from checkdata.adapters.sql.errors import storage_error
from checkdata.adapters.sql.generations import Generations
from checkdata.adapters.sql.interrupting import INTERRUPTED, interrupt
from checkdata.adapters.sql.prepared_statement import Cells, PreparedStatement, prepared
from checkdata.adapters.sql.row_security import LET_READ, readable_rows
from checkdata.domain.errors import StorageUnavailable


class TransactionKind(Enum):
    """What a transaction is for."""

    READING = "reading"
    WRITING = "writing"
    AT_ONCE = "at once"


Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None

_BEGINNINGS: Final[Mapping[TransactionKind, Mapping[str, Any]]] = {
    TransactionKind.READING: {
        "postgresql_begin": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        "sqlite_begin": "BEGIN",
    },
    TransactionKind.WRITING: {"postgresql_begin": "BEGIN ISOLATION LEVEL READ COMMITTED", "sqlite_begin": None},
    TransactionKind.AT_ONCE: {"postgresql_begin": None, "sqlite_begin": None},
}


class Transaction:
    """The statements of one unit of work; usable between `begin` and `end`."""

    def __init__(self, engine: Engine, kind: TransactionKind, generations: Generations) -> None:
        self._engine = engine
        self._kind = kind
        self._generations = generations
        self._sees_generation = False
        self._here: int | None = None
        self._locked = engine.dialect.name != "sqlite" or kind is TransactionKind.AT_ONCE
        self._connection: Connection | None = None
        self._temporary: list[Table] = []
        self._afterwards = ExitStack()
        self._asked = False
        self._interrupted = False
        self._for = ("", "")

    def begin(self) -> None:
        """Take a connection; `StorageUnavailable` where there is none."""
        try:
            self._connection = self._engine.connect().execution_options(**_BEGINNINGS[self._kind])
        except PoolExhausted as error:
            raise storage_error(POOL) from error
        if self._kind is not TransactionKind.AT_ONCE:
            self._look_at_generation()

    def see_listings(self) -> None:
        """See the tables of the generation of listings that is shown, and in a unit of work that reads no other."""
        if self._sees_generation and self.sees_one_state:
            return
        if self.on_postgresql:
            self._begin()
            self._here = self._generations.look_in_transaction(self.connection, self.generation)
        elif self.writes and not self._locked:
            self._generations.look(self.connection)
        self._generations.check(self.connection)
        self._sees_generation = True

    @property
    def generation(self) -> int:
        """The number of the generation whose tables are seen now."""
        number: int = self.connection.info["generation"]
        return number if self._here is None else self._here

    def _look_at_generation(self) -> None:
        """SQLite attaches a generation only outside of a transaction, so what reads begins at once."""
        while True:
            self._generations.look(self.connection)
            if self.on_postgresql or self.writes:
                return
            self._begin()
            if self._generations.is_shown(self.connection):
                return
            self.connection.rollback()

    @property
    def engine(self) -> Engine:
        """The engine whose connections it uses."""
        return self._engine

    @property
    def writes(self) -> bool:
        """Whether it may write."""
        return self._kind is not TransactionKind.READING

    @property
    def sees_one_state(self) -> bool:
        """Whether the same question always gets the same answer here."""
        return self._kind is TransactionKind.READING

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
        if self._interrupted:
            raise StorageUnavailable(INTERRUPTED)
        return self._connection

    def execute(self, statement: Executable, parameters: Parameters = None) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement that changes nothing, or only temporary tables."""
        self._count()
        return self.connection.execute(statement, parameters)

    def write(self, statement: Executable, parameters: Parameters = None) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement that changes something that lasts."""
        self._count()
        self.lock()
        return self.connection.execute(statement, parameters)

    def attempt(self, statement: Executable, parameters: Parameters = None) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement that may meet a conflict; what was written before it then stays."""
        self._count()
        self.lock()
        with self.connection.begin_nested():
            return self.connection.execute(statement, parameters)

    def lock(self) -> None:
        """Become the one that writes: on SQLite wait for the write lock, `StorageUnavailable` if it does not come."""
        if not self.writes:
            msg = "a unit of work that reads can't write"
            raise RuntimeError(msg)
        while not self._locked:
            self.connection.exec_driver_sql("BEGIN IMMEDIATE")
            self._locked = self._generations.is_shown(self.connection)
            if not self._locked:
                self.connection.exec_driver_sql("ROLLBACK")
                self._generations.look(self.connection)

    def ask(self, question: Select[Any], values: Mapping[str, Any]) -> Sequence[Cells]:
        """The rows of a module's statement, by way of `PreparedStatement`."""
        self._count()
        self._begin()
        return prepared(question, self._engine.dialect).rows(self.connection, values)

    def add(self, adding: Insert, *rows: Mapping[str, Any]) -> None:
        """Add rows of the same columns by a module's statement, by way of `PreparedStatement`."""
        self._count()
        self.lock()
        self._begin()
        if rows:
            prepared(adding, self._engine.dialect, tuple(rows[0])).run(self.connection, *rows)

    @contextmanager
    def without_waiting_for_the_disk(self) -> Iterator[None]:
        """Let SQLite add rows without waiting for the disk: a power cut may lose them, and nothing earlier.

        PostgreSQL gets this with the statement that adds.
        """
        hurries = self._kind is TransactionKind.AT_ONCE and not self.on_postgresql
        driver = self.connection.connection.driver_connection if hurries else None
        try:
            if driver is not None:
                driver.execute("PRAGMA synchronous = NORMAL")
            yield
        finally:
            if driver is not None:
                driver.execute("PRAGMA synchronous = FULL")

    def let_read(self, column: str, value: str) -> None:
        """From now on allow only rows of listings in which *column* is *value* to be read (security.md 29)."""
        if self.on_postgresql and (column, value) != self._for:
            self.ask(LET_READ, readable_rows(column, value))
            self._for = column, value

    def ask_ahead(
        self, question: PreparedStatement, values: Mapping[str, Any], column: str, value: str
    ) -> Sequence[Cells]:
        """The rows of a statement that is a snapshot by itself, before the snapshot of the unit of work begins.

        If the answer is all that is needed, no snapshot has to begin. It reads only rows of listings in which *column*
        is *value*. Raises `RuntimeError` if anything was asked before.
        """
        if not self.can_ask_ahead:
            msg = "a question comes ahead of the others of a unit of work that reads"
            raise RuntimeError(msg)
        if not self.on_postgresql:
            return question.rows(self.connection, values)
        let_read = prepared(LET_READ, self._engine.dialect)
        return question.rows_after(let_read, readable_rows(column, value), self.connection, values)

    @property
    def can_ask_ahead(self) -> bool:
        """Whether nothing was asked yet of a unit of work that reads."""
        begun = self.connection.in_transaction() if self.on_postgresql else self._asked
        return self._kind is TransactionKind.READING and not begun

    def _begin(self) -> None:
        """Begin the transaction, if SQLAlchemy does not begin it by itself."""
        if self._kind is not TransactionKind.AT_ONCE and not self.connection.in_transaction():
            self.connection.begin()

    @contextmanager
    def staging(self) -> Iterator[None]:
        """Write only to temporary tables, in one transaction; on SQLite no other connection has to wait for it."""
        apart = self.writes and not self._locked
        if apart:
            self.connection.exec_driver_sql("BEGIN")
        yield
        if apart:
            self.connection.exec_driver_sql("COMMIT")

    def make_temporary(self, table: Table) -> None:
        """Make a table that only this unit of work sees and that ends with it."""
        if table not in self._temporary:
            self.connection.execute(CreateTable(table))
            self._temporary.append(table)

    def analyze(self, *columns: Column[Any]) -> None:
        """Let PostgreSQL analyse these columns of a table that was just filled.

        Otherwise it would plan for an empty table, or for few different values, and read a million rows for each batch.
        """
        if self.on_postgresql:
            names = ", ".join(f'"{column.name}"' for column in columns)
            self.connection.exec_driver_sql(f'ANALYZE "{columns[0].table.name}" ({names})')

    def commit(self) -> None:
        """Make what was written lasting, and end."""
        self.connection.commit()
        self.end()

    def end_snapshot(self) -> None:
        """End a snapshot that was read to its end: after a ROLLBACK psycopg prepares all of its statements again."""
        connection = None if self._interrupted or self._temporary else self._connection
        if connection is None or connection.invalidated or not self.on_postgresql:
            return
        if self.sees_one_state and connection.in_transaction():
            connection.commit()

    def interrupt(self) -> None:
        """End the statement that runs, from another thread; nothing more can be asked afterwards."""
        self._interrupted = True
        driver = None if self._connection is None else self._connection.connection.driver_connection
        if driver is not None:
            interrupt(driver)

    def close_afterwards(self, opened: AbstractContextManager[Any]) -> None:
        """Have something closed once this has ended, however it does."""
        self._afterwards.enter_context(opened)

    def end(self) -> None:
        """Undo what was not committed and give the connection back; an interrupted one is not used again."""
        with self._afterwards:
            self._end()

    def _end(self) -> None:
        if self._connection is None:
            return
        with self._connection as connection:
            self._connection = None
            if self._interrupted:
                connection.invalidate()
                return
            if self._temporary and connection.dialect.name == "sqlite":
                connection.rollback()
                for table in self._temporary:
                    connection.execute(DropTable(table, if_exists=True))

    def _count(self) -> None:
        """Allow only one statement at once, because a second one would see another state."""
        if self._connection is not None and self._asked and self._kind is TransactionKind.AT_ONCE:
            msg = "a unit of work at once is for one question or one change"
            raise RuntimeError(msg)
        self._asked = self._connection is not None
