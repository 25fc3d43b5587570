"""Filters: what can be chosen, how many there are of each, and what was chosen in words (service rule 12)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from attrs import frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.listing.columns import ROLE_LABELS
from checkdata.domain.listing.queries import ParticipantQuery, Tally
from checkdata.domain.people.organisations import Role
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.statuses import Status
from checkdata.entrypoints.web.presentation.places import HOME, address
from checkdata.entrypoints.web.presentation.statuses import label_of
from checkdata.entrypoints.web.security.words import Words

LABELS: Final[Mapping[str, str]] = {
    "query": "Search",
    "role": "Role",
    "academic_year": "Academic year",
    "status": "Status",
}

_COUNTED: Final = ("role", "academic_year", "status")
_TallyInWords = tuple[Sequence[str], int]


@frozen
class FilterInWords:
    """A search or filter that is on, and the link that takes it away."""

    label: str
    text: str
    without: str


@frozen
class Option:
    """What a filter can be set to."""

    value: str
    text: str
    selected: bool


@frozen
class Filter:
    """A filter and its options; the first one is no filter."""

    name: str
    label: str
    options: Sequence[Option]


def filters_in_words(
    acting: Acting, query: ParticipantQuery, size: Mapping[str, str], path: str = ""
) -> Sequence[FilterInWords]:
    """What is searched for and filtered by, each with the link to the same page without it: *path*, or the listing."""
    return [
        FilterInWords(
            LABELS[name],
            text_of(name, word, acting.role),
            address(
                path or HOME[acting.role],
                acting.organisation,
                {**{other: value for other, value in query.words.items() if other != name}, **size},
            ),
        )
        for name, word in query.words.items()
        if name in LABELS
    ]


def filters(
    names: Sequence[str], role: Role, tallies: Sequence[Tally], typed: Words, *, counted: bool
) -> Sequence[Filter]:
    """The filters of a role, set as *typed*; *counted* puts beside a choice what it finds with the others as set."""
    in_words = [(_words_of(tally), tally.number) for tally in tallies] if counted else []
    years = {tally.academic_year for tally in tallies}
    return [
        Filter(
            name,
            LABELS[name],
            [
                Option("", "All", not typed.get(name)),
                *_options(name, role, years, typed, _counts(name, in_words, typed) if counted else None),
            ],
        )
        for name in names
    ]


def text_of(name: str, word: str, role: Role) -> str:
    """A filter's word as users read it."""
    match name:
        case "role":
            return ROLE_LABELS[ParticipantRole(word)]
        case "status":
            return label_of(Status(word), role)
        case _:
            return word


def _options(
    name: str, role: Role, years: AbstractSet[int], typed: Words, counts: Mapping[str, int] | None
) -> Sequence[Option]:
    return [
        Option(word, _with_count(text_of(name, word, role), word, counts), typed.get(name) == word)
        for word in _choices(name, years, typed)
    ]


def _choices(name: str, years: AbstractSet[int], typed: Words) -> Sequence[str]:
    match name:
        case "role":
            return [role.value for role in ParticipantRole]
        case "status":
            return [status.value for status in Status]
        case _:
            words = set(map(str, years))
            return sorted(words | {typed[name]} if _is_year(typed.get(name, "")) else words, reverse=True)


def _counts(name: str, in_words: Sequence[_TallyInWords], typed: Words) -> Mapping[str, int]:
    """How many rows each choice of a filter would find with the other filters as they are."""
    found = in_words
    for at, other in enumerate(_COUNTED):
        if other != name and typed.get(other):
            found = [(words, number) for words, number in found if words[at] == typed[other]]
    place, counts = _COUNTED.index(name), defaultdict[str, int](int)
    for words, number in found:
        counts[words[place]] += number
    return counts


def _words_of(tally: Tally) -> Sequence[str]:
    """What each filter is set to where it finds the rows of a tally."""
    return tally.role.value, str(tally.academic_year), tally.status.value


def _with_count(text: str, word: str, counts: Mapping[str, int] | None) -> str:
    return text if counts is None else f"{text} ({counts[word]:,})"


def _is_year(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) == len("2023")
