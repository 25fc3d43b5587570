"""Backups of SQLite: the file of the database by SQLite's online copy, and the file of the generation that is shown."""

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy import Engine

from checkdata.adapters.sql.backups.folder import PartialFolder, flush
from checkdata.adapters.sql.backups.manifest import BackupManifest, DatabaseState
from checkdata.adapters.sql.backups.shown import Shown
from checkdata.adapters.sql.generations import file_of
from checkdata.domain.errors import BackupFailed, BackupRefused

_DATABASE: Final = "checkdata.sqlite"
_GENERATION: Final = "generation.sqlite"
_PAGES_AT_ONCE: Final = 1000
_TRIES: Final = 20
_MOST_FAULTS: Final = 1_000_000_000
_NULL: Final = re.compile(r"NULL value in (\w+)\.(\w+)")
_SHOWN: Final = "SELECT generation FROM imports ORDER BY number DESC LIMIT 1"


def copy_out(engine: Engine, partial: PartialFolder, shown: Shown) -> DatabaseState:
    """Copy one state of the database, whatever others write meanwhile, and check both copies."""
    database = Path(str(engine.url.database))
    if not database.exists():
        raise BackupRefused(f"There is no database at {database}.")
    copy = partial.new_file(_DATABASE)
    with _told(database), _at_one_moment(engine, database) as (source, number, generation):
        at = datetime.now(UTC)
        with closing(sqlite3.connect(copy)) as target:
            source.backup(target, pages=_PAGES_AT_ONCE, progress=_progress(shown))
        if generation is not None:
            shown.begin("Copying the listings")
            with partial.new_file(_GENERATION).open("wb") as written:
                shutil.copyfileobj(generation, written, 1024**2)
        (revision,) = source.execute("SELECT version_num FROM alembic_version").fetchone()
    return DatabaseState(at=at, revision=revision, generation=number, rows=_checked_rows(partial.path, shown))


def copy_in(engine: Engine, folder: Path, manifest: BackupManifest, shown: Shown) -> None:
    """Copy a backup to where there is no database, check it, and name its files: the database last."""
    database = Path(str(engine.url.database))
    places = {_GENERATION: file_of(engine, manifest.generation), _DATABASE: database}
    for taken in (*database.parent.glob(f"{database.name}-generation-*"), *_files_of(database)):
        if taken.exists():
            raise BackupRefused(f"There is {taken} already. Move it away, or name another database.")
    partial = database.with_name(f".{database.name}.restored")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700, parents=True)
        for name in manifest.files:
            shown.begin(f"Copying {name}")
            target = PartialFolder(partial).new_file(name)
            shutil.copyfile(folder / name, target)
            flush(target)
        if _checked_rows(partial, shown) != manifest.rows:
            raise BackupFailed("The copy does not hold what the backup's manifest says. Nothing was restored.")
        for name in sorted(manifest.files, key=list(places).index):
            (partial / name).rename(places[name])
        flush(database.parent)
    except OSError as error:
        raise BackupFailed(f"The backup can't be restored to {database}: {error.strerror}.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def _at_one_moment(engine: Engine, database: Path) -> Iterator[tuple[sqlite3.Connection, int, BinaryIO | None]]:
    """A connection that sees one state, the number of its generation, and the generation's file, open.

    A file that is open stays, although later imports remove its name.
    """
    with closing(sqlite3.connect(database, isolation_level=None)) as source:
        for remaining in reversed(range(_TRIES)):
            source.execute("BEGIN")
            found = source.execute(_SHOWN).fetchone()
            number = int(found[0]) if found else 0
            if number == 0:
                yield source, 0, None
                return
            with suppress(FileNotFoundError):
                generation = file_of(engine, number).open("rb")
                with generation:
                    yield source, number, generation
                return
            source.execute("ROLLBACK")
            if not remaining:
                raise BackupFailed(f"The file of the listings that are shown is missing: {file_of(engine, number)}.")


def _checked_rows(folder: Path, shown: Shown) -> Mapping[str, int]:
    """How many rows each table has; `BackupFailed` where SQLite finds the file damaged."""
    rows = dict[str, int]()
    for name in (_DATABASE, _GENERATION):
        if not (folder / name).exists():
            continue
        shown.begin(f"Checking each page of {name}")
        address = f"{(folder / name).absolute().as_uri()}?mode=ro&immutable=1"
        with _told(folder / name), closing(sqlite3.connect(address, uri=True)) as opened:
            if _is_damaged(opened):
                raise BackupFailed(f"SQLite finds {name} damaged. Check the disk and the database itself.")
            tables = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            for (table,) in tables.fetchall():
                (number,) = opened.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608 - our table
                rows[f"{name}/{table}"] = number
    return rows


def _is_damaged(opened: sqlite3.Connection) -> bool:
    """Whether SQLite finds a fault that is one.

    Debian 12's SQLite (3.40) takes values for NULL in tables WITHOUT ROWID where a column of the key stands behind one
    that is not of it, so each such word is asked again.
    """
    said = {str(fault) for (fault,) in opened.execute(f"PRAGMA integrity_check({_MOST_FAULTS})")}
    return any(not (found := _NULL.fullmatch(fault)) or _has_null(opened, *found.groups()) for fault in said - {"ok"})


def _has_null(opened: sqlite3.Connection, table: str, column: str) -> bool:
    # IS NULL would not be asked, because SQLite believes NOT NULL.
    question = f"""SELECT 1 FROM "{table}" WHERE typeof("{column}") = 'null' LIMIT 1"""  # noqa: S608 - as SQLite names them
    return opened.execute(question).fetchone() is not None


@contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BackupFailed(f"SQLite can't copy or read {file} ({error.sqlite_errorname}).") from error


def _progress(shown: Shown) -> Callable[[int, int, int], None]:
    done = 0

    def tell(_status: int, remaining: int, total: int) -> None:
        nonlocal done
        if not done:
            shown.begin("Copying the database, in pages", total)
        shown.advance(total - remaining - done)
        done = total - remaining

    return tell


def _files_of(database: Path) -> Iterator[Path]:
    for end in ("", "-wal", "-shm", "-journal"):
        yield database.with_name(database.name + end)
