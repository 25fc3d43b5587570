"""What migrations do to a PostgreSQL that serves, as squawk judges it: a lock that lasts, a change that breaks code."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event

from checkdata.adapters.sql import migrate, migrate_down
from checkdata.adapters.sql import migrations as folder
from checkdata.adapters.sql.waits import JOBS, session_settings
from tests.integration.postgresql import Server
from tests.storages import opened

SQUAWK: Final = Path(sys.executable).with_name("squawk")
SCRIPTS: Final = list(ScriptDirectory(folder.__path__[0]).walk_revisions())
NEVER_RELEASED: Final = "No version without this migration was ever released, so no code of one serves meanwhile."
NOT_AT_ONCE: Final = (
    "CONCURRENTLY is not possible in a transaction, and a migration is one. Meanwhile the table is read and not "
    "written: the code of no earlier version may serve on these tables, so the service is closed."
)
NOT_ASKED: Final = {"prefer-bigint-over-int": "Integers are years, and numbers of rows of a feed: ten million at most."}
"""The rules that are not ours, and why."""

EXCEPTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "0001": {
        "prefer-identity": "Triggers and rights name the sequences as SQLAlchemy makes them.",
    },
    "0003": {"prefer-identity": "As in 0001."},
    "0004": {"require-concurrent-index-creation": NOT_AT_ONCE},
    "0009": {"require-concurrent-index-creation": NOT_AT_ONCE},
    "0012": {
        "renaming-column": NEVER_RELEASED,
        "adding-required-field": "The table of tallies was emptied before.",
    },
    "0014": {
        "ban-drop-constraint": "The counts are told again by every import, so the table is empty then.",
        "adding-required-field": "As above.",
        "constraint-missing-not-valid": "As above.",
        "adding-serial-primary-key-field": "As above.",
        "require-concurrent-index-creation": "Of a generation, which nothing writes.",
    },
    "0018": {"require-concurrent-index-creation": NOT_AT_ONCE},
    "0021": {"require-concurrent-index-creation": "Links live an hour, so there are few."},
}
"""What squawk finds in which revision, and why it may be."""


@contextmanager
def statements_of(engine: Engine) -> Iterator[list[str]]:
    """What is asked of the database while the block runs, without questions."""
    said = list[str]()

    def note(*given: object) -> None:
        if not str(given[2]).lstrip().upper().startswith(("SELECT", "SHOW", "BEGIN")):
            said.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def rules_broken_by(statements: list[str]) -> set[str]:
    """The rules of squawk that they break, in the session that a migration has."""
    set_first = [f"SET {setting}" for setting in session_settings(JOBS).split("-c ")[1:]]
    judged = subprocess.run(  # noqa: S603
        [SQUAWK, "--reporter=json", "--assume-in-transaction", "--pg-version=15", f"--exclude={','.join(NOT_ASKED)}"],
        input=";\n".join([*set_first, *statements]) + ";\n",
        text=True,
        capture_output=True,
        check=False,
    )
    return {found["rule_name"] for found in json.loads(judged.stdout)}


def upgrade_to(engine: Engine, revision: str) -> None:
    """Run the one migration that makes it."""
    config = Config(attributes={"connection": None})
    config.set_main_option("script_location", "checkdata.adapters.sql:migrations")
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@pytest.fixture(scope="module")
def statements(postgresql_server: Server) -> Mapping[str, list[str]]:
    """What each migration does to a database that has listings."""
    found = dict[str, list[str]]()
    with postgresql_server.new_database() as url, opened(url) as engine:
        migrate(engine)
        for script in SCRIPTS:
            migrate_down(engine, str(script.down_revision or "base"))
            with statements_of(engine) as found[script.revision]:
                upgrade_to(engine, script.revision)
    return found


@pytest.mark.parametrize("revision", sorted(script.revision for script in SCRIPTS))
def test_a_migration_breaks_no_rule_of_squawk_but_for_a_reason(
    statements: Mapping[str, list[str]], revision: str
) -> None:
    assert rules_broken_by(statements[revision]) == set(EXCEPTIONS.get(revision, {}))


def test_an_index_of_a_table_that_is_there_is_a_broken_rule() -> None:
    assert rules_broken_by(["CREATE INDEX ix ON audit_events (kind)"]) == {"require-concurrent-index-creation"}
