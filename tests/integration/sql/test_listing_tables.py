"""How listings lie in their tables, beyond what the port can be asked."""

from collections import Counter
from itertools import cycle
from typing import Any

import pytest
from sqlalchemy import Engine, select

from checkdata.adapters.sql import SqlStorage
from checkdata.adapters.sql.listings import LISTINGS, Listing
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.columns import listing_csv
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.training.facts import ParticipantRole, Programme
from checkdata.domain.training.states import TrainingState
from checkdata.domain.training.statuses import Status
from checkdata.domain.values import search_key
from tests.contracts.listings import ENTRIES, a_record, an_entry, keep, list_all, with_listings
from tests.contracts.operators import EVERY_LEAD_PROVIDER as EVERY
from tests.storages import looking_at_listings

pytestmark = pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.rows.name)


def rows_of(engine: Engine, listing: Listing) -> dict[str, list[Any]]:
    """The rows of each organisation, by position."""
    found: dict[str, list[Any]] = {}
    with looking_at_listings(engine) as connection:
        for row in connection.execute(select(listing.rows).order_by(listing.rows.c.pos)):
            found.setdefault(row._mapping[listing.organisation], []).append(row)  # noqa: SLF001 - documented
    return found


def listed(listing: Listing) -> dict[str, list[ListedParticipant]]:
    """What the rows should be, in order."""
    found: dict[str, list[ListedParticipant]] = {}
    for entry in sorted(ENTRIES, key=lambda entry: entry.listed.order):
        if isinstance(entry.viewer, listing.viewer):
            found.setdefault(entry.viewer.id, []).append(entry.listed)
    return found


def test_positions_are_in_the_order_of_the_listing(storage: SqlStorage, engine: Engine, listing: Listing) -> None:
    with_listings(storage)
    found, wanted = rows_of(engine, listing), listed(listing)
    assert {key: [row.participant_id for row in rows] for key, rows in found.items()} == {
        key: [row.participant_id for row in rows] for key, rows in wanted.items()
    }


def assert_what_a_search_looks_at_is_what_is_listed(engine: Engine, listing: Listing) -> None:
    names = [column.name for column in listing.words.columns if column.name not in {"search", "kind"}]
    with looking_at_listings(engine) as connection:
        words = connection.execute(select(*(listing.words.c[name] for name in names), listing.words.c.search)).all()
        kinds = {(row[0], row.kind): tuple(row[:-2]) for row in connection.execute(select(listing.tallies))}
        told = Counter(kinds[row[0], row.kind] for row in connection.execute(select(listing.words)))
    own = [
        (*(getattr(row, name) for name in names), "\n".join([row.sort_key, search_key(row.school), row.trn]))
        for rows in rows_of(engine, listing).values()
        for row in rows
    ]
    assert Counter(map(tuple, words)) == Counter(own)
    assert told == tallies_of(engine, listing)


def assert_pages_follow_each_other(storage: SqlStorage, query: ParticipantQuery) -> None:
    """However many rows stand before them."""
    with storage.reading() as work:
        rows = list(work.participants.rows(query))
        work.participants.find(query, 0, 1)
    for offset in range(len(rows) + 2):
        with storage.reading() as work:
            assert list(work.participants.find(query, offset, 4).rows) == rows[offset : offset + 4]


def test_rows_that_come_move_and_go_leave_the_others_in_order_counted_and_copied(
    storage: SqlStorage, engine: Engine, listing: Listing
) -> None:
    with_listings(storage)
    entries = {entry.listed.participant_id: entry for entry in ENTRIES}
    for step, letter in enumerate("MZa"):
        records = [a_record(step, full_name=f"{letter}a"), a_record(90 + step, full_name=f"{letter}b")]
        with storage.writing() as work:
            keep(work.feed_store, *records)
            viewer = listing.viewer("north" if step % 2 else "both")
            entries |= {record.participant_id: an_entry(record, viewer) for record in records}
            list_all(work.feed_store, entries.values())
            work.commit()
        assert_pages_follow_each_other(storage, ParticipantQuery(scope=Scope(organisation=viewer, rules=EVERY)))
        found = rows_of(engine, listing)
        for rows in found.values():
            assert [row.pos for row in rows] == list(range(1, len(rows) + 1))
            assert [order(row) for row in rows] == sorted(map(order, rows))
        of_this = [entry for entry in entries.values() if isinstance(entry.viewer, listing.viewer)]
        assert sum(map(len, found.values())) == len(of_this)
        assert tallies_of(engine, listing) == counted(engine, listing)
        assert_what_a_search_looks_at_is_what_is_listed(engine, listing)


def order(row: Any) -> tuple[str, str, str]:  # noqa: ANN401 - a row
    return row.sort_key, row.full_name, row.participant_id


def tallies_of(engine: Engine, listing: Listing) -> Counter[tuple[Any, ...]]:
    with looking_at_listings(engine) as connection:
        rows = connection.execute(select(listing.tallies)).all()
    return Counter({tuple(row[:-2]): row.number for row in rows})


def counted(engine: Engine, listing: Listing) -> Counter[tuple[Any, ...]]:
    return Counter(
        (
            organisation,
            row.lead_provider_id or "",
            row.role,
            row.academic_year,
            row.status,
            row.next,
            row.induction_type,
        )
        for organisation, rows in rows_of(engine, listing).items()
        for row in rows
    )


def test_the_line_that_the_database_keeps_is_what_the_domain_writes_of_every_kind_of_row(
    storage: SqlStorage, engine: Engine, listing: Listing
) -> None:
    viewer, programmes, roles = listing.viewer("north"), cycle(Programme), cycle(ParticipantRole)
    records = [
        a_record(number, full_name=f"{number:02}", programme=next(programmes), role=next(roles))
        for number in range(len(TrainingState))
    ]
    entries = [an_entry(record, viewer, state) for record, state in zip(records, TrainingState, strict=True)]
    with_them = {entry.listed.status for entry in entries}
    with storage.writing() as work:
        keep(work.feed_store, *records)
        list_all(work.feed_store, entries)
        work.commit()
    kept = [f"{row.csv_line}\n".encode() for row in rows_of(engine, listing)["north"]]
    _, *written = b"".join(listing_csv([entry.listed for entry in entries], viewer.role)).splitlines(keepends=True)
    assert kept == written
    assert with_them == set(Status)
