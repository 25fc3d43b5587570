"""What another application that has the pages in it is promised of its database."""

import pytest
from sqlalchemy import create_engine, event, text
from starlette.applications import Starlette
from starlette.testclient import TestClient

from checkdata.adapters.sql import SqlStorage
from checkdata.domain.errors import NotMigrated
from checkdata.web import (
    Settings,
    WrongSetting,
    create_app,
    mailer_of,
    read_settings,
    storage_of,
    tokens_of,
    utc_now,
)
from tests.integration.cli.command import KEY
from tests.integration.web.world import BASE_URL


def settings_of(url: str, **more: str) -> Settings:
    return read_settings(
        {
            "CHECKDATA_BASE_URL": BASE_URL,
            "CHECKDATA_DATABASE_URL": url,
            "CHECKDATA_EMAIL": "smtp://user:word@127.0.0.1:9?from=data@check.example",
            "CHECKDATA_SECRET_KEY": KEY,
            **more,
        }
    )


def pages(settings: Settings) -> Starlette:
    return create_app(storage_of(settings), mailer_of(settings, utc_now), tokens_of(settings), utc_now, settings)


def test_the_pages_do_not_begin_as_the_owner_of_the_tables_without_being_told(migrated_postgresql_url: str) -> None:
    app = pages(settings_of(migrated_postgresql_url))
    with pytest.raises(WrongSetting, match="names the owner of the tables"), TestClient(app):
        pass


def test_the_pages_do_not_begin_over_tables_of_another_version(sqlite_url: str) -> None:
    with pytest.raises(NotMigrated), TestClient(pages(settings_of(sqlite_url))):
        pass


def test_pages_that_do_not_begin_leave_no_connection(sqlite_url: str) -> None:
    settings = settings_of(sqlite_url)
    storage = storage_of(settings)
    assert isinstance(storage, SqlStorage)
    closed: list[object] = []
    event.listen(storage.engine, "close", lambda connection, _: closed.append(connection))
    app = create_app(storage, mailer_of(settings, utc_now), tokens_of(settings), utc_now, settings)
    with pytest.raises(NotMigrated), TestClient(app):
        pass
    assert closed


def test_at_their_end_the_pages_leave_no_connection(migrated_postgresql_url: str) -> None:
    with TestClient(pages(settings_of(migrated_postgresql_url, CHECKDATA_AS_OWNER="on")), base_url=BASE_URL) as client:
        assert client.get("/healthcheck").status_code == 200
    engine = create_engine(migrated_postgresql_url)
    with engine.connect() as connection:
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        while connection.execute(text(others)).scalar_one():  # a process of the server ends a moment later
            connection.rollback()
    engine.dispose()
