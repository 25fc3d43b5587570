"""Filters: what can be chosen, how many there are of each, and what was chosen in words (service rule 12)."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.access import Acting
from checkdata.domain.downloads import ROLE_LABELS
from checkdata.domain.organisations import Role
from checkdata.domain.queries import ParticipantQuery, Tally
from checkdata.domain.statuses import Status
from checkdata.domain.training_facts import ParticipantRole
from checkdata.entrypoints.web.presentation.places import HOME, address
from checkdata.entrypoints.web.presentation.statuses import label_of
from checkdata.entrypoints.web.security.words import Words

LABELS: Final[Mapping[str, str]] = {
    "query": "Search",
    "role": "Role",
    "academic_year": "Academic year",
    "status": "Status",
}

_WORD_OF: Final[Mapping[str, Callable[[Tally], str]]] = {
    "role": lambda tally: tally.role.value,
    "academic_year": lambda tally: str(tally.academic_year),
    "status": lambda tally: tally.status.value,
}


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
    names: Sequence[str], role: Role, tallies: Sequence[Tally], typed: Words, *, counted: bool = True
) -> Sequence[Filter]:
    """The filters of a role, set as *typed*, counts beside what a choice would find with the others as they are.

    A search leaves the counts out, for they know nothing of it; so does what is not *counted* by tallies.
    """
    counting = counted and not typed.get("query", "").strip()
    return [
        Filter(
            name,
            LABELS[name],
            [Option("", "All", not typed.get(name)), *_options(name, role, tallies, typed, counting=counting)],
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


def _options(name: str, role: Role, tallies: Sequence[Tally], typed: Words, *, counting: bool) -> Sequence[Option]:
    counts = _counts(name, tallies, typed) if counting else None
    return [
        Option(word, _with_count(text_of(name, word, role), word, counts), typed.get(name) == word)
        for word in _choices(name, tallies, typed)
    ]


def _choices(name: str, tallies: Sequence[Tally], typed: Words) -> Sequence[str]:
    match name:
        case "role":
            return [role.value for role in ParticipantRole]
        case "status":
            return [status.value for status in Status]
        case _:
            years = {_WORD_OF[name](tally) for tally in tallies}
            return sorted(years | {typed[name]} if _is_year(typed.get(name, "")) else years, reverse=True)


def _counts(name: str, tallies: Sequence[Tally], typed: Words) -> Mapping[str, int]:
    """How many rows each choice of a filter would find with the other filters as they are."""
    others = [(_WORD_OF[other], typed[other]) for other in _WORD_OF if other != name and typed.get(other)]
    counts = Counter[str]()
    for tally in tallies:
        if all(word_of(tally) == word for word_of, word in others):
            counts[_WORD_OF[name](tally)] += tally.number
    return counts


def _with_count(text: str, word: str, counts: Mapping[str, int] | None) -> str:
    return text if counts is None else f"{text} ({counts[word]:,})"


def _is_year(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) == len("2023")
