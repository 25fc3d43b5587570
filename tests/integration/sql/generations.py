"""The tables of generations, looked at past the ports."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, Update

from checkdata.adapters.sql.empty_generation import generation_schemas
from checkdata.adapters.sql.generations import SHOWN, Generations, file_of, number_in


def shown(engine: Engine) -> int:
    """The number of the generation that is shown."""
    with engine.connect() as connection:
        return number_in(connection.execute(SHOWN).all())


@contextmanager
def in_generation(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the generation that is shown, as the service does."""
    with engine.connect() as connection:
        Generations(engine).look(connection)
        connection.rollback()
        yield connection


def changed_in_generation(engine: Engine, *changes: Update) -> None:
    """Change what no one else ever changes: rows of the generation that is shown."""
    if engine.dialect.name == "postgresql":
        with in_generation(engine) as connection, connection.begin():
            for change in changes:
                connection.execute(change)
        return
    with closing(sqlite3.connect(file_of(engine, shown(engine)))) as file, file:
        for change in changes:
            file.execute(str(change.compile(engine, compile_kwargs={"literal_binds": True})))


def generations(engine: Engine) -> set[int]:
    """The numbers of all generations that there are; on SQLite the empty one is no file."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            return {int(name.rpartition("_")[2]) for name in generation_schemas(connection)}
    path = Path(str(engine.url.database))
    return {int(file.name.rpartition("-")[2]) for file in path.parent.glob(f"{path.name}-generation-*")}
