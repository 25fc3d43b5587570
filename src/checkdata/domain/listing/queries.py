"""What a user asks of a listing: search, filters and paging, always within a scope (service rule 12)."""

import re
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
from checkdata.domain.values import DASHES, TRN_DIGITS, is_urn, search_key

LONGEST_SEARCH: Final = 200
"""The most characters that a search may have beside a list of TRNs (rules.md: more are 422)."""
MOST_TERMS: Final = 20
"""The most conditions that a search may have; a repeated word is not counted again, a list of TRNs counts as one."""
MOST_NUMBERS: Final = 1000
"""The most different numbers that a list of TRNs may have."""
LONGEST_LIST: Final = 20 * MOST_NUMBERS
"""The most characters that a search may have in all."""
PAGE_SIZES: Final = (20, 50, 100)
"""How many rows a page may have; 50 unless set."""
DEFAULT_PAGE_SIZE: Final = 50

Word = TypeVar("Word", Sort, Direction)

_DASH: Final = "\x01"
"""Stands for a dash while a search is folded, because folding drops dashes."""
_SEPARATORS: Final = re.compile(r"[ ,;]+")
_GIVEN_TRN: Final = re.compile(r"[0-9]{5,7}")
_OLD_PREFIX: Final = re.compile(rf"(?<![^ ,;])rp[ /{_DASH}]?(?=[0-9]{{2}}[/{_DASH}]?[0-9]{{5}}(?![^ ,;.]))")
"""Old references begin so, as in RP 12/34567; the number is today's TRN."""


@frozen(kw_only=True)
class Term:
    """One condition of a search; a row meets it if any of its parts matches.

    ``texts`` are folded and looked for in the name, the school's name and the displayed TRN; ``email`` in the folded
    address; ``urn`` is the school's whole URN.
    """

    texts: tuple[str, ...]
    email: str | None = None
    urn: str | None = None

    def found_in(self, listed: ListedParticipant) -> bool:
        """Whether the row meets the condition; words never reach across two fields."""
        fields = (search_key(listed.full_name), search_key(listed.school), listed.trn)
        return (
            any(text in part for text in self.texts for part in fields)
            or (self.email is not None and self.email in search_key(listed.email))
            or self.urn == listed.school_urn
        )


@frozen(kw_only=True)
class NumberList:
    """The condition of a pasted list of numbers: a row meets it if its displayed TRN or its school's URN is on it."""

    trns: tuple[str, ...]
    urns: tuple[str, ...] = ()

    def found_in(self, listed: ListedParticipant) -> bool:
        """Whether the row meets the condition."""
        return listed.trn in self.trns or listed.school_urn in self.urns


Condition = Term | NumberList


@frozen
class Search:
    """A search as typed and as understood: a row is found when it meets every term."""

    text: str = ""
    terms: tuple[Condition, ...] = ()
    sealed: str = field(default="", eq=False, repr=False)
    """What stands for the text in an address that would get too long; the web service makes and opens it."""

    @classmethod
    def of(cls, text: str) -> Self:
        """Understand a search; blank finds everything.

        Raises `InvalidQuery` if it is too long, has no word, or has more than `MOST_TERMS` different ones.

        Every word must be found; commas and semicolons separate words, and a full stop at the end of one says nothing.
        A word with a dash is found as two words beside each other too. A word with an @ is looked for in the e-mail
        address too, six digits are also the URN. Two or more numbers of five to seven digits mean any of them, so that
        a list of TRNs can be pasted from a spreadsheet, which drops zeros at the front (rules.md, *Order, paging,
        search*).
        """
        typed = " ".join(text.split())
        words = _words_of(text[: LONGEST_LIST + 1])
        listed = _list_in(words)
        others = words if listed is None else [word for word in words if not _given_trn(word)]
        _refuse_too_long(text, listed, others)
        if typed and not words:
            raise InvalidQuery("query", "Enter a name, school or TRN with at least one letter or number")
        terms = dict.fromkeys(map(_term, others))
        if len(terms) + (listed is not None) > MOST_TERMS:
            raise InvalidQuery("query", f"Search must have {MOST_TERMS} different words or fewer")
        return cls(typed, tuple(terms) if listed is None else (listed, *terms))

    @property
    def listed(self) -> int:
        """How many TRNs it lists; 0 if it has no list."""
        return sum(len(term.trns) for term in self.terms if isinstance(term, NumberList))

    @property
    def words(self) -> dict[str, str]:
        """The search as the words of an address."""
        if self.sealed:
            return {"list": self.sealed}
        return {"query": self.text} if self else {}

    def __bool__(self) -> bool:
        """Whether anything is searched for."""
        return bool(self.terms)


def words_typed(text: str) -> Sequence[str]:
    """The words of a text as a search looks for them, folded; a word with a dash is joined."""
    return tuple(word.replace(_DASH, "") for word in _words_of(text))


def trn_typed(text: str) -> str:
    """The TRN that a text is, with its zeros and however it is punctuated; "" if it is something else."""
    digits = _given_trn("".join(_words_of(text)))
    return digits and digits.zfill(TRN_DIGITS)


def _words_of(text: str) -> Sequence[str]:
    """The words of a search, folded; what was typed with a dash still has `_DASH`."""
    folded = _OLD_PREFIX.sub("", search_key(DASHES.sub(_DASH, text)))
    words = (word.strip(_DASH).rstrip(f".{_DASH}") for word in _SEPARATORS.split(folded))
    return [word for word in words if word]


def _list_in(words: Sequence[str]) -> NumberList | None:
    """The list that was pasted, if there are two numbers or more; a school's URN may stand on it too."""
    given = dict.fromkeys(filter(None, map(_given_trn, words)))
    trns = tuple(dict.fromkeys(digits.zfill(TRN_DIGITS) for digits in given))
    if len(trns) < 2:  # noqa: PLR2004 - two make a list
        return None
    return NumberList(trns=trns, urns=tuple(filter(is_urn, given)))


def _refuse_too_long(text: str, listed: NumberList | None, others: Sequence[str]) -> None:
    if listed is None and len(text) > LONGEST_SEARCH:
        raise InvalidQuery("query", f"Search must be {LONGEST_SEARCH} characters or fewer")
    if listed is not None and (len(listed.trns) > MOST_NUMBERS or len(text) > LONGEST_LIST):
        raise InvalidQuery("query", f"Search for {MOST_NUMBERS:,} TRNs or fewer")
    if len(" ".join(others)) > LONGEST_SEARCH:
        raise InvalidQuery("query", f"Search must be {LONGEST_SEARCH} characters or fewer beside the TRNs")


def _term(word: str) -> Term:
    joined = word.replace(_DASH, "")
    digits = _digits(joined)
    apart = re.sub(f"{_DASH}+", " ", word)
    texts = tuple(dict.fromkeys((joined, digits or apart)))
    return Term(texts=texts, email=joined if "@" in joined else None, urn=joined if is_urn(joined) else None)


def _given_trn(word: str) -> str:
    """The digits of a word that may be a TRN, with or without its zeros; nothing if it is something else."""
    digits = _digits(word.replace(_DASH, ""))
    return digits if _GIVEN_TRN.fullmatch(digits) else ""


def _digits(word: str) -> str:
    """The digits of a TRN typed with slashes; nothing if the word is something else."""
    digits = word.replace("/", "")
    return digits if digits.isascii() and digits.isdigit() else ""


@frozen(kw_only=True)
class ParticipantQuery:
    """A query of a listing. It can't be made without a scope, so access is always checked first.

    ``chosen`` are the values of each filter that is set, by its name, in the order of `Filter.values_of`; a row has any
    of them. ``with_email`` leaves out those who have no `address`, and ``school_urn`` those who are at another school;
    no filter of an address sets them.
    """

    scope: Scope = field(validator=instance_of(Scope))
    search: Search = Search()
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
