"""A sender takes no more messages than it asks for, however the database plans the question."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from checkdata.adapters.sql.unit_of_work import SqlStorage
from checkdata.domain.messages import HowAccessIsGiven
from checkdata.domain.values import EmailAddress
from tests.storages import opened

NOON = datetime(2024, 6, 3, 12, tzinfo=UTC)
WAYS = ("hashjoin", "hashagg", "mergejoin", "sort", "material")
"""Of joining; without them PostgreSQL asks a subquery again for each row."""


def plan_without(engine: Engine, *ways: str) -> None:
    """Let PostgreSQL do without these, as it does by itself where it knows other numbers of rows."""

    @event.listens_for(engine, "connect")
    def forbid(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's
        connection.autocommit = True
        for way in ways:
            connection.execute(f"SET enable_{way} TO off")
        connection.autocommit = False


@pytest.mark.parametrize("ways", [(), WAYS], ids=["as it is planned", "asked for each row"])
def test_a_sender_takes_no_more_messages_than_it_asks_for(migrated_url: str, ways: tuple[str, ...]) -> None:
    with opened(migrated_url) as engine:
        if engine.dialect.name == "postgresql":
            plan_without(engine, *ways)
        with SqlStorage(engine).writing() as work:
            for number in range(9):
                work.outbox.queue(EmailAddress.of(f"user{number}@hub.example"), HowAccessIsGiven(), NOON)
            assert len(work.outbox.claim(NOON, NOON + timedelta(minutes=5), 1)) == 1
