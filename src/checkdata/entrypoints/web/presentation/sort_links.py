"""The headings of a listing's table, and the links in them that sort it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.listing.columns import ParticipantColumn
from checkdata.domain.listing.orders import Direction, Order, Sort
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.entrypoints.web.presentation.listing_areas import OrganisationArea, list_path
from checkdata.entrypoints.web.presentation.short_words import short_heading

_SORTS: Final[Mapping[str, Sort]] = {
    "full_name": Sort.NAME,
    "school": Sort.SCHOOL,
    "school_urn": Sort.SCHOOL,
    "academic_year": Sort.ACADEMIC_YEAR,
    "status": Sort.STATUS,
    "since": Sort.SINCE,
}
"""What the link in the heading of a column sorts by; "since" has a column of its own, beside the status."""


@frozen
class Heading:
    """A column's heading; ``href`` sorts by it, or the other way round, and ``direction`` is how it is sorted now.

    Both are "" where there is no such link, or no such order.
    """

    text: str
    href: str
    direction: str


def headings(place: OrganisationArea, query: ParticipantQuery, size: Mapping[str, str]) -> Sequence[Heading]:
    """The headings of the columns that a role sees; a link keeps the search, the filters and the rows on a page."""
    kept = {name: word for name, word in query.words.items() if name not in ("sort", "direction")}

    def heading(name: str, text: str) -> Heading:
        sort = _SORTS.get(name)
        if sort is None:
            return Heading(text, "", "")
        words = {**kept, **_next(query.order, sort).words, **size}
        direction = query.order.direction.value if query.order.sort is sort else ""
        return Heading(text, place.address(list_path(place.area, query), words), direction)

    return [heading(name, text) for name, text in _names_and_texts(place.area.columns)]


def _names_and_texts(columns: Sequence[ParticipantColumn]) -> Iterator[tuple[str, str]]:
    for column in columns:
        yield column.name, short_heading(column)
        if column.name == "status":
            yield "since", "Since"


def _next(now: Order, sort: Sort) -> Order:
    """The order to which a heading leads: ascending, or descending if it is already ascending."""
    turned = now.sort is sort and now.direction is Direction.ASCENDING
    return Order(sort, Direction.DESCENDING if turned else Direction.ASCENDING)
