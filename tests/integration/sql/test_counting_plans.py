"""The overview and the schools are told by counts: no page of them reads a listing from one end to the other."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any, Final

import pytest
from attrs import evolve
from sqlalchemy import Connection, Engine, event, select, update

from checkdata.adapters.sql import SqlStorage
from checkdata.adapters.sql.feed_schema import imports
from checkdata.domain.listing.queries import ParticipantQuery
from tests.contracts.listings import a_record, load
from tests.contracts.test_participants import WHOLE
from tests.strategies import NOON, SCHOOLS

PARTICIPANTS: Final = 2000
SINCE: Final = NOON - timedelta(days=1)

Plans = list[str]


@pytest.fixture
def long_listing(storage: SqlStorage, engine: Engine) -> SqlStorage:
    """A listing of many, of whom one came lately and one is at a school of their own."""
    records = [a_record(number) for number in range(PARTICIPANTS)]
    records[7] = evolve(records[7], school_urn=SCHOOLS[1].urn)
    load(storage, *records)
    with engine.begin() as connection:
        first = select(imports.c.number).order_by(imports.c.number).limit(1)
        connection.execute(update(imports).where(imports.c.number == first.scalar_subquery()).values(made_at=SINCE))
    load(storage, *records, a_record(PARTICIPANTS))
    return storage


@pytest.fixture
def plans(engine: Engine) -> Iterator[Plans]:
    """How the database answers each question from now on that reads the rows or the words of a listing."""
    found: Plans = []
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"

    def look(_: Connection, cursor: Any, statement: str, parameters: Any, *__: object) -> None:  # noqa: ANN401
        if statement.startswith("SELECT") and ("partner_listing" in statement or "partner_words" in statement):
            with closing(cursor.connection.cursor()) as beside:
                plan = beside.execute(f"{explain} {statement}", parameters).fetchall()
            found.append("\n".join(str(step[-1]) for step in plan))

    event.listen(Engine, "before_cursor_execute", look)
    yield found
    event.remove(Engine, "before_cursor_execute", look)


def assert_rows_are_found_by(index: str, plan: str) -> None:
    assert index in plan, plan
    assert "Seq Scan on partner_" not in plan, plan
    assert "SCAN partner_" not in plan, plan


def test_only_the_rows_that_changed_are_read_to_count_changes(long_listing: SqlStorage, plans: Plans) -> None:
    with long_listing.reading() as work:
        assert work.counts.of_changes(WHOLE, SINCE, then=WHOLE) == 1
    changed, _left = plans
    assert_rows_are_found_by("ix_partner_listing_shown_from", changed)


def test_the_other_counts_read_no_row(long_listing: SqlStorage, plans: Plans) -> None:
    with long_listing.reading() as work:
        assert sum(tally.number for tally in work.participants.tallies(WHOLE)) == PARTICIPANTS + 1
        assert len(work.counts.of_schools(WHOLE)) == 2
        assert work.counts.of_past_days(WHOLE, 2022, a_record().role)
    assert plans == []


def test_the_page_of_a_school_reads_the_rows_of_that_school(long_listing: SqlStorage, plans: Plans) -> None:
    query = ParticipantQuery(scope=WHOLE, school_urn=SCHOOLS[1].urn)
    with long_listing.reading() as work:
        assert work.participants.find(query, 0, 50).number == 1
    assert len(plans) == 2
    for plan in plans:
        assert_rows_are_found_by("ix_partner_listing_school_urn", plan)
