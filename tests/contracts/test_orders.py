"""What every adapter of `checkdata.domain.ports.Participants` must do of an order: give what `Order.arranged` means."""

from itertools import product, starmap
from typing import Final

import pytest

from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.columns import listing_csv
from checkdata.domain.listing.orders import Direction, Order, Sort
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.listing.searches import Search
from checkdata.domain.ports import Storage
from checkdata.domain.training.facts import ParticipantRole
from tests.contracts.listings import ROWS
from tests.contracts.test_participants import SCOPES

ORDERS: Final = list(starmap(Order, product(Sort, Direction)))
ASKED: Final = {
    name: SCOPES[name] for name in ("all of a partner", "one lead provider", "some years", "a body", "a team")
}


def questions(scope: Scope) -> list[ParticipantQuery]:
    return [
        ParticipantQuery(scope=scope, order=order, search=search, chosen=chosen)
        for order in ORDERS
        for search, chosen in ((Search(), {}), (Search.of("a"), {}), (Search(), {"role": (ParticipantRole.ECT,)}))
    ]


def expected(query: ParticipantQuery) -> list[ListedParticipant]:
    return query.order.arranged(filter(query.matches, ROWS))


@pytest.mark.parametrize("scope", ASKED.values(), ids=ASKED)
def test_rows_are_given_in_the_order_asked_for(listed: Storage, scope: Scope) -> None:
    with listed.reading() as work:
        for query in questions(scope):
            assert list(work.participants.rows(query)) == expected(query), query.order


@pytest.mark.parametrize("scope", ASKED.values(), ids=ASKED)
def test_pages_in_any_order_are_pieces_of_the_rows(listed: Storage, scope: Scope) -> None:
    with listed.reading() as work:
        for query in questions(scope):
            rows = expected(query)
            for offset, limit in ((0, 2), (2, 3), (len(rows), 2), (0, 100)):
                piece = rows[offset : offset + limit]
                assert list(work.participants.slice(query, offset, limit)) == piece, query.order
                with listed.reading() as page:
                    found = page.participants.find(query, offset, limit)
                assert (list(found.rows), found.number) == (piece, len(rows)), query.order


@pytest.mark.parametrize("name", ["all of a partner", "a body"])
def test_a_csv_is_in_the_order_of_its_pages(listed: Storage, name: str) -> None:
    scope = SCOPES[name]
    with listed.reading() as work:
        for query in questions(scope):
            content = b"".join(work.participants.csv(query))
            assert content == b"".join(listing_csv(expected(query), scope.organisation.role)), query.order


@pytest.mark.parametrize("name", ["all of a partner", "a body"])
def test_the_orders_asked_here_differ(name: str) -> None:
    orders = [
        [row.participant_id for row in expected(q)] for q in questions(SCOPES[name]) if not (q.searched or q.filters)
    ]
    assert len({tuple(order) for order in orders}) == len(ORDERS)
