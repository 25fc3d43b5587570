"""The chase list: the people about whom somebody needs to act, school by school, and a text to send to each school."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from html import escape
from itertools import groupby

from attrs import frozen
from markupsafe import Markup

from checkdata.domain.listing.labels import ROLE_LABELS, TO_DO, WHO_ACTS_LABELS
from checkdata.domain.listing.queries import Page, ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.statuses import StatusGroup
from checkdata.domain.training.who_acts import WhoActs
from checkdata.domain.typed_text import displayed
from checkdata.domain.values import day_in_words
from checkdata.entrypoints.web.presentation.days_and_times import counted
from checkdata.entrypoints.web.presentation.escaping import escaped
from checkdata.entrypoints.web.presentation.filters import FilterInWords, filters_in_words
from checkdata.entrypoints.web.presentation.listing_areas import OrganisationArea
from checkdata.entrypoints.web.presentation.listing_table import own_pages
from checkdata.entrypoints.web.presentation.pagination import pagination


@frozen(kw_only=True)
class ChasedSchool:
    """A school with its people, and the text of an email to it; "" where the school has nothing to do.

    Each of the ``people`` is an item of a list: the name, which leads to their page, who needs to do what, since when.

    ``by_itself`` is the address of all of its people where a page may show only some, "" elsewhere. Then there is no
    email.
    """

    name: Markup
    urn: str
    people: Markup
    email: Markup
    by_itself: str


@frozen(kw_only=True)
class ChasePage:
    """A page of the chase list, and its links."""

    sentence: str
    schools: Sequence[ChasedSchool]
    in_words: Sequence[FilterInWords]
    workbook: str
    pages: Mapping[str, object]


def chase_page(place: OrganisationArea, query: ParticipantQuery, page: Page) -> ChasePage:
    """The rows of a page, which are in the order of their schools, under a heading for each."""
    area, asked = place.area, {name: word for name, word in query.words.items() if name != "sort"}

    def link(number: int) -> str:
        return place.address(area.chase, {**asked, "page": str(number)})

    return ChasePage(
        sentence=counted(page.found, area.one, area.many),
        schools=_schools(place, query, page),
        in_words=filters_in_words(place, query, {}, area.chase),
        workbook=place.address(f"{area.chase}.xlsx", asked) if page.found else "",
        pages=pagination(page.number, page.count, link),
    )


def _schools(place: OrganisationArea, query: ParticipantQuery, page: Page) -> Sequence[ChasedSchool]:
    """The schools of a page; the first may have begun on the page before, and the last may go on, on the next one.

    One that may be cut by the page's end has a link to all of it, because half an email looks whole.
    """
    people = zip(page.participants, _people(place, page.participants), strict=True)
    groups = [list(group) for _, group in groupby(people, key=lambda person: person[0].school_urn)]
    firsts = [group[0][0] for group in groups]
    names = escaped([first.school or f"School with the URN {first.school_urn}" for first in firsts])
    may_be_cut = {0} if page.number > 1 else set()
    if page.number < page.count:
        may_be_cut.add(len(groups) - 1)
    schools = []
    for place_of, (group, first, name) in enumerate(zip(groups, firsts, names, strict=True)):
        is_cut = place_of in may_be_cut and query.search.text != first.school_urn
        of_school = [row for row, _ in group if row.next is WhoActs.SCHOOL]
        email = _email(place.organisation.name, of_school) if of_school and not is_cut else ""
        by_itself = {**query.filters, "query": first.school_urn}
        school = ChasedSchool(
            name=_safe(name),
            urn=first.school_urn,
            people=_safe("".join(item for _, item in group)),
            email=_safe(escape(displayed(email))),
            by_itself=place.address(place.area.chase, by_itself) if is_cut else "",
        )
        schools.append(school)
    return schools


def _safe(escaped_before: str) -> Markup:
    return Markup(escaped_before)  # noqa: S704 - each part of it was escaped


def _people(place: OrganisationArea, rows: Sequence[ListedParticipant]) -> Sequence[str]:
    """Each person as an item of a list, made for all of a page in one go."""
    names = escaped([row.full_name for row in rows])
    told = [_told(row.role, row.next, row.group, row.since, row.since_at_least) for row in rows]
    return [
        f'<li><a class="govuk-link" href="{page}">{name}</a>, {state}</li>'
        for page, name, state in zip(own_pages(rows, place, {}), names, told, strict=True)
    ]


@lru_cache(maxsize=2000)
def _told(role: ParticipantRole, who: WhoActs, group: StatusGroup, since: date, at_least: bool) -> str:  # noqa: FBT001 - a row's own
    """What a page tells of many people in the same words."""
    to_do = f": {TO_DO[group]}" if group in TO_DO else ""
    words = ROLE_LABELS[role], WHO_ACTS_LABELS[who], to_do, _since(since, at_least)
    return str(Markup('{}<br>{}{}<span class="app-hint">Since {}</span>').format(*words))


def _email(organisation: str, rows: Sequence[ListedParticipant]) -> str:
    """What the school has to do, person by person: nothing else that is known of them goes into an email."""
    lines = [f"- {row.full_name}: {TO_DO[row.group]} (since {_since(row.since, row.since_at_least)})." for row in rows]
    return "\n".join(
        [
            "Hello",
            "",
            "These people need something that only your school can put right:",
            "",
            *lines,
            "",
            "You can do this in Manage ECTs. If something is not clear, reply to this email.",
            "",
            organisation,
        ]
    )


@lru_cache(maxsize=2000)
def _since(since: date, at_least: bool) -> str:  # noqa: FBT001 - a row's own
    return f"{day_in_words(since)}{' or earlier' if at_least else ''}"
