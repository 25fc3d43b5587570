"""The chase list: the people about whom somebody needs to act, school by school, and a text to send to each school."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby

from attrs import frozen
from markupsafe import Markup

from checkdata.domain.listing.labels import ROLE_LABELS, TO_DO, WHO_ACTS_LABELS
from checkdata.domain.listing.queries import Page, ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.statuses import StatusGroup
from checkdata.domain.training.who_acts import WhoActs
from checkdata.domain.values import day_in_words
from checkdata.entrypoints.web.presentation.addresses import participant_path
from checkdata.entrypoints.web.presentation.days_and_times import counted
from checkdata.entrypoints.web.presentation.filters import FilterInWords, filters_in_words
from checkdata.entrypoints.web.presentation.listing_areas import OrganisationArea
from checkdata.entrypoints.web.presentation.pagination import pagination


@frozen(kw_only=True)
class ChasedPerson:
    """One person: their name, the link to their page, and what is told of them: who needs to do what, since when."""

    name: str
    href: str
    told: Markup


@frozen(kw_only=True)
class ChasedSchool:
    """A school with its people, and the text of an email to it; "" where the school has nothing to do.

    ``by_itself`` is the address of all of its people where a page may show only some, "" elsewhere. Then there is no
    email.
    """

    name: str
    urn: str
    people: Sequence[ChasedPerson]
    email: str
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
    """The schools of a page; the first may have begun on the page before, and the last may go on, on the next one."""
    groups = [list(rows) for _, rows in groupby(page.participants, key=lambda row: row.school_urn)]
    may_be_cut = {0} if page.number > 1 else set()
    if page.number < page.count:
        may_be_cut.add(len(groups) - 1)
    return [_school(place, query, rows, is_cut=place_of in may_be_cut) for place_of, rows in enumerate(groups)]


def _school(
    place: OrganisationArea, query: ParticipantQuery, rows: Sequence[ListedParticipant], *, is_cut: bool
) -> ChasedSchool:
    """A school; one that may be cut by the page's end has a link to all of it, because half an email looks whole."""
    of_school = [row for row in rows if row.next is WhoActs.SCHOOL]
    first, by_itself = rows[0], {**query.filters, "query": rows[0].school_urn}
    is_cut = is_cut and query.search.text != first.school_urn
    return ChasedSchool(
        name=first.school or f"School with the URN {first.school_urn}",
        urn=first.school_urn,
        people=[_person(place, row) for row in rows],
        email=_email(place.organisation.name, of_school) if of_school and not is_cut else "",
        by_itself=place.address(place.area.chase, by_itself) if is_cut else "",
    )


def _person(place: OrganisationArea, row: ListedParticipant) -> ChasedPerson:
    return ChasedPerson(
        name=row.full_name,
        href=place.address(participant_path(place.area.path, row.participant_id)),
        told=_told(row.role, row.next, row.group, _since(row)),
    )


@lru_cache(maxsize=2000)
def _told(role: ParticipantRole, who: WhoActs, group: StatusGroup, since: str) -> Markup:
    """What a page tells of many people in the same words."""
    to_do = f": {TO_DO[group]}" if group in TO_DO else ""
    told = ROLE_LABELS[role], WHO_ACTS_LABELS[who], to_do, since
    return Markup('{}<br>{}{}<span class="app-hint">Since {}</span>').format(*told)


def _email(organisation: str, rows: Sequence[ListedParticipant]) -> str:
    """What the school has to do, person by person: nothing else that is known of them goes into an email."""
    lines = [f"- {row.full_name}: {TO_DO[row.group]} (since {_since(row)})." for row in rows]
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


def _since(row: ListedParticipant) -> str:
    return f"{day_in_words(row.since)}{' or earlier' if row.since_at_least else ''}"
