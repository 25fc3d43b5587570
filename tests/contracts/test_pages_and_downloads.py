"""What every adapter of `checkdata.domain.ports.Participants` must do at once: a page with its count, and a CSV."""

from collections import Counter
from collections.abc import Iterable
from itertools import islice

import pytest
from attrs import evolve

from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.columns import columns_for, csv_chunks, neutralised, raw
from checkdata.domain.listing.queries import FoundRows, ParticipantQuery, Tally
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.ports import Storage
from checkdata.domain.values import ImportId
from tests.contracts.listings import (
    ENTRIES,
    IMPORT,
    RECORDS,
    ROWS,
    a_record,
    an_entry,
    keep,
    kind_of,
    list_all,
    with_listings,
)
from tests.contracts.test_participants import SCOPES, SEARCHES, WHOLE, expected, filtered
from tests.contracts.units_of_work import read

VIEWED = {
    name: scope for name, scope in SCOPES.items() if isinstance(scope.organisation, DeliveryPartner | AppropriateBody)
}


def questions(scope: Scope) -> list[ParticipantQuery]:
    return [*(ParticipantQuery.of(scope, search=text) for text in SEARCHES), *filtered(scope)]


def find(storage: Storage, query: ParticipantQuery, offset: int, limit: int) -> FoundRows:
    return read(storage, lambda work: work.participants.find(query, offset, limit))


def kinds(tallies: Iterable[Tally]) -> Counter[tuple[object, ...]]:
    return Counter({tally.values: tally.number for tally in tallies})


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_what_is_found_is_the_slice_the_count_the_tallies_and_the_import(listed: Storage, scope: Scope) -> None:
    tallies = Counter(map(kind_of, scope.filter(ROWS)))
    for query in questions(scope):
        rows = expected(query)
        with listed.reading() as work:
            for offset, limit in ((0, 100), (1, 3), (len(rows), 5), (0, 0)):
                found = work.participants.find(query, offset, limit)
                assert (list(found.rows), found.number) == (rows[offset : offset + limit], len(rows)), (query, offset)
                assert (kinds(found.tallies), found.as_of) == (tallies, IMPORT), (query, offset)


def test_what_was_asked_before_an_import_is_not_answered_after_it(storage: Storage) -> None:
    with_listings(storage)
    query = ParticipantQuery(scope=WHOLE)
    before = [find(storage, query, 0, 100) for _ in range(2)]
    gone = before[0].rows[0]
    left = [entry for entry in ENTRIES if entry.listed.participant_id != gone.participant_id]
    later = evolve(IMPORT, id=ImportId("later"))
    with storage.writing() as work:
        keep(work.feed_store, *(evolve(record, full_name=f"{record.full_name} Later") for record in RECORDS))
        list_all(work.feed_store, left, later)
        work.commit()
    for _ in range(2):
        found = find(storage, query, 0, 100)
        assert list(found.rows) == [row for row in before[0].rows if row != gone]
        assert (found.number, sum(kinds(found.tallies).values())) == (len(found.rows), len(found.rows))
        assert found.as_of == later


def test_what_is_found_after_another_question_is_of_the_same_state(storage: Storage) -> None:
    with_listings(storage)
    query = ParticipantQuery(scope=WHOLE)
    find(storage, query, 0, 100)
    with storage.reading() as work:
        assert work.participants.as_of() == IMPORT
        with storage.writing() as other:
            other.feed_store.show(evolve(IMPORT, id=ImportId("later")))
            other.commit()
        assert work.participants.find(query, 0, 100).as_of == IMPORT


@pytest.mark.parametrize("safe", [True, False])
@pytest.mark.parametrize("scope", VIEWED.values(), ids=VIEWED)
def test_the_csv_is_that_of_the_rows_to_the_byte(listed: Storage, scope: Scope, *, safe: bool) -> None:
    columns = columns_for(scope.organisation.role)
    with listed.reading() as work:
        for query in questions(scope):
            content = b"".join(work.participants.csv(query, safe=safe))
            assert content == b"".join(csv_chunks(expected(query), columns, safe=neutralised if safe else raw)), query


def test_before_the_first_import_nothing_is_found_and_the_csv_is_its_header(storage: Storage) -> None:
    with storage.reading() as work:
        for scope in VIEWED.values():
            query = ParticipantQuery(scope=scope)
            found = work.participants.find(query, 0, 10)
            assert (list(found.rows), found.number, list(found.tallies), found.as_of) == ([], 0, [], None)
            header = b"".join(csv_chunks([], columns_for(scope.organisation.role)))
            assert b"".join(work.participants.csv(query)) == header


@pytest.mark.parametrize(
    "first", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "'", ",", '"', " ", "\\", "\\.", "\\N", "é"]
)
def test_a_cell_that_begins_with_anything_is_written_alike_in_every_column(storage: Storage, first: str) -> None:
    cell = f'{first}1 "a", b'
    record = a_record(full_name=cell, email=cell, appropriate_body_id="both", induction_tutor_email=cell)
    entries = [an_entry(record), an_entry(record, AppropriateBody("both"))]
    with storage.writing() as work:
        keep(work.feed_store, record)
        list_all(work.feed_store, entries)
        work.commit()
    with storage.reading() as work:
        for entry, scope in zip(entries, (WHOLE, SCOPES["a body whose id a partner has too"]), strict=True):
            columns = columns_for(scope.organisation.role)
            for safe, cells in ((True, neutralised), (False, raw)):
                content = b"".join(work.participants.csv(ParticipantQuery(scope=scope), safe=safe))
                assert content == b"".join(csv_chunks([entry.listed], columns, safe=cells))


def test_a_csv_may_be_left_before_its_end(listed: Storage) -> None:
    query = ParticipantQuery(scope=WHOLE)
    with listed.reading() as work:
        chunks = work.participants.csv(query)
        assert list(islice(chunks, 1))
        getattr(chunks, "close", lambda: None)()
        assert work.participants.count(query) == len(expected(query))
