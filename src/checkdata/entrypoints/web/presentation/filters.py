"""Filters: what can be chosen, how many there are of each, and what was chosen in words (service rule 12)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from checkdata.domain.listing.filters import BETWEEN_VALUES, FILTER_NAMED, FILTERS, Filter, slug
from checkdata.domain.listing.queries import ParticipantQuery, Tally, meeting
from checkdata.domain.listing.searches import Search
from checkdata.domain.people.organisations import Role
from checkdata.entrypoints.web.presentation.listing_areas import ListingArea, Names, OrganisationArea
from checkdata.entrypoints.web.security.query_and_form_fields import Fields

_LEAD_PROVIDER: Final = "lead_provider"


@frozen
class FilterInWords:
    """A search, or a value of a filter, that is on, and the link that takes it away."""

    label: str
    text: str
    without: str


@frozen
class Option:
    """A value of a filter, and whether it is chosen."""

    value: str
    text: str
    selected: bool


@frozen
class FilterOptions:
    """A filter and its options; none of them chosen is no filter."""

    name: str
    label: str
    options: Sequence[Option]


def filters_in_words(
    place: OrganisationArea, query: ParticipantQuery, size: Mapping[str, str], path: str
) -> Sequence[FilterInWords]:
    """What is searched for and filtered by, each value with the link to the page *path* without it."""
    asked = {**query.words, **size}

    def without(name: str, others: str = "") -> str:
        return place.address(path, {other: word for other, word in {**asked, name: others}.items() if word})

    searched = [FilterInWords("Search", _searched(query.search), without(name)) for name in query.search.words]
    return [
        *searched,
        *(
            FilterInWords(
                FILTER_NAMED[name].label, _named(place.area, place.lead_providers, name, value), without(name, others)
            )
            for name, value, others in _values_on(query)
        ),
    ]


def _values_on(query: ParticipantQuery) -> Iterator[tuple[str, Any, str]]:
    """Each value that is chosen, with its filter's name, and the word of the filter's other values."""
    for name, word in query.filters.items():
        slugs = word.split(BETWEEN_VALUES)
        for value, own in zip(query.chosen[name], slugs, strict=True):
            yield name, value, BETWEEN_VALUES.join([each for each in slugs if each != own])


def _searched(search: Search) -> str:
    return f"{search.listed:,} TRNs" if search.sealed else search.text


def filters(
    area: ListingArea, lead_providers: Names, tallies: Sequence[Tally], counts: Sequence[Tally] | None, typed: Fields
) -> Sequence[FilterOptions]:
    """The filters of an area, set as *typed*, with the choices that *tallies* have.

    Each shows how many of the rows of *counts* it would find, if those are known.
    """
    chosen = {each.name: each.values_of(typed[each.name]) for each in FILTERS if typed.get(each.name)}
    shown = filters_shown(area, lead_providers)
    return [_with_options(each, area, lead_providers, tallies, chosen, counts=counts) for each in shown]


def filters_shown(area: ListingArea, lead_providers: Names) -> Sequence[Filter]:
    """The filters that a list shows: that of lead providers where there are several."""
    return [each for each in area.filters if each.name != _LEAD_PROVIDER or len(lead_providers) > 1]


def _named(area: ListingArea, lead_providers: Names, name: str, value: Any) -> str:  # noqa: ANN401 - as below
    named = lead_providers.get(value, "") if name == _LEAD_PROVIDER else ""
    return named or text_of(name, value, area.role)


def text_of(name: str, value: Any, role: Role) -> str:  # noqa: ANN401 - each filter has values of its own
    """A filter's value as users read it."""
    return FILTER_NAMED[name].text(value, role)


def _with_options(  # noqa: PLR0913 - all that the options are made of
    of: Filter,
    area: ListingArea,
    lead_providers: Names,
    tallies: Sequence[Tally],
    chosen: Mapping[str, tuple[Any, ...]],
    *,
    counts: Sequence[Tally] | None,
) -> FilterOptions:
    position, on = FILTERS.index(of), chosen.get(of.name, ())
    others = {name: values for name, values in chosen.items() if name != of.name}
    numbers = None if counts is None else _numbers(position, counts, others)
    if of.name == _LEAD_PROVIDER:
        choices: Sequence[Any] = sorted(lead_providers, key=lambda lead: lead_providers[lead])
    else:
        choices = of.choices({*on, *(tally.values[position] for tally in tallies)})
    options = [
        Option(
            str(slug(value)),
            _with_count(_named(area, lead_providers, of.name, value), None if numbers is None else numbers[value]),
            value in on,
        )
        for value in choices
    ]
    return FilterOptions(of.name, of.label, options)


def _numbers(place: int, counts: Sequence[Tally], others: Mapping[str, tuple[Any, ...]]) -> Mapping[Any, int]:
    """How many rows each value of a filter would find with the other filters as they are."""
    numbers = defaultdict[Any, int](int)
    for tally in meeting(counts, others):
        numbers[tally.values[place]] += tally.number
    return numbers


def _with_count(text: str, count: int | None) -> str:
    return text if count is None else f"{text} ({count:,})"
