"""The revision that numbers kinds says of the rows that there are of which kind each is, as an import does."""

import pytest
from sqlalchemy import Engine

from checkdata.adapters.sql import SqlStorage, migrate, migrate_down
from checkdata.adapters.sql.listings import LISTINGS, Listing
from checkdata.domain.listing.queries import ParticipantQuery
from tests.contracts.listings import ROWS, with_listings
from tests.contracts.test_participants import WHOLE
from tests.contracts.units_of_work import read
from tests.integration.sql.test_listing_tables import assert_what_a_search_looks_at_is_what_is_listed


@pytest.fixture
def migrated_again(storage: SqlStorage, engine: Engine) -> SqlStorage:
    """All participants, listed before the revision was undone and done again."""
    with_listings(storage)
    migrate_down(engine, "0019")
    migrate(engine)
    return SqlStorage(engine)


@pytest.mark.usefixtures("migrated_again")
@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.rows.name)
def test_every_row_is_of_the_kind_that_counts_it(engine: Engine, listing: Listing) -> None:
    assert_what_a_search_looks_at_is_what_is_listed(engine, listing)


def test_a_search_counts_what_it_finds_before_the_next_import(migrated_again: SqlStorage) -> None:
    query = ParticipantQuery.of(WHOLE, search="o")
    for _ in range(2):
        found = read(migrated_again, lambda work: work.participants.find(query, 0, 1))
        assert sum(tally.number for tally in found.searched) == sum(map(query.matches, ROWS)) > 0
