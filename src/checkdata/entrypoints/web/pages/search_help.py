"""What a page tells beside a search that found nobody, or not all of a list of TRNs (service rule 12)."""

from collections.abc import Sequence

from attrs import frozen

from checkdata.domain.listing.queries import Page, ParticipantQuery
from checkdata.domain.reconciliation.result_rows import school_of
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.presentation.addresses import participant_path


@frozen(kw_only=True)
class SearchHelp:
    """The link, name and school of participants with close names, and the numbers of a list that were not found."""

    close: Sequence[tuple[str, str, str]] = ()
    missing: Sequence[str] = ()


def search_help(ask: Ask, access: Access, query: ParticipantQuery, page: Page) -> SearchHelp | None:
    """What helps with this search; None where nothing was searched for, or all of it was found."""
    helping, place = ask.site.services.help_search, access.place
    if not query.search or ask.only_headers:
        return None
    missing = helping.missing_trns(query, page)
    if page.found and not missing:
        return None
    close = () if page.found else helping.close_names(access.acting, query)
    return SearchHelp(
        close=[
            (place.address(participant_path(place.area.path, one.participant_id)), one.full_name, school_of(one))
            for one in close
        ],
        missing=missing,
    )
