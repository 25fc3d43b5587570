"""The headings of a listing's table, and the links in them that sort it."""

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.listing.orders import Direction, Order, Sort
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.entrypoints.web.presentation.listing_areas import OrganisationArea

_SORTS: Final[Mapping[str, Mapping[str, Sort]]] = {
    "full_name": {"Full name": Sort.NAME},
    "school": {"School": Sort.SCHOOL},
    "school_urn": {"School unique reference number": Sort.SCHOOL},
    "academic_year": {"Academic year": Sort.ACADEMIC_YEAR},
    "status": {"Status": Sort.STATUS, "Since": Sort.SINCE},
}
"""The sort of each heading's links, by the text of the link; "since" belongs to the status."""


@frozen
class SortLink:
    """A link that sorts; ``is_on`` if rows are sorted by it now, so that following it reverses them."""

    text: str
    href: str
    is_on: bool


@frozen
class Heading:
    """A column's heading; ``direction`` is the direction in which the column is sorted, "" if it is not."""

    text: str
    links: Sequence[SortLink]
    direction: str


def headings(place: OrganisationArea, query: ParticipantQuery, size: Mapping[str, str]) -> Sequence[Heading]:
    """The headings of the columns that a role sees; a link keeps the search, the filters and the rows on a page."""
    kept = {name: word for name, word in query.words.items() if name not in ("sort", "direction")}

    def link(text: str, sort: Sort) -> SortLink:
        words = {**kept, **_next(query.order, sort).words, **size}
        return SortLink(text, place.address(place.area.path, words), query.order.sort is sort)

    def heading(name: str, text: str) -> Heading:
        links = [link(its_text, sort) for its_text, sort in _SORTS.get(name, {}).items()]
        is_on = any(its_link.is_on for its_link in links)
        return Heading(text, links, query.order.direction.value if is_on else "")

    return [heading(column.name, column.heading) for column in place.area.columns]


def _next(now: Order, sort: Sort) -> Order:
    """The order to which a heading leads: ascending, or descending if it is already ascending."""
    turned = now.sort is sort and now.direction is Direction.ASCENDING
    return Order(sort, Direction.DESCENDING if turned else Direction.ASCENDING)
