"""One page of a list that is in memory as a whole."""

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from attrs import frozen

from checkdata.domain.errors import PageNotFound
from checkdata.domain.listing.queries import DEFAULT_PAGE_SIZE, checked_page
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.presentation.addresses import address
from checkdata.entrypoints.web.presentation.pagination import pagination

Thing = TypeVar("Thing")


@frozen(kw_only=True)
class PagedList(Generic[Thing]):
    """How many things were found, those on this page, and the options of ``govukPagination``."""

    number: int
    shown: Sequence[Thing]
    pages: Mapping[str, object]


def page_of(
    ask: Ask, access: Access, place: str, things: Sequence[Thing], words: Mapping[str, str] | None = None
) -> PagedList[Thing]:
    """The page that the address asks for, whose links keep *words*; `PageNotFound` past the end."""
    number = _page_number(ask.words.get("page", "1"))
    start = checked_page(number, DEFAULT_PAGE_SIZE, len(things))

    def link(page: int) -> str:
        return address(place, access.acting.organisation, {**(words or {}), "page": str(page)})

    return PagedList(
        number=len(things),
        shown=things[start : start + DEFAULT_PAGE_SIZE],
        pages=pagination(number, max(1, -(-len(things) // DEFAULT_PAGE_SIZE)), link),
    )


def _page_number(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) < 10):  # noqa: PLR2004 - a page number is not that long
        raise PageNotFound
    return int(word)
