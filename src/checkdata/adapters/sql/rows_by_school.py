"""A page in the order of schools: how many rows each school has tells which of them it shows, so no others are read."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from attrs import field, frozen
from sqlalchemy import ColumnElement, FromClause, Select, and_, func, select

from checkdata.adapters.sql.conditions import as_list, is_among_few
from checkdata.adapters.sql.listings import Listing
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.counts import SchoolCounts
from checkdata.domain.listing.orders import Order, Sort, school_key
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import DeliveryPartner

_BY_NAME: Final = attrgetter("order")
MOST_ROWS: Final = 1000
"""The most rows of its schools that are read for a page; where there are more, the database puts rows in order."""


@frozen
class RowsOfSchool:
    """How many matching rows a school has, which has one place in the order: its ``key``."""

    key: tuple[str, str]
    number: int


@frozen
class Cut:
    """The schools of a page, by their keys, and how many rows of the first one come before it."""

    keys: frozenset[tuple[str, str]]
    before: int
    number: int

    @property
    def urns(self) -> str:
        """Their URNs, as a list in one text."""
        return as_list({urn for _, urn in self.keys})


def is_by_school(query: ParticipantQuery) -> bool:
    """Whether a query asks for the order of schools, and for nothing that can't be counted once for all pages."""
    return query.order.sort is Sort.SCHOOL and not query.searched


def asked_of(query: ParticipantQuery) -> Hashable:
    """What the numbers of a query's schools are kept by."""
    return "rows of schools", query.scope, frozenset(query.chosen.items())


@frozen
class CountedSchools:
    """The schools of a scope in their usual order, and by URN."""

    in_order: Sequence[SchoolCounts]
    by_urn: Mapping[str, SchoolCounts] = field(init=False, repr=False)

    @by_urn.default
    def _by_urn(self) -> Mapping[str, SchoolCounts]:
        return {school.urn: school for school in self.in_order}

    def __len__(self) -> int:
        """How many there are."""
        return len(self.in_order)


def schools_asked(scope: Scope) -> Hashable:
    """What the schools of a scope are kept by."""
    return "schools", scope


def count_rows(listing: Listing, conditions: Iterable[Any]) -> Select[Any]:
    """How many matching rows there are of each school, under each name that rows show."""
    school = listing.rows.c.school_urn, listing.rows.c.school
    return select(*school, func.count()).where(*conditions).group_by(*school)


def rows_of_schools(counted: Iterable[Any], listing: Listing) -> Sequence[RowsOfSchool]:
    """The schools in ascending order; names that are folded alike are one."""
    numbers, named = dict[tuple[str, str], int](), listing.viewer is DeliveryPartner
    for urn, name, number in counted:
        key = school_key(name, urn, named=named)
        numbers[key] = numbers.get(key, 0) + number
    return [RowsOfSchool(key, numbers[key]) for key in sorted(numbers)]


def cut_out(schools: Sequence[RowsOfSchool], order: Order, offset: int, limit: int) -> Cut:
    """The schools that have rows from *offset*, at most *limit* rows."""
    return Cut(*_cut_out(reversed(schools) if order.is_descending else iter(schools), offset, limit))


def _cut_out(schools: Iterator[RowsOfSchool], offset: int, limit: int) -> tuple[frozenset[tuple[str, str]], int, int]:
    keys, number, passed, first = list[tuple[str, str]](), 0, 0, 0
    for school in schools:
        if passed >= offset + limit:
            break
        if passed + school.number > offset:
            first = passed if not keys else first
            keys.append(school.key)
            number += school.number
        passed += school.number
    return frozenset(keys), offset - first, number


def in_cut(rows: Iterable[ListedParticipant], query: ParticipantQuery, cut: Cut) -> list[ListedParticipant]:
    """The rows of the schools of a page, in order; a school that shows another name elsewhere has other rows too."""
    of_school: dict[tuple[str | int, ...], list[ListedParticipant]] = {key: [] for key in cut.keys}
    for row in rows:
        key = query.order.key(row)
        if key in of_school:
            of_school[key].append(row)
    in_order = sorted(of_school, reverse=query.order.is_descending)
    return [row for key in in_order for row in sorted(of_school[key], key=_BY_NAME)][cut.before :]


def at_schools(
    listing: Listing, asked: Callable[[FromClause], Iterable[ColumnElement[bool]]], *, on_postgresql: bool
) -> ColumnElement[bool]:
    """The condition of rows at the schools of a list, whatever name they show.

    SQLite looks at all rows of an organisation unless it is asked first for their places (`listings.at_school`). So
    *asked*, which gives the conditions for a table, may ask for what stands in the index of schools.
    """
    if on_postgresql:
        return and_(*asked(listing.rows))
    school = listing.rows.alias("school")
    return listing.rows.c.pos.in_(select(school.c.pos).where(*asked(school)))


def on_page_of(
    listing: Listing,
    organisation: Any,  # noqa: ANN401 - a text or a parameter
    urns: Any,  # noqa: ANN401 - as above
    rows: FromClause,
) -> Iterator[ColumnElement[bool]]:
    """The conditions of an organisation's rows at the schools of a list (`Cut.urns`)."""
    yield rows.c[listing.organisation] == organisation
    yield is_among_few(rows.c.school_urn, urns)
