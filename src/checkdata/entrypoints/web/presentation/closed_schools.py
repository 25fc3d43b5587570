"""A school that closed, with links to those that follow it (rules.md, *Schools that closed*)."""

from collections.abc import Sequence
from datetime import date

from attrs import frozen

from checkdata.domain.people.school_register import ClosedSchool
from checkdata.entrypoints.web.presentation.listing_areas import OrganisationArea


@frozen(kw_only=True)
class ClosedSchoolView:
    """A school that closed; ``successors`` are links and what they say."""

    text: str
    closed_on: date | None
    successors: Sequence[tuple[str, str]]


def closed_school_view(place: OrganisationArea, closed: ClosedSchool) -> ClosedSchoolView:
    """Each link searches for those at a successor, because there may be none at all."""
    return ClosedSchoolView(
        text=_named(closed.name, closed.urn),
        closed_on=closed.closed_on,
        successors=[
            (place.address(place.area.path, {"query": each.urn}), _named(each.name, each.urn))
            for each in closed.successors
        ],
    )


def _named(name: str, urn: str) -> str:
    return f"{name} (URN {urn})"
