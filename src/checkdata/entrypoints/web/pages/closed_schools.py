"""What pages tell of schools that closed (rules.md, *Schools that closed*)."""

from collections.abc import Sequence

from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.presentation.closed_schools import ClosedSchoolView, closed_school_view


def closed_at(ask: Ask, access: Access, urn: str) -> Sequence[ClosedSchoolView]:
    """The school of this URN, if it closed."""
    closed = ask.site.services.follow_schools.closed(urn)
    return () if closed is None else (closed_school_view(access.place, closed),)


def closed_in_search(ask: Ask, access: Access, text: str) -> Sequence[ClosedSchoolView]:
    """The closed schools that a search is the URN or the name of."""
    return [closed_school_view(access.place, each) for each in ask.site.services.follow_schools.searched(text)]
