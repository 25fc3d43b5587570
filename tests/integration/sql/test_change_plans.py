"""*What changed* reads what ended since, and not all that an organisation's listing ever showed."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import Connection, Engine, event, insert, select, text, update

from checkdata.adapters.sql import SqlStorage
from checkdata.adapters.sql.feed_schema import imports, partner_history
from checkdata.domain.listing.history import ChangeKind
from checkdata.domain.listing.queries import ParticipantQuery
from tests.contracts.listings import a_record, load
from tests.contracts.test_participants import WHOLE
from tests.strategies import NOON

SINCE: Final = NOON - timedelta(days=1)
VERSIONS: Final = 20_000

Plans = list[str]


@pytest.fixture
def long_history(storage: SqlStorage, engine: Engine) -> SqlStorage:
    """A listing that one participant has left, after thousands of versions that ended long before."""
    load(storage, a_record(0), a_record(1))
    load(storage, a_record(1))
    with engine.begin() as connection:
        connection.execute(update(imports).where(imports.c.number == 1).values(made_at=SINCE))
        [ended] = connection.execute(select(partner_history)).mappings().all()
        earlier = [
            {**ended, "participant_id": f"x{n}", "shown_from": -n - 1, "shown_until": -n} for n in range(VERSIONS)
        ]
        connection.execute(insert(partner_history), earlier)
        connection.execute(text("ANALYZE partner_history"))
    return storage


@pytest.fixture
def plans(engine: Engine) -> Iterator[Plans]:
    """How the database answers each question from now on of the history for who left view."""
    found: Plans = []
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"

    def look(_: Connection, cursor: Any, statement: str, parameters: Any, *__: object) -> None:  # noqa: ANN401
        if statement.startswith("SELECT") and "was_in_scope" in statement:
            with closing(cursor.connection.cursor()) as beside:
                plan = beside.execute(f"{explain} {statement}", parameters).fetchall()
            found.append("\n".join(str(step[-1]) for step in plan))

    event.listen(Engine, "before_cursor_execute", look)
    yield found
    event.remove(Engine, "before_cursor_execute", look)


def test_who_left_view_is_asked_once_for_a_page_and_found_by_when_they_left(
    long_history: SqlStorage, plans: Plans
) -> None:
    query = ParticipantQuery.of(WHOLE)
    with long_history.reading() as work:
        number = work.participants.count_changes(query, SINCE)[ChangeKind.LEFT_VIEW]
        left = list(work.participants.changes(query, SINCE, kind=ChangeKind.LEFT_VIEW))
    [plan] = plans
    assert number == len(left) == 1
    assert "ix_partner_history_delivery_partner_id" in plan, plan
