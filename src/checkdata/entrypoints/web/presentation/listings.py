"""The page of a listing: its rows, its filters in words, its links (service rules 8 to 14)."""

from collections.abc import Mapping, Sequence

from attrs import frozen
from markupsafe import Markup

from checkdata.domain.listing.filters import word_of
from checkdata.domain.listing.queries import DEFAULT_PAGE_SIZE, PAGE_SIZES, Page, ParticipantQuery
from checkdata.domain.training.statuses import ACTIVE
from checkdata.entrypoints.web.presentation.days_and_times import counted
from checkdata.entrypoints.web.presentation.filters import FilterInWords, filters_in_words
from checkdata.entrypoints.web.presentation.listing_areas import (
    ListingArea,
    OrganisationArea,
    at_school,
    list_path,
)
from checkdata.entrypoints.web.presentation.listing_table import rows_as_html
from checkdata.entrypoints.web.presentation.pagination import pagination
from checkdata.entrypoints.web.presentation.sort_links import Heading, headings


@frozen(kw_only=True)
class ListingPage:
    """What a query found, and the links that change or fetch it."""

    headings: Sequence[Heading]
    rows: Markup
    sentence: str
    in_words: Sequence[FilterInWords]
    everything: str
    active: str
    download: str
    download_excel: str
    download_text: str
    downloads: str
    page: str
    pages: Mapping[str, object]
    sizes: Sequence[tuple[int, str]]

    @property
    def columns(self) -> Sequence[str]:
        """What the columns of the table are called."""
        return [heading.text for heading in self.headings]


def listing_page(place: OrganisationArea, query: ParticipantQuery, page: Page) -> ListingPage:
    """The table and everything around it; of one school, if the query is."""
    area, path = place.area, list_path(place.area, query)
    size = {} if page.size == DEFAULT_PAGE_SIZE else {"per_page": str(page.size)}
    asked = query.words

    def link(**words: str) -> str:
        return place.address(path, {**asked, **size, **words})

    here = {} if page.number == 1 else {"page": str(page.number)}
    return ListingPage(
        headings=headings(place, query, size),
        rows=rows_as_html(page.participants, place, {**asked, **at_school(query), **size, **here}),
        sentence=_sentence(area, page),
        in_words=filters_in_words(place, query, size, path),
        everything=place.address(path, {**query.order.words, **size}),
        active="" if not page.found or query.chosen.get("status") == ACTIVE else link(status=word_of(ACTIVE)),
        download=place.address(f"{area.path}.csv", asked),
        download_excel=place.address(f"{area.path}.xlsx", asked),
        download_text=_download_text(area, page.found),
        downloads=place.address(area.downloads, asked),
        page=f"page {page.number} of {page.count}" if page.count > 1 else "",
        pages=pagination(page.number, page.count, lambda number: link(page=str(number))),
        sizes=[(choice, "" if choice == page.size else link(per_page=str(choice))) for choice in PAGE_SIZES],
    )


def _sentence(area: ListingArea, page: Page) -> str:
    shown = counted(page.found, area.one, area.many)
    if page.count == 1:
        return f"{shown} found"
    first = (page.number - 1) * page.size + 1
    return f"{shown} found, showing {first:,} to {first + len(page.participants) - 1:,}"


def _download_text(area: ListingArea, number: int) -> str:
    return f"this {area.one}" if number == 1 else f"all {number:,} {area.many}"
