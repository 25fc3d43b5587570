"""Schools with their counts, each beside the link to those whom it counts."""

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.listing.counts import SchoolCounts
from checkdata.domain.listing.orders import Direction
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.schools import MOST_FIRST, SchoolQuery, SchoolSort
from checkdata.domain.training.who_acts import WhoActs
from checkdata.entrypoints.web.presentation.addresses import school_path
from checkdata.entrypoints.web.presentation.listing_areas import UNRESOLVED, OrganisationArea
from checkdata.entrypoints.web.presentation.sort_links import Heading

_HEADINGS: Final[Mapping[SchoolSort, str]] = {
    SchoolSort.NAME: "School",
    SchoolSort.NUMBER: "Participants",
    SchoolSort.TO_ACT: "School needs to act",
    SchoolSort.TO_RESOLVE: "To resolve in all",
}
_SCHOOL_ACTS: Final = {"next": WhoActs.SCHOOL.value}


@frozen(kw_only=True)
class SchoolRow:
    """A school, its counts and the links to those whom they count."""

    name: str
    urn: str
    href: str
    number: int
    to_act: int
    to_act_href: str
    to_resolve: int
    to_resolve_href: str


@frozen(kw_only=True)
class SchoolView:
    """A part of a school's participants, with their number, and the link to it."""

    text: str
    href: str
    is_on: bool


def school_rows(place: OrganisationArea, schools: Sequence[SchoolCounts]) -> Sequence[SchoolRow]:
    """The rows of these schools."""
    everybody, to_act, to_resolve = (place.address("", words) for words in ({}, _SCHOOL_ACTS, UNRESOLVED))
    paths = [school_path(place.area.schools, school.urn) for school in schools]
    return [
        SchoolRow(
            name=school.name,
            urn=school.urn,
            href=path + everybody,
            number=school.number,
            to_act=school.to_act(WhoActs.SCHOOL),
            to_act_href=path + to_act,
            to_resolve=school.to_resolve,
            to_resolve_href=path + to_resolve,
        )
        for path, school in zip(paths, schools, strict=True)
    ]


def school_views(place: OrganisationArea, school: SchoolCounts, query: ParticipantQuery) -> Sequence[SchoolView]:
    """The ways to look at a school's participants; none is on where the query asks for something else."""
    asked = {**query.search.words, **query.filters}
    path = school_path(place.area.schools, school.urn)
    views: Sequence[tuple[str, int, Mapping[str, str]]] = (
        ("All", school.number, {}),
        ("The school needs to act", school.to_act(WhoActs.SCHOOL), _SCHOOL_ACTS),
        ("To resolve in all", school.to_resolve, UNRESOLVED),
    )
    return [
        SchoolView(text=f"{text} ({number:,})", href=place.address(path, words), is_on=asked == words)
        for text, number, words in views
    ]


def school_headings(place: OrganisationArea, query: SchoolQuery) -> Sequence[Heading]:
    """The headings of the table of schools; a link keeps the search and the filter."""

    def heading(sort: SchoolSort, text: str) -> Heading:
        link = place.address(place.area.schools, {**words_of(query), "sort": sort.value, **_turned(query, sort)})
        return Heading(text, link, query.direction.value if query.sort is sort else "")

    return [heading(sort, text) for sort, text in _HEADINGS.items()]


def words_of(query: SchoolQuery) -> dict[str, str]:
    """The search and the filter of a query, as the words of an address."""
    words = {"query": query.text, "next": "" if query.next is None else query.next.value}
    return {name: word for name, word in words.items() if word}


def order_of(query: SchoolQuery) -> dict[str, str]:
    """The order of a query, as the words of an address."""
    return {"sort": query.sort.value, "direction": query.direction.value}


def _turned(query: SchoolQuery, sort: SchoolSort) -> Mapping[str, str]:
    usual = Direction.DESCENDING if sort in MOST_FIRST else Direction.ASCENDING
    other = Direction.ASCENDING if usual is Direction.DESCENDING else Direction.DESCENDING
    turned = query.sort is sort and query.direction is usual
    return {"direction": (other if turned else usual).value}
