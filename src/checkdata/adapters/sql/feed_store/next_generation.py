"""The generation that an import makes: tables of its own, on a connection of its own, beside the one that is shown.

It is read only once the import shows it, so it holds no lock that others wait for. What an import leaves that died, the
next one clears away.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from functools import partial
from os import fsync
from pathlib import Path
from typing import IO, Any, Final, Self

from sqlalchemy import Column, Connection, Index, MetaData, Table, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

from checkdata.adapters.sql.engine import open_generation
from checkdata.adapters.sql.feed_store.import_lock import refuse_second_import
from checkdata.adapters.sql.feed_store.listing_rows import CountedKinds
from checkdata.adapters.sql.feed_store.work_tables import work
from checkdata.adapters.sql.generation_access import grants, policies, roles_that_read
from checkdata.adapters.sql.generation_schema import BEFORE, PLACE, generation
from checkdata.adapters.sql.generations import KEPT_SECONDS, SHOWN, attach_generation, file_of, number_in, schema_of
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.errors import StorageError

_SORTING_MEMORY: Final = "512MB"
"""The memory for sorting of each of an import's two connections to PostgreSQL; what is larger is sorted in files."""
_OLD: Final = text(
    """
    SELECT nspname FROM pg_namespace
    WHERE nspname LIKE replace(:schema, '_', '\\_') || '\\_generation\\_%' AND nspname NOT IN (:shown, :empty)
      AND substring(nspname FROM '_generation_([0-9]+)$')::bigint NOT IN (
        SELECT generation FROM imports WHERE number >= coalesce(
          (SELECT max(number) FROM imports WHERE made_at <= now() - make_interval(secs => :kept)), 0))
    """
)
"""Generations that were made by imports which died, or that were replaced long enough ago."""


Task = Callable[[Connection], None]
"""Something to be done on a connection that sees the tables of the generation."""


class NextGeneration:
    """The tables of generation *number*, which unqualified names mean on ``connection``.

    `checkdata.adapters.sql.generation_schema.before` gives those of the generation that is shown.
    """

    def __init__(self, transaction: Transaction, number: int, shown: int) -> None:
        self._transaction = transaction
        self._shown = shown
        self.number = number
        self.counted_kinds = CountedKinds()
        self.follows = shown > 0
        """Whether there is a generation before that may hold anything."""
        self._held: IO[bytes] | None = None
        self._finished = False
        self.connection: Connection = self._opened_on_postgresql() if self.on_postgresql else self._opened_on_sqlite()
        transaction.close_afterwards(self)
        self.make(generation)
        self.make(work)

    def make(self, tables: MetaData) -> None:
        """Make tables, without the indexes that come last."""
        for table in tables.sorted_tables:
            self.connection.execute(CreateTable(table))

    def indexes(self, table: Table) -> Sequence[Task]:
        """What makes each index of a table that is filled."""
        needed = (i for i in table.indexes if self.on_postgresql or not str(i.name).startswith(PLACE))
        return [partial(_make_index, index) for index in sorted(needed, key=lambda index: str(index.name))]

    @property
    def on_postgresql(self) -> bool:
        """Whether the database is PostgreSQL; SQLite otherwise."""
        return self._transaction.on_postgresql

    def analyze(self, *columns: Column[Any]) -> None:
        """Let PostgreSQL know what is in these columns of a table that was filled just now."""
        analyzing(*columns)(self.connection)

    def side_by_side(self, *tasks: Task) -> None:
        """Do what does not need each other: on PostgreSQL at once, each on a connection that sees what was made."""
        if not self.on_postgresql:
            for task in tasks:
                task(self.connection)
            return
        self.connection.commit()
        with ThreadPoolExecutor(len(tasks)) as threads:
            begun = [threads.submit(self._do, task) for task in tasks[1:]]
            tasks[0](self.connection)
            self.connection.commit()
            for done in begun:
                done.result()

    def _do(self, task: Task) -> None:
        with closing(self._connected()) as connection:
            try:
                task(connection)
                connection.commit()
            finally:
                connection.invalidate()  # what it was set to is for no other

    def finish(self) -> None:
        """Leave only what is shown, for the eyes that may see it, and make it last."""
        for table in reversed(work.sorted_tables):
            self.connection.execute(DropTable(table))
        if self.on_postgresql:
            roles = roles_that_read(self.connection, self._empty)
            for statement in (*policies(), *grants(f'"{self._schema}"', roles)):
                self.connection.exec_driver_sql(statement)
        self.connection.commit()
        self._finished = True
        if self._held is not None:
            self.connection.close()
            fsync(self._held.fileno())
            _keep_name(Path(self._held.name))

    def __enter__(self) -> Self:
        """Hold it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give its connection up; what is not finished goes, or is cleared away by the next import."""
        with closing(self.connection), suppress(SQLAlchemyError, StorageError):
            if not self._finished:
                self._discard()
            self.connection.invalidate()  # what it was set to is for no other

    def _discard(self) -> None:
        if self.on_postgresql:
            self.connection.rollback()
            self.connection.exec_driver_sql(f'DROP SCHEMA "{self._schema}" CASCADE')
            self.connection.commit()
        else:
            file_of(self._transaction.engine, self.number).unlink()

    def _opened_on_postgresql(self) -> Connection:
        engine = self._transaction.engine
        connection = engine.connect().execution_options(postgresql_begin="BEGIN")
        schema, path = connection.exec_driver_sql("SELECT current_schema(), current_setting('search_path')").one()
        self._schema, shown = schema_of(schema, self.number), schema_of(schema, self._shown)
        self._empty = schema_of(schema, 0)
        self._clear_away(connection, schema, shown)
        connection.exec_driver_sql(f'CREATE SCHEMA "{self._schema}"')
        connection.commit()
        self._settings = {
            "search_path": f'"{self._schema}", {path}',
            "TimeZone": "'UTC'",
            "work_mem": f"'{_SORTING_MEMORY}'",
            "maintenance_work_mem": f"'{_SORTING_MEMORY}'",
            "max_parallel_maintenance_workers": "0",  # what is done side by side keeps the processors busy
            "synchronous_commit": "off",  # the commit that shows the generation writes down all that was before it
        }
        self._before = {BEFORE: shown}
        return self._set(connection)

    def _connected(self) -> Connection:
        return self._set(self._transaction.engine.connect().execution_options(postgresql_begin="BEGIN"))

    def _set(self, connection: Connection) -> Connection:
        for name, value in self._settings.items():
            connection.exec_driver_sql(f"SET {name} TO {value}")
        connection.commit()
        return connection.execution_options(schema_translate_map=self._before)

    def _hold_alone(self, file: IO[bytes]) -> None:
        """Be the only import; another may have shown this very generation just before the lock was free."""
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            refuse_second_import()
        if number_in(self._transaction.execute(SHOWN).all()) != self._shown:
            refuse_second_import()

    def _clear_away(self, connection: Connection, schema: str, shown: str) -> None:
        """Drop generations that are not read; one that is read after all stays for the next import."""
        old = (
            connection.execute(_OLD, {"schema": schema, "shown": shown, "empty": self._empty, "kept": KEPT_SECONDS})
            .scalars()
            .all()
        )
        connection.commit()
        for name in old:
            with suppress(SQLAlchemyError, StorageError):
                connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
                connection.exec_driver_sql(f'DROP SCHEMA "{name}" CASCADE')
                connection.commit()
            connection.rollback()

    def _opened_on_sqlite(self) -> Connection:
        self._transaction.see_listings()  # `StorageUnavailable` where their file is missing
        engine = self._transaction.engine
        path = file_of(engine, self.number)
        self._held = path.open("ab")
        self._transaction.close_afterwards(self._held)
        self._hold_alone(self._held)
        self._held.truncate(0)
        for other in path.parent.glob(f"{file_of(engine, 0).name.removesuffix('0')}*"):
            if other not in (path, file_of(engine, self._shown)):
                other.unlink(missing_ok=True)
        connection = open_generation(path).connect()
        attach_generation(connection.connection.cursor(), engine, self._shown, BEFORE)
        return connection


def _keep_name(path: Path) -> None:
    """Let a new file still be there after a power cut: its name stands in its folder."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fsync(folder)
    finally:
        os.close(folder)


def _make_index(index: Index, connection: Connection) -> None:
    connection.execute(CreateIndex(index))


def analyzing(*columns: Column[Any]) -> Task:
    """What lets PostgreSQL know what is in these columns of a table that was filled just now."""
    names = ", ".join(f'"{column.name}"' for column in columns)

    def analyze(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f'ANALYZE "{columns[0].table.name}" ({names})')

    return analyze
