"""What every adapter of `checkdata.domain.ports.Participants` must do at once: a page with its count, and a CSV."""

from itertools import islice

import pytest

from checkdata.domain.access import Scope
from checkdata.domain.downloads import columns_for, csv_chunks, neutralised, raw
from checkdata.domain.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.ports import Storage
from checkdata.domain.queries import ParticipantQuery
from tests.contracts.listings import a_record, an_entry, keep, list_all, with_listings
from tests.contracts.test_participants import SCOPES, SEARCHES, WHOLE, expected, filtered

VIEWED = {
    name: scope for name, scope in SCOPES.items() if isinstance(scope.organisation, DeliveryPartner | AppropriateBody)
}


def questions(scope: Scope) -> list[ParticipantQuery]:
    return [*(ParticipantQuery.of(scope, search=text) for text in SEARCHES), *filtered(scope)]


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_what_is_found_is_the_slice_and_how_many_rows_match_in_all(storage: Storage, scope: Scope) -> None:
    with_listings(storage)
    with storage.reading() as work:
        for query in questions(scope):
            rows = expected(query)
            for offset, limit in ((0, 100), (0, 2), (1, 3), (len(rows), 5), (1000, 5), (0, 0)):
                page, found = work.participants.find(query, offset, limit)
                assert (list(page), found) == (rows[offset : offset + limit], len(rows)), (query, offset, limit)


@pytest.mark.parametrize("safe", [True, False])
@pytest.mark.parametrize("scope", VIEWED.values(), ids=VIEWED)
def test_the_csv_is_that_of_the_rows_to_the_byte(storage: Storage, scope: Scope, *, safe: bool) -> None:
    with_listings(storage)
    columns = columns_for(scope.organisation.role)
    with storage.reading() as work:
        for query in questions(scope):
            content = b"".join(work.participants.csv(query, safe=safe))
            assert content == b"".join(csv_chunks(expected(query), columns, safe=neutralised if safe else raw)), query


def test_before_the_first_import_nothing_is_found_and_the_csv_is_its_header(storage: Storage) -> None:
    with storage.reading() as work:
        for scope in VIEWED.values():
            query = ParticipantQuery(scope=scope)
            page, found = work.participants.find(query, 0, 10)
            assert (list(page), found) == ([], 0)
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


def test_a_csv_may_be_left_before_its_end(storage: Storage) -> None:
    with_listings(storage)
    query = ParticipantQuery(scope=WHOLE)
    with storage.reading() as work:
        chunks = work.participants.csv(query)
        assert list(islice(chunks, 1))
        getattr(chunks, "close", lambda: None)()
        assert work.participants.count(query) == len(expected(query))
