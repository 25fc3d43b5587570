"""What a search costs can't depend on its words: one statement for all of them, in the order of the listing."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve
from psycopg import RawCursor
from sqlalchemy import Connection, Engine, event

from checkdata.adapters.sql import SqlStorage
from checkdata.adapters.sql.prepared_statement import PreparedStatement
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.values import ImportId
from tests.contracts.listings import IMPORT, with_listings
from tests.contracts.test_participants import WHOLE
from tests.storages import looking_at_listings

Asked = list[tuple[str, Any]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    """The statements from now on, with their parameters, however they reach the driver.

    Leaves out the one that PostgreSQL gets together with a question, which says whose rows it may read, and those by
    which SQLite begins with the generation that is shown.
    """
    statements: Asked = []

    def note(connection: Connection, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if connection.dialect.name == "postgresql" or statement != "BEGIN":
            statements.append((statement, parameters))

    class Noting:
        def __init__(self, cursor: Any) -> None:  # noqa: ANN401 - each driver has its own
            self._cursor = cursor

        def execute(self, statement: str, parameters: object) -> None:
            if "set_config" not in statement and not statement.startswith("SELECT imports.generation"):
                statements.append((statement, parameters))
            self._cursor.execute(statement, parameters)

    execute = PreparedStatement.execute
    monkeypatch.setattr(
        PreparedStatement, "execute", lambda self, cursor, values: execute(self, Noting(cursor), values)
    )
    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


def find(storage: SqlStorage, words: str, offset: int = 0) -> None:
    with storage.reading() as work:
        work.participants.find(ParticipantQuery.of(WHOLE, search=words), offset, 50)


@pytest.fixture
def storage(storage: SqlStorage) -> SqlStorage:
    """A storage with listings whose numbers are known."""
    with_listings(storage)
    find(storage, "")
    return storage


def test_one_letter_two_letters_and_a_rare_word_are_the_same_statement(storage: SqlStorage, asked: Asked) -> None:
    found = []
    for words in ("a", "ab", "smith", "xyzzy"):
        asked.clear()
        find(storage, words)
        found.append([statement for statement, _ in asked])
    assert len(found[0]) == 1
    assert all(statements == found[0] for statements in found)


def test_a_page_is_one_statement_and_on_postgresql_no_transaction(storage: SqlStorage, asked: Asked) -> None:
    for words in ("", "a", "nobody at all"):
        asked.clear()
        find(storage, words)
        assert len(asked) == 1, words


def test_filters_that_find_nobody_look_at_no_row(storage: SqlStorage, asked: Asked) -> None:
    query = ParticipantQuery.of(WHOLE, status="induction_completed", next="school")
    asked.clear()
    with storage.reading() as work:
        found = work.participants.find(query, 0, 50)
    assert (list(found.rows), found.number) == ([], 0)
    assert len(asked) == 1
    assert "partner_listing" not in asked[0][0]


def test_after_an_import_numbers_are_asked_again_once(storage: SqlStorage, asked: Asked) -> None:
    with storage.writing() as work:
        work.feed_store.show(evolve(IMPORT, id=ImportId("later")))
        work.commit()
    asked.clear()
    find(storage, "")
    assert len(asked) > 1
    asked.clear()
    find(storage, "")
    assert len(asked) == 1


@pytest.mark.parametrize("words", ["", "a", "ab"])
def test_a_page_reads_its_organisation_in_order_and_sorts_no_listing(
    postgresql_storage: SqlStorage, asked: Asked, words: str
) -> None:
    plan = plan_of(postgresql_storage, asked, ParticipantQuery.of(WHOLE, search=words))
    read = "words" if words else "listing"
    assert any(f"Index Scan using place_partner_{read}" in line for line in plan)
    if not words:
        assert not any("Sort" in line for line in plan)


def test_several_filters_end_with_the_page_because_rows_are_in_order_before_they_are_filtered(
    postgresql_storage: SqlStorage, asked: Asked
) -> None:
    query = ParticipantQuery.of(WHOLE, role="ect mentor", next="school nobody", academic_year="2022 2021")
    plan = plan_of(postgresql_storage, asked, query)
    filtered = next(place for place, line in enumerate(plan) if "Subquery Scan" in line)
    assert "Filter: (get_bit" in plan[filtered + 1]
    assert any("Index Scan using place_partner_words" in line for line in plan[filtered:])
    assert any("Index Scan using place_partner_listing" in line and "pos" in line for line in two_by_two(plan))
    assert not any("Sort" in line for line in plan)


def test_a_chase_list_looks_at_no_row_of_another_school(sqlite_storage: SqlStorage, asked: Asked) -> None:
    plan = plan_of(sqlite_storage, asked, chased())
    assert "SEARCH partner_listing USING PRIMARY KEY (delivery_partner_id=? AND pos=?)" in plan
    met = "SEARCH school USING COVERING INDEX ix_partner_listing_school_urn (delivery_partner_id=? AND school_urn=?)"
    assert met in plan


def chased() -> ParticipantQuery:
    return ParticipantQuery.of(WHOLE, next="school nobody", sort="school")


def two_by_two(plan: list[str]) -> list[str]:
    """Each line of a plan with the one that follows it, which tells its condition."""
    return [f"{line} {after}" for line, after in pairwise(plan)]


def plan_of(storage: SqlStorage, asked: Asked, query: ParticipantQuery) -> list[str]:
    """How a page is answered once its numbers are kept; by PostgreSQL where it has no small tables to look through."""
    with_listings(storage)
    for _ in range(2):
        asked.clear()
        with storage.reading() as work:
            work.participants.find(query, 0, 50)
    ((statement, parameters),) = asked
    with looking_at_listings(storage.engine) as connection:
        driver: Any = connection.connection.driver_connection
        if storage.engine.dialect.name == "sqlite":
            return [step[-1] for step in driver.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        driver.execute("SET LOCAL enable_seqscan = off")
        driver.execute("SET LOCAL enable_bitmapscan = off")
        return [line for (line,) in RawCursor(driver).execute(f"EXPLAIN {statement}", parameters)]
