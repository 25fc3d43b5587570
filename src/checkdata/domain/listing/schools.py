"""What a user asks of the schools of a scope: a search, who has to act, and an order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from operator import attrgetter
from typing import Any, Final, Self

from attrs import evolve, frozen

from checkdata.domain.errors import InvalidQuery
from checkdata.domain.listing.counts import SchoolCounts
from checkdata.domain.listing.filters import FILTER_NAMED
from checkdata.domain.listing.orders import Direction
from checkdata.domain.listing.searches import Search, words_typed
from checkdata.domain.training.who_acts import WhoActs
from checkdata.domain.values import is_urn


class SchoolSort(Enum):
    """What schools are ordered by."""

    NAME = "name"
    NUMBER = "number"
    TO_ACT = "to_act"
    TO_RESOLVE = "to_resolve"


MOST_FIRST: Final = (SchoolSort.NUMBER, SchoolSort.TO_ACT, SchoolSort.TO_RESOLVE)
"""What is ordered by a number, the highest first unless the user turns it."""

_KEYS: Final[Mapping[SchoolSort, Callable[[SchoolCounts], Any]]] = {
    SchoolSort.NAME: attrgetter("rank"),
    SchoolSort.NUMBER: attrgetter("number"),
    SchoolSort.TO_ACT: lambda school: school.to_act(WhoActs.SCHOOL),
    SchoolSort.TO_RESOLVE: attrgetter("to_resolve"),
}


def most_to_resolve_first(schools: Iterable[SchoolCounts]) -> Sequence[SchoolCounts]:
    """The usual order: most to resolve first, then by name."""
    found = sorted(schools, key=lambda school: (school.key, school.name, school.urn))
    for rank, school in enumerate(found):
        found[rank] = evolve(school, rank=rank)  # one by one, so that thousands are not in memory twice
    found.sort(key=_KEYS[SchoolSort.TO_RESOLVE], reverse=True)
    return found


@frozen(kw_only=True)
class SchoolQuery:
    """A query of schools: the words of its name or its URN, and for whom there has to be something to do."""

    text: str = ""
    words: Sequence[str] = ()
    next: WhoActs | None = None
    sort: SchoolSort = SchoolSort.TO_RESOLVE
    direction: Direction = Direction.DESCENDING

    @classmethod
    def of(cls, *, search: str = "", who_acts: str = "", sort: str = "", direction: str = "") -> Self:
        """Read a query from the words of an address; `InvalidQuery` for a word that is not understood."""
        by = _one_of(SchoolSort, "sort", sort) or SchoolSort.TO_RESOLVE
        usual = Direction.DESCENDING if by in MOST_FIRST else Direction.ASCENDING
        understood = Search.of(search)
        return cls(
            text=understood.text,
            words=words_typed(search),
            next=FILTER_NAMED["next"].value_of(who_acts) if who_acts else None,
            sort=by,
            direction=_one_of(Direction, "direction", direction) or usual,
        )

    def found_in(self, schools: Sequence[SchoolCounts]) -> Sequence[SchoolCounts]:
        """The schools that are meant, in the order that is wanted; *schools* are in the usual order."""
        who = self.next
        if who is not None:
            schools = [school for school in schools if school.to_act(who)]
        for word in self.words:
            if is_urn(word):
                schools = [school for school in schools if word in school.key or word == school.urn]
            else:
                schools = [school for school in schools if word in school.key]
        if (self.sort, self.direction) == (SchoolSort.TO_RESOLVE, Direction.DESCENDING):
            return schools
        by_name = schools if self.sort is SchoolSort.NAME else sorted(schools, key=_KEYS[SchoolSort.NAME])
        return sorted(by_name, key=_KEYS[self.sort], reverse=self.direction is Direction.DESCENDING)


def _one_of(kind: type[Any], name: str, word: str) -> Any:  # noqa: ANN401 - one of the kind
    if not word:
        return None
    try:
        return kind(word)
    except ValueError:
        raise InvalidQuery(name, "Select an order from the list") from None
