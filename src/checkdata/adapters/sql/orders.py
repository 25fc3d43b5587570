"""Orders as SQL; `Order.arranged` is what they mean."""

from collections.abc import Iterator, Sequence
from typing import Any, assert_never

from sqlalchemy import ColumnElement, case, func, select

from checkdata.adapters.sql.listings import Listing
from checkdata.domain.listing.orders import RANK, Order, Sort
from checkdata.domain.people.organisations import DeliveryPartner


def in_order(order: Order, listing: Listing) -> Sequence[ColumnElement[Any]]:
    """What rows are ordered by within their organisation; ``pos`` is their place in the order of names."""
    keys, pos = list(_keys(order.sort, listing)), listing.rows.c.pos
    turned = [key.desc() for key in keys] if order.is_descending else keys
    return [*turned, pos] if keys else [pos.desc() if order.is_descending else pos]


def _keys(sort: Sort, listing: Listing) -> Iterator[ColumnElement[Any]]:
    rows = listing.rows.c
    match sort:
        case Sort.NAME:
            pass
        case Sort.SCHOOL:
            if listing.viewer is DeliveryPartner:
                yield _folded_school(listing)
            yield rows.school_urn
        case Sort.ACADEMIC_YEAR:
            yield rows.academic_year
        case Sort.STATUS:
            yield case({status.value: rank for status, rank in RANK.items()}, value=rows.status)
        case Sort.SINCE:
            yield rows.since
        case _:
            assert_never(sort)


def _folded_school(listing: Listing) -> ColumnElement[str]:
    """The middle of the three lines that a search looks at; the first is ``sort_key``, the last the TRN."""
    rows, words = listing.rows.c, listing.words.c
    begins = func.length(rows.sort_key) + 2
    folded = func.substr(words.search, begins, func.length(words.search) - func.length(rows.trn) - begins)
    here = words[listing.organisation] == rows[listing.organisation]
    return select(folded).where(here, words.pos == rows.pos).scalar_subquery()
