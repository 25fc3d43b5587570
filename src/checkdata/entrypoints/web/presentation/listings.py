"""The page of a listing: its rows, its filters in words, its links (service rules 8 to 14)."""

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.access import Acting
from checkdata.domain.downloads import columns_for
from checkdata.domain.listings import ListedParticipant
from checkdata.domain.organisations import Role
from checkdata.domain.queries import DEFAULT_PAGE_SIZE, PAGE_SIZES, Page, ParticipantQuery
from checkdata.entrypoints.web.presentation.filters import FilterInWords, filters_in_words
from checkdata.entrypoints.web.presentation.pagination import pagination
from checkdata.entrypoints.web.presentation.places import HOME, address
from checkdata.entrypoints.web.presentation.statuses import TAG_COLOURS, meaning_of
from checkdata.entrypoints.web.presentation.words import counted, day


@frozen(kw_only=True)
class Area:
    """How a role's listing is called, and by what it may be filtered."""

    title: str
    one: str
    many: str
    filters: Sequence[str]
    mistakes: str


AREAS: Final[Mapping[Role, Area]] = {
    Role.DELIVERY_PARTNER: Area(
        title="Participants",
        one="participant",
        many="participants",
        filters=("role", "academic_year", "status"),
        mistakes="You cannot change anything about a participant here. Ask your lead provider, who can put it right.",
    ),
    Role.APPROPRIATE_BODY: Area(
        title="Early career teachers",
        one="early career teacher",
        many="early career teachers",
        filters=("status",),
        mistakes="You cannot change anything about an early career teacher here. Ask their school or lead provider.",
    ),
}

HINTS: Final[Mapping[str, str]] = {
    "trn": "Not validated yet",
    "lead_provider": "None confirmed, or the school delivers accredited materials itself",
    "email_address": "Not given",
    "induction_tutor": "Not given",
}
"""What stands where a value is blank; no part of the value (service rules 9 and 10)."""


@frozen
class Cell:
    """A value under its heading, and the hint that is shown where it is blank; the status is shown as a tag."""

    heading: str
    text: str
    hint: str
    is_status: bool


@frozen(kw_only=True)
class Row:
    """A participant in the table: cells in the order of the columns, and what stands with the status."""

    cells: Sequence[Cell]
    colour: str
    since: str
    move: str


@frozen(kw_only=True)
class Found:
    """What a query found, and the links that change or fetch it."""

    headings: Sequence[str]
    rows: Sequence[Row]
    sentence: str
    in_words: Sequence[FilterInWords]
    everything: str
    download: str
    download_text: str
    page: str
    pages: Mapping[str, object]
    sizes: Sequence[tuple[int, str]]


def found(acting: Acting, query: ParticipantQuery, page: Page) -> Found:
    """The table and everything around it."""
    path, area = HOME[acting.role], AREAS[acting.role]
    size = {} if page.size == DEFAULT_PAGE_SIZE else {"per_page": str(page.size)}

    def link(**words: str) -> str:
        return address(path, acting.organisation, {**query.words, **size, **words})

    return Found(
        headings=[column.heading for column in columns_for(acting.role)],
        rows=[row(listed, acting.role) for listed in page.participants],
        sentence=_sentence(area, page),
        in_words=filters_in_words(acting, query, size),
        everything=address(path, acting.organisation, size),
        download=address(f"{path}.csv", acting.organisation, query.words),
        download_text=_download_text(area, page.found),
        page=f"page {page.number} of {page.count}" if page.count > 1 else "",
        pages=pagination(page.number, page.count, lambda number: link(page=str(number))),
        sizes=[(choice, "" if choice == page.size else link(per_page=str(choice))) for choice in PAGE_SIZES],
    )


def row(listed: ListedParticipant, role: Role) -> Row:
    """One participant's row; cells are those of the download (service rule 13)."""
    since = "since at least" if listed.since_at_least else "since"
    return Row(
        cells=[
            Cell(column.heading, column.cell(listed), HINTS.get(column.name, ""), column.name == "status")
            for column in columns_for(role)
        ],
        colour=TAG_COLOURS[listed.status],
        since=f"{since} {day(listed.since)}",
        move=meaning_of(listed.group, listed.role).move.value,
    )


def _sentence(area: Area, page: Page) -> str:
    shown = counted(page.found, area.one, area.many)
    if page.count == 1:
        return f"{shown} found"
    first = (page.number - 1) * page.size + 1
    return f"{shown} found, showing {first:,} to {first + len(page.participants) - 1:,}"


def _download_text(area: Area, number: int) -> str:
    return f"this {area.one}" if number == 1 else f"all {number:,} {area.many}"
