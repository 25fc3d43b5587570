"""The tables of generations, looked at past the ports."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, Update

from checkdata.adapters.sql.empty_generation import generation_schemas
from checkdata.adapters.sql.generations import SHOWN, file_of, number_in, schema_of


def shown(engine: Engine) -> int:
    """The number of the generation that is shown."""
    with engine.connect() as connection:
        return number_in(connection.execute(SHOWN).all())


def changed_in_generation(engine: Engine, *changes: Update) -> None:
    """Change what is never changed otherwise: rows of the generation that is shown."""
    number = shown(engine)
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(file_of(engine, number))) as file, file:
            for change in changes:
                file.execute(str(change.compile(engine, compile_kwargs={"literal_binds": True})))
        return
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL search_path TO {schema_of('public', number)}")
        for change in changes:
            connection.execute(change)


def generations(engine: Engine) -> set[int]:
    """The numbers of all generations that there are; on SQLite the empty one is no file."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            return {int(name.rpartition("_")[2]) for name in generation_schemas(connection)}
    path = Path(str(engine.url.database))
    return {int(file.name.rpartition("-")[2]) for file in path.parent.glob(f"{path.name}-generation-*")}
