"""The filters above a list: they show no participant, and are drawn once for all pages with the same filters."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from attrs import frozen
from jinja2 import Environment
from markupsafe import Markup

from checkdata.domain.listing.filters import BETWEEN_VALUES
from checkdata.domain.listing.queries import Tally
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import LeadProviderId
from checkdata.entrypoints.web.presentation.filters import filters, filters_shown
from checkdata.entrypoints.web.presentation.listing_areas import AREAS, ListingArea, Names, OrganisationArea
from checkdata.entrypoints.web.security.query_and_form_fields import Fields

_KEPT: Final = 200
"""How many drawn filters are kept; each takes about 4 kB."""

_Pairs = tuple[tuple[str, str], ...]


@frozen(kw_only=True)
class _Filters:
    """Everything that they are drawn from."""

    role: Role
    lead_providers: tuple[tuple[LeadProviderId, str], ...]
    tallies: tuple[Tally, ...]
    counts: tuple[Tally, ...] | None
    chosen: _Pairs
    errors: _Pairs


def filters_above(  # noqa: PLR0913 - the parts of filters
    templates: Environment,
    place: OrganisationArea,
    tallies: Sequence[Tally],
    words: Fields,
    *,
    counts: Sequence[Tally] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Markup:
    """The filters of a place, set as in *words*, with the choices of its scope; *errors* are shown at their fields.

    If *counts* are given, each choice shows how many of those rows it would find.
    """
    chosen = tuple((name, words[name]) for name in _names(place.area, place.lead_providers) if words.get(name))
    above = _Filters(
        role=place.area.role,
        lead_providers=tuple(place.lead_providers.items()),
        tallies=tuple(tallies),
        counts=None if counts is None else tuple(counts),
        chosen=chosen,
        errors=tuple((errors or {}).items()),
    )
    # An error may quote any word, and few users search for the same, so neither is kept.
    is_common = not errors and (above.counts is None or above.counts == above.tallies)
    return (_drawn_once if is_common else _drawn)(templates, above)


def _drawn(templates: Environment, above: _Filters) -> Markup:
    area, faults = AREAS[above.role], dict(above.errors)
    names = dict(above.lead_providers)
    shown = filters(area, names, above.tallies, above.counts, dict(above.chosen))
    on = sum(len(word.split(BETWEEN_VALUES)) for _, word in above.chosen) + sum(
        name in faults for name in _names(area, names)
    )
    drawn = templates.get_template("participants/filters.html").render(filters=shown, on=on, errors=faults)
    return Markup(drawn)  # noqa: S704 - drawn by a template


def _names(area: ListingArea, lead_providers: Names) -> Sequence[str]:
    return [each.name for each in filters_shown(area, lead_providers)]


_drawn_once: Final = lru_cache(maxsize=_KEPT)(_drawn)
