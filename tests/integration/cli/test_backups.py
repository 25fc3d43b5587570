"""``checkdata backup`` and ``checkdata restore``: whole or not at all, and never over anything."""

import json
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url

from checkdata.adapters.sql.backups.folder import new_folder
from checkdata.adapters.sql.schema import REVISION
from checkdata.domain.errors import StorageError
from checkdata.domain.jobs import Job
from checkdata.entrypoints.cli.progress import Lines
from checkdata.entrypoints.composition.backups import backed_up
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.settings.environment import read_settings
from tests.integration.cli.command import Command
from tests.integration.postgresql import Server
from tests.storages import in_two_roles, opened


@contextmanager
def another_database(command: Command, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Command]:
    """The same commands on an empty database of the same kind."""
    if command.owners_url.startswith("sqlite"):
        variables = in_two_roles(f"sqlite:///{tmp_path / 'restored' / 'checkdata.sqlite'}")
        yield Command(command.folder, command.capture, command.variables | variables)
        return
    server: Server = request.getfixturevalue("postgresql_server")
    with server.new_database() as url:
        yield Command(command.folder, command.capture, command.variables | in_two_roles(url))


def exported(command: Command, folder: Path) -> dict[str, bytes]:
    command.done("export", "--out", folder, "--all")
    return {file.name: file.read_bytes() for file in folder.glob("*.csv")}


def rows_of(command: Command, table: str) -> int:
    with opened(command.owners_url) as engine, engine.connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608


def test_what_is_restored_shows_what_was_backed_up(
    loaded: Command, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    before = exported(loaded, tmp_path / "before")
    told = loaded.done("backup", tmp_path / "backup").out
    assert f"are in {tmp_path / 'backup'}" in told
    with another_database(loaded, request, tmp_path) as other:
        told = other.done("restore", tmp_path / "backup").out
        assert "broken" not in told
        assert "ok      database" in told
        assert exported(other, tmp_path / "after") == before
        assert before
        other.done("migrate")
        assert rows_of(other, "audit_events") >= rows_of(loaded, "audit_events")


def last_backup(command: Command) -> datetime | None:
    with closing(Composition(read_settings(command.environment))) as composed, composed.storage.reading() as work:
        return work.job_runs.last().get(Job.BACKUP)


def moment_of(backup: Path) -> datetime:
    return datetime.fromisoformat(json.loads((backup / "backup.json").read_text())["at"])


def test_the_moment_that_the_last_backup_shows_is_noted_and_the_doctor_tells_it(
    loaded: Command, tmp_path: Path
) -> None:
    assert "The job backup never ran." in loaded.done("doctor", code=1).out
    assert loaded.done("backup", tmp_path / "backup").err.count("Warning") == 0
    assert last_backup(loaded) == moment_of(tmp_path / "backup")
    assert "The job backup ran last at" in loaded.done("doctor", code=1).out


def test_a_database_that_only_reads_is_backed_up_without_a_note(loaded: Command, tmp_path: Path) -> None:
    if loaded.owners_url.startswith("sqlite"):
        return
    with opened(loaded.owners_url) as engine, engine.begin() as connection:
        name = make_url(loaded.owners_url).database
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    told = loaded.done("backup", tmp_path / "backup")
    assert f"are in {tmp_path / 'backup'}" in told.out
    assert "Warning: the backup is whole, but" in told.err
    assert "The database only reads." in told.err
    assert (tmp_path / "backup" / "backup.json").is_file()
    assert last_backup(loaded) is None


def test_only_its_user_may_read_a_backup(loaded: Command, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        loaded.done("backup", tmp_path / "backup")
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "backup").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o700


def test_a_backup_writes_over_nothing(loaded: Command, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    assert "Choose another folder" in loaded.done("backup", tmp_path / "backup", code=2).err
    assert list((tmp_path / "backup").iterdir()) == []


def test_a_restore_writes_over_nothing(loaded: Command, tmp_path: Path) -> None:
    loaded.done("backup", tmp_path / "backup")
    before = exported(loaded, tmp_path / "before")
    told = loaded.done("restore", tmp_path / "backup", code=2).err
    assert "is not empty" in told or "already" in told
    assert exported(loaded, tmp_path / "after") == before


@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "without manifest"])
def test_a_damaged_backup_is_not_restored(
    loaded: Command, tmp_path: Path, request: pytest.FixtureRequest, damage: str
) -> None:
    loaded.done("backup", tmp_path / "backup")
    file = max((tmp_path / "backup").iterdir(), key=lambda path: path.stat().st_size)
    whole = file.read_bytes()
    match damage:
        case "cut":
            file.write_bytes(whole[:-1])
        case "changed":
            file.write_bytes(whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:])
        case "gone":
            file.unlink()
        case _:
            (tmp_path / "backup" / "backup.json").unlink()
    with another_database(loaded, request, tmp_path) as other:
        assert "backup" in other.done("restore", tmp_path / "backup", code=2).err
        assert "broken  database" in other.done("doctor", code=3).out


def test_a_backup_that_fails_leaves_nothing(loaded: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("checkdata.adapters.sql.backups.folder.digest_of", fail)
    folder = tmp_path / "backups" / "monday"
    assert "No space left" in loaded.done("backup", folder, code=3).err
    assert list(folder.parent.iterdir()) == []
    assert last_backup(loaded) is None


def test_what_a_killed_backup_left_is_removed_by_the_next_and_what_is_being_written_is_not(
    loaded: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    (left := folder / ".checkdata-backup-killed").mkdir(parents=True)
    (left / "database.dump").write_text("half")
    with new_folder(folder / "other") as being_written:
        loaded.done("backup", folder / "monday")
        assert being_written.path.is_dir()
    assert {path.name for path in folder.iterdir()} == {"monday", "other"}


def test_what_cannot_be_removed_of_an_earlier_backup_hinders_no_new_one(loaded: Command, tmp_path: Path) -> None:
    (tmp_path / ".checkdata-backup-of-another").write_text("not a folder")
    loaded.done("backup", tmp_path / "monday")
    assert (tmp_path / "monday" / "backup.json").is_file()


def test_a_backup_of_an_earlier_version_is_restored_and_the_migration_lets_the_service_serve(
    loaded: Command, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    before = exported(loaded, tmp_path / "before")
    loaded.done("migrate", "--to", f"{int(REVISION) - 1:04}", "--yes")
    loaded.done("backup", tmp_path / "backup")
    with another_database(loaded, request, tmp_path) as other:
        told = other.done("restore", tmp_path / "backup", code=3)
        assert "are restored" in told.out
        assert "Run checkdata migrate" in told.out
        other.done("migrate")
        assert exported(other, tmp_path / "after") == before


def test_a_schema_that_only_the_address_names_is_restored(
    command: Command, postgresql_server: Server, tmp_path: Path
) -> None:
    with postgresql_server.new_database() as one, postgresql_server.new_database() as two:
        with opened(one) as engine, engine.begin() as connection:
            connection.exec_driver_sql("CREATE SCHEMA own")
        first, second = (in_two_roles(f"{url}&options=-csearch_path%3Down") for url in (one, two))
        Command(tmp_path, command.capture, command.variables | first).done("migrate")
        Command(tmp_path, command.capture, command.variables | first).done("backup", tmp_path / "backup")
        told = Command(tmp_path, command.capture, command.variables | second).done("restore", tmp_path / "backup")
        assert "ok      database" in told.out


def test_a_backup_of_a_later_version_is_not_restored(
    loaded: Command, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    loaded.done("backup", tmp_path / "backup")
    file = tmp_path / "backup" / "backup.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"revision": "9999", "version": "7.1"}))
    with another_database(loaded, request, tmp_path) as other:
        assert "Restore it with version 7.1" in other.done("restore", tmp_path / "backup", code=2).err


WRITTEN_AGAIN = "ALTER TABLE lead_providers ADD COLUMN made_at timestamptz DEFAULT clock_timestamp()"


class DuringABackup(Lines):
    """Does something once, in the middle of what is backed up."""

    def __init__(self, work: Callable[[], object], *, at: str) -> None:
        super().__init__()
        self._work, self._at = work, at

    def begin(self, doing: str, total: int | None = None, /) -> None:
        super().begin(doing, total)
        if doing.startswith(self._at):
            self._work()


@pytest.mark.parametrize("at", ["Copying the database", "Copying the listings", "Dumping"])
def test_a_backup_shows_the_moment_at_which_it_began_whatever_is_imported_meanwhile(
    loaded: Command, feed: Path, tmp_path: Path, request: pytest.FixtureRequest, at: str
) -> None:
    if loaded.owners_url.startswith("sqlite") == (at == "Dumping"):
        return
    before = exported(loaded, tmp_path / "before")

    def import_twice() -> None:
        """The second import removes the listings that the backup began with."""
        for number in range(2):
            rows = (feed / "training_records.csv").read_text().splitlines()
            shutil.copytree(feed, tmp_path / f"feed-{number}")
            (tmp_path / f"feed-{number}" / "training_records.csv").write_text("\n".join(rows[: -5 - number]) + "\n")
            loaded.done("import", tmp_path / f"feed-{number}", "--complete", "--allow-deletions")

    with closing(Composition(read_settings(loaded.environment))) as composed:
        backed_up(composed, tmp_path / "backup", DuringABackup(import_twice, at=at))
    assert exported(loaded, tmp_path / "now") != before
    with another_database(loaded, request, tmp_path) as other:
        other.done("restore", tmp_path / "backup")
        assert exported(other, tmp_path / "after") == before


def test_no_migration_comes_between_the_moment_of_a_backup_and_its_tables(loaded: Command, tmp_path: Path) -> None:
    if loaded.owners_url.startswith("sqlite"):
        return
    refused: list[StorageError] = []

    def migrate() -> None:
        with opened(loaded.owners_url) as engine:
            try:
                with engine.begin() as connection:
                    connection.exec_driver_sql("SET LOCAL lock_timeout = '0.1s'")
                    connection.exec_driver_sql(WRITTEN_AGAIN)
                    connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
            except StorageError as error:
                refused.append(error)

    with closing(Composition(read_settings(loaded.environment))) as composed:
        manifest = backed_up(composed, tmp_path / "backup", DuringABackup(migrate, at="Counting"))
    assert manifest.rows["public.lead_providers"] == rows_of(loaded, "lead_providers") > 0
    assert refused


def test_without_pg_dump_or_with_an_older_one_nothing_is_backed_up(
    loaded: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if loaded.owners_url.startswith("sqlite"):
        return
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    assert "pg_dump is not installed here. Install" in loaded.done("backup", tmp_path / "backup", code=2).err
    (programs / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    (programs / "pg_dump").chmod(0o700)
    told = loaded.done("backup", tmp_path / "backup", code=2).err
    assert "pg_dump is of version 9, older than the server" in told
    assert not (tmp_path / "backup").exists()


def test_the_role_of_the_service_can_not_back_up(loaded: Command, tmp_path: Path) -> None:
    if loaded.variables.pop("CHECKDATA_OWNER_DATABASE_URL", None) is None:  # SQLite has no roles
        return
    assert "needs the owner of the tables" in loaded.done("backup", tmp_path / "backup", code=2).err


def test_a_password_is_in_no_argument_and_other_secrets_are_not_passed_on(
    loaded: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if loaded.owners_url.startswith("sqlite"):
        return
    programs = tmp_path / "programs"
    programs.mkdir()
    said = tmp_path / "said"
    (programs / "pg_dump").write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 99" && exit\n'
        f'echo "$@" >{said}; echo "$PGPASSWORD" >>{said}; env | grep -c CHECKDATA_ >>{said}; exit 1\n'
    )
    (programs / "pg_dump").chmod(0o700)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    url = make_url(loaded.owners_url).set(password="a pass word")  # noqa: S106
    loaded.variables["CHECKDATA_OWNER_DATABASE_URL"] = url.render_as_string(hide_password=False)
    loaded.done("backup", tmp_path / "backup", code=3)
    arguments, password, secrets = said.read_text().splitlines()
    assert "a pass word" not in arguments
    assert password == "a pass word"  # noqa: S105
    assert secrets == "0"


def a_page_of_nothing(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_audit_events_at'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\0" * size)


def a_null_where_none_may_be(database: Path) -> None:
    def declared(old: str, new: str, change: str) -> None:
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            connection.execute("PRAGMA writable_schema = ON")
            changed = "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = 'body_counts'"
            connection.execute(changed, [f"number {old}", f"number {new}"])
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            connection.execute(change)

    declared("INTEGER NOT NULL", "INTEGER", "UPDATE body_counts SET number = NULL")
    declared("INTEGER", "INTEGER NOT NULL", "SELECT 1")


@pytest.mark.parametrize("damage", [a_page_of_nothing, a_null_where_none_may_be])
def test_a_file_that_sqlite_finds_damaged_is_no_backup(
    loaded: Command, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    if not loaded.owners_url.startswith("sqlite"):
        return
    damage(Path(str(make_url(loaded.owners_url).database)))
    told = loaded.done("backup", tmp_path / "backup", code=3).err
    assert "finds checkdata.sqlite damaged" in told or "SQLITE_CORRUPT" in told
    assert not (tmp_path / "backup").exists()
