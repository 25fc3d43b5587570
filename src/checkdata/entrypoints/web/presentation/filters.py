"""Filters: what can be chosen, how many there are of each, and what was chosen in words (service rule 12)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from checkdata.domain.listing.filters import FILTER_NAMED, FILTERS, Filter, slug
from checkdata.domain.listing.queries import ParticipantQuery, Tally
from checkdata.domain.people.organisations import Role
from checkdata.entrypoints.web.presentation.listing_areas import ListingArea, OrganisationArea
from checkdata.entrypoints.web.security.query_and_form_fields import Fields

LABELS: Final[Mapping[str, str]] = {"query": "Search", "list": "Search", **{each.name: each.label for each in FILTERS}}


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
class FilterOptions:
    """A filter and its options; the first one is no filter."""

    name: str
    label: str
    options: Sequence[Option]


def filters_in_words(
    place: OrganisationArea, query: ParticipantQuery, size: Mapping[str, str], path: str
) -> Sequence[FilterInWords]:
    """What is searched for and filtered by, each with the link to the page *path* without it."""
    return [
        FilterInWords(
            LABELS[name],
            f"{query.search.listed:,} TRNs" if name == "list" else text_of(name, word, place.area.role),
            place.address(
                path,
                {**{other: value for other, value in query.words.items() if other != name}, **size},
            ),
        )
        for name, word in query.words.items()
        if name in LABELS
    ]


def filters(area: ListingArea, tallies: Sequence[Tally], typed: Fields, *, counted: bool) -> Sequence[FilterOptions]:
    """The filters of an area, set as *typed*; *counted* shows with each choice how many rows it would find."""
    chosen = {each.name: each.value_of(typed[each.name]) for each in FILTERS if typed.get(each.name)}
    return [_with_options(each, area.role, tallies, chosen, counted=counted) for each in area.filters]


def text_of(name: str, word: str, role: Role) -> str:
    """A filter's word as users read it."""
    return word if name not in FILTER_NAMED else FILTER_NAMED[name].text(FILTER_NAMED[name].value_of(word), role)


def _with_options(
    of: Filter, role: Role, tallies: Sequence[Tally], chosen: Mapping[str, Any], *, counted: bool
) -> FilterOptions:
    place = FILTERS.index(of)
    present = {tally.values[place] for tally in tallies}
    on = {chosen[of.name]} if of.name in chosen else set()
    counts = _counts(place, tallies, {name: value for name, value in chosen.items() if name != of.name})
    options = [
        Option(str(slug(value)), _with_count(of.text(value, role), counts[value] if counted else None), value in on)
        for value in of.choices(present | on)
    ]
    return FilterOptions(of.name, of.label, [Option("", "All", not on), *options])


def _counts(place: int, tallies: Sequence[Tally], others: Mapping[str, Any]) -> Mapping[Any, int]:
    """How many rows each value of a filter would find with the other filters as they are."""
    counts = defaultdict[Any, int](int)
    for tally in tallies:
        if tally.meets(others):
            counts[tally.values[place]] += tally.number
    return counts


def _with_count(text: str, count: int | None) -> str:
    return text if count is None else f"{text} ({count:,})"
