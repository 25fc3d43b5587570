from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from checkdata.adapters.sql import SqlStorage, migrate, migrate_down
from checkdata.adapters.sql import migrations as folder
from checkdata.adapters.sql.feed_schema import partner_listing
from checkdata.adapters.sql.schema import REVISION
from checkdata.domain.errors import NotMigrated

OLDEST_FIRST = [script.revision for script in ScriptDirectory(folder.__path__[0]).walk_revisions()][::-1]
DECLARED = partner_listing.metadata


def differences(engine: Engine) -> object:
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), DECLARED)


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_the_newest_migration_is_the_one_that_a_storage_asks_for() -> None:
    assert OLDEST_FIRST[-1] == REVISION


def test_the_migrations_make_the_tables_that_are_declared(engine: Engine) -> None:
    assert differences(engine) == []
    assert tables(engine) == set(DECLARED.tables)


def test_every_migration_can_be_undone_and_done_again(empty_engine: Engine) -> None:
    migrate(empty_engine)
    for revision in ["base", *OLDEST_FIRST[:-1]]:
        migrate_down(empty_engine, revision)
        assert differences(empty_engine) != []
        migrate(empty_engine)
        assert differences(empty_engine) == []


def test_undoing_all_leaves_no_table(engine: Engine) -> None:
    migrate_down(engine, "base")
    assert tables(engine) == set()


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    assert differences(engine) == []


def test_of_several_who_migrate_at_once_each_ends_well(empty_engine: Engine) -> None:
    with ThreadPoolExecutor(4) as operators:
        list(operators.map(lambda _: migrate(empty_engine), range(4)))
    assert differences(empty_engine) == []


def test_migrating_prints_nothing(empty_engine: Engine, capfd: pytest.CaptureFixture[str]) -> None:
    migrate(empty_engine)
    migrate_down(empty_engine, "base")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("revision", ["base", *OLDEST_FIRST[:-1]])
def test_a_database_of_another_version_is_told_from_one_that_is_ready(engine: Engine, revision: str) -> None:
    migrate_down(engine, revision)
    storage = SqlStorage(engine)
    for kind in (storage.reading, storage.writing):
        with pytest.raises(NotMigrated, match="run checkdata migrate"):
            kind()
    migrate(engine)
    with storage.reading() as work:
        assert work.participants.as_of() is None


def test_an_empty_database_is_not_ready(empty_engine: Engine) -> None:
    with pytest.raises(NotMigrated, match="run checkdata migrate"):
        SqlStorage(empty_engine).reading()
