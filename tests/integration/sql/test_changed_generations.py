"""A migration may change the tables of generations too, forward and back, with rows in them."""

import sqlite3
from contextlib import closing

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect

from checkdata.adapters.sql import SqlStorage
from checkdata.adapters.sql.generations import file_of, schema_of
from checkdata.adapters.sql.migrations.of_generations import change_generations
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.ports import Storage, UnitOfWork
from tests.contracts.examples import REFERENCES, put
from tests.contracts.listings import a_record, load
from tests.contracts.operators import EVERY_LEAD_PROVIDER, NORTH
from tests.contracts.units_of_work import read
from tests.integration.sql.generations import generations, shown

WHOLE = ParticipantQuery(scope=Scope(organisation=NORTH, rules=EVERY_LEAD_PROVIDER))
FORWARD = "ALTER TABLE partner_listing ADD COLUMN pattern text NOT NULL DEFAULT 'unknown'"
BACK = "ALTER TABLE partner_listing DROP COLUMN pattern"


def ids(work: UnitOfWork) -> list[str]:
    return [row.participant_id for row in work.participants.rows(WHOLE)]


def change(engine: Engine, statement: str) -> None:
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        change_generations(statement)


def columns(engine: Engine, number: int) -> set[str]:
    if engine.dialect.name == "postgresql":
        return {
            column["name"] for column in inspect(engine).get_columns("partner_listing", schema_of("public", number))
        }
    with closing(sqlite3.connect(file_of(engine, number))) as file:
        return {name for _, name, *_ in file.execute("PRAGMA table_info(partner_listing)")}


@pytest.fixture
def storage(storage: SqlStorage) -> SqlStorage:
    put(storage, REFERENCES)
    load(storage, a_record(1))
    return storage


def test_a_migration_changes_every_generation_forward_and_back(storage: Storage, engine: Engine) -> None:
    load(storage, a_record(1), a_record(2))
    change(engine, FORWARD)
    assert all("pattern" in columns(engine, number) for number in generations(engine))
    change(engine, BACK)
    assert not any("pattern" in columns(engine, number) for number in generations(engine))
    assert read(storage, ids) == ["p1", "p2"]


def test_readers_and_the_next_import_go_on_after_a_migration(storage: Storage, engine: Engine) -> None:
    change(engine, FORWARD)
    assert "pattern" in columns(engine, shown(engine))
    assert read(storage, ids) == ["p1"]
    load(storage, a_record(1), a_record(3))
    assert "pattern" not in columns(engine, shown(engine))
    assert read(storage, ids) == ["p1", "p3"]
