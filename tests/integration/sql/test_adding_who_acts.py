"""The revision that adds who needs to act says of the rows that there are what an import says of them."""

import pytest
from sqlalchemy import Engine

from checkdata.adapters.sql import SqlStorage, migrate, migrate_down
from checkdata.adapters.sql.listings import LISTINGS, Listing
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.ports import UnitOfWork
from tests.contracts.listings import ENTRIES, IMPORT, RECORDS, ROWS, an_import, keep, list_all, with_listings
from tests.contracts.operators import EVERY_LEAD_PROVIDER
from tests.contracts.units_of_work import read, write
from tests.integration.sql.test_listing_tables import (
    assert_what_a_search_looks_at_is_what_is_listed,
    counted,
    tallies_of,
)

SCOPES = [
    Scope(organisation=viewer, rules=EVERY_LEAD_PROVIDER) for viewer in dict.fromkeys(each.viewer for each in ENTRIES)
]


def list_nobody(work: UnitOfWork) -> None:
    keep(work.feed_store, *RECORDS)
    list_all(work.feed_store, [], an_import())


@pytest.fixture(params=["shown now", "shown before"])
def migrated_again(storage: SqlStorage, engine: Engine, request: pytest.FixtureRequest) -> SqlStorage:
    """All participants, whose listing is shown or was shown before the revision was undone and done again."""
    with_listings(storage)
    if request.param == "shown before":
        write(storage, list_nobody)
    migrate_down(engine, "0011")
    migrate(engine)
    return SqlStorage(engine)


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: f"{scope.organisation.role.value} {scope.organisation.id}")
def test_every_row_says_what_it_said(migrated_again: SqlStorage, scope: Scope) -> None:
    query = ParticipantQuery(scope=scope)
    shown = read(migrated_again, lambda work: list(work.participants.rows_at(query, IMPORT.id)))
    assert shown == sorted(filter(query.matches, ROWS), key=lambda row: row.order)


@pytest.mark.usefixtures("migrated_again")
@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.rows.name)
def test_rows_are_counted_and_found_by_it(engine: Engine, listing: Listing) -> None:
    assert tallies_of(engine, listing) == counted(engine, listing)
    assert_what_a_search_looks_at_is_what_is_listed(engine, listing)


@pytest.mark.parametrize("migrated_again", ["shown now"], indirect=True)
def test_the_next_import_finds_no_row_changed_by_it(migrated_again: SqlStorage) -> None:
    def list_the_same(work: UnitOfWork) -> int:
        keep(work.feed_store, *RECORDS)
        return list_all(work.feed_store, ENTRIES, an_import())

    assert write(migrated_again, list_the_same) == 0
