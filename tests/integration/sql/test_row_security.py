"""On PostgreSQL the service's role reads only the rows that its transaction is for, whatever it asks (security.md
29)."""

from collections.abc import Iterator, Mapping
from typing import Final

import pytest
from sqlalchemy import Connection, Engine, Table, func, insert, select, text

from checkdata.adapters.sql import grant_service_rights
from checkdata.adapters.sql.feed_schema import feed_readings, teacher_records
from checkdata.adapters.sql.generation_schema import (
    body_departed,
    generation,
    partner_departed,
    partner_listing,
    record_kinds,
    training_records,
)
from checkdata.adapters.sql.generations import schema_of
from checkdata.adapters.sql.listings import LISTINGS, Listing
from checkdata.adapters.sql.row_security import LET_READ, readable_rows
from checkdata.adapters.sql.schema import metadata
from checkdata.domain.errors import InvalidValue, StorageUnavailable
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.ports import Storage
from checkdata.testing._suites.people import ADA, a_grant, add_grants, add_users
from tests.contracts.listings import with_listings
from tests.contracts.test_participants import WHOLE
from tests.integration.postgresql import Server
from tests.integration.sql.generations import shown
from tests.storages import InTwoRoles, opened, opened_by_service, storage_on

HELD: Final = [
    (listing, table)
    for listing in LISTINGS
    for table in (listing.rows, listing.words, listing.tallies, listing.schools, listing.history, listing.past_counts)
]
OF_PARTICIPANTS: Final = [table for listing in LISTINGS for table in (listing.rows, listing.history)]
AN_IMPORTS_OWN: Final = (
    training_records,
    record_kinds,
    partner_departed,
    body_departed,
    teacher_records,
    feed_readings,
)
APART: Final = {"audit_events", "receipts"}
"""What is on record names participants only by their id."""


held: Final = pytest.mark.parametrize(("listing", "table"), HELD, ids=[table.name for _, table in HELD])


@pytest.fixture
def owner(migrated_postgresql_url: str) -> Iterator[Engine]:
    """The owner of a database in which every listing has rows of two organisations, some of them past."""
    with opened(migrated_postgresql_url) as engine:
        with storage_on(engine) as storage:
            with_listings(storage)
        let_all_see_the_generation(engine)
        with engine.begin() as connection:
            for listing in LISTINGS:
                copy_as_past(connection, listing)
        yield engine


def let_all_see_the_generation(engine: Engine) -> None:
    """Let every connection from now on find the tables of the generation that is shown, however it is opened."""
    generation = schema_of("public", shown(engine))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {engine.url.database} SET search_path TO public, {generation}")
    engine.dispose()


def copy_as_past(connection: Connection, listing: Listing) -> None:
    names = [column.name for column in listing.history.c if column.name != "shown_until"]
    past = select(*(listing.rows.c[name] for name in names), listing.rows.c.shown_from + 1)
    connection.execute(insert(listing.history).from_select([*names, "shown_until"], past))


@pytest.fixture
def storage(owner: Engine) -> Iterator[Storage]:
    with storage_on(owner) as storage:
        yield storage


@pytest.fixture
def service(owner: Engine) -> Iterator[Engine]:
    with opened_by_service(owner) as engine:
        yield engine


def numbers(connection: Connection, table: Table, column: str) -> Mapping[str, int]:
    """How many rows there are of each organisation or participant that can be read."""
    found = connection.execute(select(table.c[column], func.count()).group_by(table.c[column]))
    return {row[0]: row[1] for row in found}


@held
def test_a_transaction_that_was_told_nothing_reads_no_row(
    owner: Engine, service: Engine, listing: Listing, table: Table
) -> None:
    with owner.connect() as connection:
        assert len(numbers(connection, table, listing.organisation)) > 1
    with service.connect() as connection:
        assert numbers(connection, table, listing.organisation) == {}


@held
def test_a_transaction_reads_only_the_rows_of_its_organisation(
    owner: Engine, service: Engine, listing: Listing, table: Table
) -> None:
    with owner.connect() as connection:
        there = numbers(connection, table, listing.organisation)
    for organisation, number in there.items():
        with service.connect() as connection:
            connection.execute(LET_READ, readable_rows(listing.organisation, organisation))
            assert numbers(connection, table, listing.organisation) == {organisation: number}
            connection.execute(LET_READ, readable_rows("participant_id", "nobody"))
            assert numbers(connection, table, listing.organisation) == {}


@pytest.mark.parametrize("table", OF_PARTICIPANTS, ids=lambda table: table.name)
def test_a_transaction_reads_only_the_rows_of_its_participant(owner: Engine, service: Engine, table: Table) -> None:
    with owner.connect() as connection:
        there = numbers(connection, table, "participant_id")
    participant, number = next(iter(there.items()))
    with service.connect() as connection:
        connection.execute(LET_READ, readable_rows("participant_id", participant))
        assert numbers(connection, table, "participant_id") == {participant: number}


def test_the_next_transaction_of_a_connection_knows_nothing_of_it(service: Engine) -> None:
    listing = LISTINGS[0]
    with service.connect() as connection:
        with connection.begin():
            connection.execute(LET_READ, readable_rows(listing.organisation, WHOLE.organisation.id))
            assert numbers(connection, listing.rows, listing.organisation)
        with connection.begin():
            assert not numbers(connection, listing.rows, listing.organisation)


def test_a_page_that_is_asked_ahead_leaves_nothing_behind(storage: InTwoRoles) -> None:
    query, listing = ParticipantQuery.of(WHOLE, search="a"), LISTINGS[0]
    for _ in range(2):  # the second one asks one question
        with storage.reading() as work:
            assert work.participants.find(query, 0, 50).rows
    with storage.served.reading() as work:
        connection = work.participants._transaction.connection  # noqa: SLF001 - the connection that was used
        assert not numbers(connection, listing.rows, listing.organisation)


def test_a_decision_that_is_asked_ahead_leaves_nothing_behind(storage: InTwoRoles) -> None:
    with storage.reading() as work:
        (row, *_) = work.participants.slice(ParticipantQuery(scope=WHOLE), 0, 1)
    add_users(storage, ADA)
    add_grants(storage, a_grant(organisation=WHOLE.organisation))
    with storage.served.reading() as work:
        found = work.users.facts_and_rows(ADA.id, row.participant_id)
        assert list(found.rows) == [(WHOLE.organisation.role, WHOLE.organisation.id)]
        connection = work.participants._transaction.connection  # noqa: SLF001 - the connection that was used
        for listing in LISTINGS:
            assert not numbers(connection, listing.rows, listing.organisation)


def test_what_records_something_too_reads_by_the_same_rule(storage: InTwoRoles) -> None:
    with storage.served.writing() as work:
        rows = list(work.participants.rows(ParticipantQuery(scope=WHOLE)))
        assert rows
        assert work.participants.one(WHOLE, rows[0].participant_id) == rows[0]
        stood = work.trails.trail(rows[0].participant_id).stood
        assert len(stood) > 1
        assert {each.listed.participant_id for each in stood} == {rows[0].participant_id}
        assert list(work.participants.rows(ParticipantQuery(scope=WHOLE))) == rows


@pytest.mark.parametrize("table", AN_IMPORTS_OWN, ids=lambda table: table.name)
def test_records_as_schools_gave_them_are_kept_from_the_service(service: Engine, table: Table) -> None:
    with service.connect() as connection, pytest.raises(StorageUnavailable) as caught:
        connection.execute(select(func.count()).select_from(table))
    assert "CHECKDATA_OWNER_DATABASE_URL" in caught.value.cause


def test_each_table_that_tells_of_participants_is_held_or_kept_away(owner: Engine) -> None:
    """A table that comes later is forgotten by neither."""
    telling = {
        table.name
        for table in (*metadata.tables.values(), *generation.tables.values())
        if {"participant_id", "full_name"} & set(table.c.keys())
    }
    said = {table.name for _, table in HELD} | {table.name for table in AN_IMPORTS_OWN}
    assert telling - APART <= said
    with owner.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT nspname, relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE relrowsecurity"
        )
        generations = [schema_of("public", number) for number in (0, 1)]
        assert {tuple(row) for row in found} == {
            (schema, table.name)
            for _, table in HELD
            for schema in (generations if table.metadata is generation else ["public"])
        }


def test_a_search_asks_whose_rows_it_may_read_once_and_not_of_each_row(service: Engine) -> None:
    listing = LISTINGS[0]
    words = listing.words
    searched = select(func.count()).where(
        words.c[listing.organisation] == WHOLE.organisation.id, func.strpos(words.c.search, "a") > 0
    )
    compiled = searched.compile(service, compile_kwargs={"literal_binds": True})
    with service.begin() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        connection.execute(LET_READ, readable_rows(listing.organisation, WHOLE.organisation.id))
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {compiled}").scalars())
    of_each_row = next(line for line in plan.splitlines() if line.lstrip().startswith("Filter:"))
    assert "InitPlan" in plan
    assert "One-Time Filter: (($0)" in plan
    assert "strpos" in of_each_row
    assert "$0" not in of_each_row


def test_a_page_is_read_in_the_order_of_the_listing(owner: Engine, service: Engine) -> None:
    """What the database asks of each row beside the question must not take the order away."""
    rows = partner_listing.c
    names = [column.name for column in rows if column.name not in {"pos", "participant_id"}]
    some = text(
        f"INSERT INTO partner_listing (pos, participant_id, {', '.join(names)})"  # noqa: S608 - our own columns
        f" SELECT 1000000 + n, 'q' || n, {', '.join(names)} FROM generate_series(1, 5000) n, partner_listing"
        f" WHERE (delivery_partner_id, participant_id) = (:id, (SELECT min(participant_id) FROM partner_listing))"
    )
    with owner.begin() as connection:
        connection.execute(some, {"id": WHOLE.organisation.id})
        connection.exec_driver_sql("ANALYZE partner_listing")
    page = select(rows.full_name).where(rows.delivery_partner_id == WHOLE.organisation.id, rows.pos >= 100).limit(100)
    compiled = page.order_by(rows.pos).compile(service, compile_kwargs={"literal_binds": True})
    with service.begin() as connection:
        connection.execute(LET_READ, readable_rows("delivery_partner_id", WHOLE.organisation.id))
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {compiled}").scalars())
    assert "Index Scan using place_partner_listing" in plan
    assert "Sort" not in plan


@pytest.mark.parametrize("how", ["SUPERUSER", "BYPASSRLS"])
def test_a_role_that_passes_row_level_security_does_not_serve(owner: Engine, how: str) -> None:
    with owner.connect() as connection, connection.begin() as transaction:
        connection.exec_driver_sql(f"CREATE ROLE passing LOGIN {how}")
        transaction.commit()
    try:
        with pytest.raises(InvalidValue, match="row-level security"):
            grant_service_rights(owner, "passing")
    finally:
        with owner.begin() as connection:
            connection.exec_driver_sql("DROP ROLE passing")


def test_a_role_that_is_a_member_of_the_owners_does_not_serve(owner: Engine, postgresql_server: Server) -> None:
    with postgresql_server.connection() as connection:
        connection.execute("CREATE ROLE member LOGIN IN ROLE postgres")
        try:
            with pytest.raises(InvalidValue, match="row-level security"):
                grant_service_rights(owner, "member")
        finally:
            connection.execute("DROP ROLE member")
