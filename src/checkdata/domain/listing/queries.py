"""What a user asks of a listing: a search, filters and pages, always within a scope (service rule 12)."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, Self, TypeVar

from attrs import field, frozen
from attrs.validators import instance_of

from checkdata.domain.access.scope import Scope
from checkdata.domain.errors import InvalidQuery, PageNotFound
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.filters import FILTER_NAMED, FILTERS, word_of
from checkdata.domain.listing.labels import select_one
from checkdata.domain.listing.orders import BY_NAME, Direction, Order, Sort
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.listing.searches import Search

PAGE_SIZES: Final = (20, 50, 100)
"""How many rows a page may have; 50 unless set."""
DEFAULT_PAGE_SIZE: Final = 50

Word = TypeVar("Word", Sort, Direction)


@frozen(kw_only=True)
class ParticipantQuery:
    """A query of a listing. It can't be made without a scope, so access is always checked first.

    ``chosen`` are the values of each filter that is set, by its name, in the order of `Filter.values_of`; a row has any
    of them. ``with_email`` leaves out those who have no `address`, and ``school_urn`` those who are at another school;
    no filter of an address sets them.
    """

    scope: Scope = field(validator=instance_of(Scope))
    search: Search = field(factory=Search)
    chosen: Mapping[str, tuple[Any, ...]] = field(factory=dict, hash=False)
    with_email: bool = False
    school_urn: str = ""
    order: Order = BY_NAME

    @classmethod
    def of(cls, scope: Scope, *, search: str = "", sort: str = "", direction: str = "", **filters: str) -> Self:
        """Read a query from the words of an address or a command line; blank means no filter, and the usual order.

        Several values of a filter are one word (`BETWEEN_VALUES`). Raises `InvalidQuery` for a slug that is not among a
        filter's values: never all rows because a filter was not understood. The name of no filter is a `KeyError`.
        """
        return cls(
            scope=scope,
            search=Search.of(search),
            chosen={name: FILTER_NAMED[name].values_of(word) for name, word in filters.items() if word},
            order=Order(
                _one_of(Sort, "sort", sort) or Sort.NAME,
                _one_of(Direction, "direction", direction) or Direction.ASCENDING,
            ),
        )

    @cached_property
    def filters(self) -> Mapping[str, str]:
        """The filters that are set, as the words of an address; the search is not among them."""
        return {each.name: word_of(self.chosen[each.name]) for each in FILTERS if each.name in self.chosen}

    @property
    def words(self) -> dict[str, str]:
        """The search, the filters that are set and the order, as the words of an address."""
        return {**self.search.words, **self.filters, **self.order.words}

    @property
    def recorded(self) -> dict[str, str | int | bool]:
        """What is recorded of it: filters and order as slugs, its scope, whether it searched, but never for what.

        Source: service rule 15.
        """
        school = {"school_urn": self.school_urn} if self.school_urn else {}
        return {**self.filters, **school, **self.order.words, "searched": bool(self.search), **self.scope.recorded}

    @property
    def searched(self) -> bool:
        """Whether rows have to be looked at one by one, because the stored counts do not answer it."""
        return bool(self.search) or self.with_email or bool(self.school_urn)

    def matches(self, listed: ListedParticipant) -> bool:
        """Whether the row is in scope and meets the search and every filter. This defines what a query means."""
        return (
            self.scope.covers(listed)
            and self.meets_filters(listed)
            and not (self.with_email and not listed.address)
            and self.school_urn in {"", listed.school_urn}
            and all(term.found_in(listed) for term in self.search.terms)
        )

    def number_in(self, tallies: "Iterable[Tally]") -> int:
        """How many rows it finds, from the tallies of its scope. Tallies cannot answer a search."""
        return sum(tally.number for tally in meeting(tallies, self.chosen))

    def meets_filters(self, listed: ListedParticipant) -> bool:
        """Whether the row meets every filter, in scope or not."""
        return all(getattr(listed, FILTER_NAMED[name].field) in values for name, values in self.chosen.items())


def _one_of(kind: type[Word], name: str, word: str) -> Word | None:
    if not word:
        return None
    try:
        return kind(word)
    except ValueError:
        raise InvalidQuery(name, select_one(_CALLED.get(name, name))) from None


_CALLED: Final = {"sort": "order"}
"""What users call a word of the address, if not the word itself."""


_PLACES: Final = {each.name: place for place, each in enumerate(FILTERS)}


@frozen(cache_hash=True)
class Tally:
    """How many rows there are that have the same value for every filter; shown beside the filters.

    ``values`` stand in the order of `FILTERS`.
    """

    values: tuple[Any, ...]
    number: int

    def value_of(self, name: str) -> Any:  # noqa: ANN401 - each filter has values of its own
        """The value of one filter."""
        return self.values[_PLACES[name]]


def meeting(tallies: Iterable[Tally], chosen: Mapping[str, tuple[Any, ...]]) -> Iterable[Tally]:
    """The tallies whose rows have values of these filters."""
    for name, values in chosen.items():
        place = _PLACES[name]
        tallies = [tally for tally in tallies if tally.values[place] in values]
    return tallies


@frozen(kw_only=True)
class FoundRows:
    """Some of the rows that a query finds, how many it finds in all, and the tallies of its scope.

    ``searched`` are those of the rows in scope that its search finds, whatever its filters are; all tallies unless it
    searches. All of it is as of one import, None where there was none.
    """

    rows: Sequence[ListedParticipant]
    number: int
    tallies: Sequence[Tally]
    searched: Sequence[Tally]
    as_of: Import | None


@frozen(kw_only=True)
class Page:
    """One page of what was found: its rows, its number from 1, and how many rows were found in all."""

    participants: Sequence[ListedParticipant]
    number: int
    size: int
    found: int

    @property
    def count(self) -> int:
        """How many pages there are; at least one, which may be empty."""
        return max(1, -(-self.found // self.size))


def checked_page(number: int, size: int, found: int) -> int:
    """How many rows come before page *number*; raises `PageNotFound` past the end or below one."""
    if number < 1 or (number > 1 and (number - 1) * size >= found):
        msg = "This page does not exist."
        raise PageNotFound(msg)
    return (number - 1) * size
