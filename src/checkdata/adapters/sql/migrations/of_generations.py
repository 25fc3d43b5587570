"""Changes to the tables of generations, for a version whose listings have other columns than those that are shown."""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from alembic import op

from checkdata.adapters.sql.empty_generation import generation_schemas


def change_generations(*statements: str, unless: str = "") -> None:
    """Run statements on the tables of every generation there is, so that the next import can compare with them.

    *unless* is a question that SQLite answers with a row where a file is changed already: a rollback does not change
    it back, so that a migration that failed later on meets it again.
    """
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        path: str = connection.exec_driver_sql("SHOW search_path").scalar_one()
        for schema in generation_schemas(connection):
            op.execute(f'SET LOCAL search_path TO "{schema}"')
            for statement in statements:
                op.execute(statement)
        op.execute(f"SET LOCAL search_path TO {path}")
        return
    database = Path(str(connection.engine.url.database))
    for file in database.parent.glob(f"{database.name}-generation-*"):
        _change_file(file, statements, unless)


def _change_file(file: Path, statements: Sequence[str], unless: str) -> None:
    """Change a copy and put it in the place of the file, because a file that is read is never changed."""
    copy = shutil.copyfile(file, file.with_name(f"changed-{file.name}"))
    with closing(sqlite3.connect(copy)) as connection:
        is_done = bool(unless) and connection.execute(unless).fetchone() is not None
        for statement in () if is_done else statements:
            connection.execute(statement)
        connection.commit()
    copy.replace(file)
