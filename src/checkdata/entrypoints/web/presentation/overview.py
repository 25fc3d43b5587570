"""The overview: counts, each beside the link to the list that it counts, and bars that say the same again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from attrs import frozen

from checkdata.domain.listing.counts import StatusCount, day_to_compare_with, days_to_show
from checkdata.domain.listing.filters import FILTER_NAMED
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.listing.view_overview import Overview
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.statuses import Status
from checkdata.domain.training.who_acts import WhoActs
from checkdata.domain.values import day_in_words
from checkdata.entrypoints.web.presentation.days_and_times import counted
from checkdata.entrypoints.web.presentation.listing_areas import OrganisationArea
from checkdata.entrypoints.web.presentation.schools import SchoolRow, school_rows

MOST_SCHOOLS: Final = 5
"""How many schools the overview names."""

_TILES: Final[Mapping[WhoActs, tuple[str, str]]] = {
    WhoActs.SCHOOL: ("Schools", ""),
    WhoActs.LEAD_PROVIDER: ("Lead providers", "Deferred participants"),
    WhoActs.APPROPRIATE_BODY: ("Appropriate bodies", "Induction start not registered"),
    WhoActs.DFE: ("DfE", "Nothing for you to do"),
}
"""What the tile of each of those who can act says, and what is behind its number."""
_CALLED: Final = {
    ParticipantRole.ECT: ("early career teacher", "early career teachers"),
    ParticipantRole.MENTOR: ("mentor", "mentors"),
}


@frozen(kw_only=True)
class Tile:
    """For how many participants one of those who can act has to, and the list of them."""

    number: int
    text: str
    hint: str
    href: str


@frozen(kw_only=True)
class Bar:
    """A number, and how long its bar is: 100 for the highest."""

    number: int
    length: float


@frozen(kw_only=True)
class StatusRow:
    """A status: how many have it now, the list of them, and what changed in words."""

    text: str
    href: str
    now: Bar
    change: str


@frozen(kw_only=True)
class DayRow:
    """The numbers of each status as the last import of a day left them."""

    day: date
    bars: Sequence[Bar]


@frozen(kw_only=True)
class Choice:
    """A year or a role that the page can be of; ``href`` is "" for the one that it is of."""

    text: str
    href: str


@frozen(kw_only=True)
class OverviewPage:
    """What the page shows; ``compared_with`` is None if there is no earlier day to compare with."""

    changes: str
    changes_href: str
    tiles: Sequence[Tile]
    heading: str
    years: Sequence[Choice]
    roles: Sequence[Choice]
    rows: Sequence[StatusRow]
    compared_with: date | None
    days: Sequence[DayRow]
    labels: Sequence[str]
    schools: Sequence[SchoolRow]
    schools_heading: str
    schools_text: str
    schools_href: str
    chase_href: str


def overview_page(place: OrganisationArea, shown: Overview, friday: date) -> OverviewPage:
    """The counts with their links, each made for the organisation."""
    area = place.area
    since = f"since Friday {day_in_words(friday)}"
    number = len(shown.schools)
    rows, total = _status_rows(place, shown)
    return OverviewPage(
        changes=f"{counted(shown.changes, 'change', 'changes')} {since}",
        changes_href=place.address(area.changes, {"since": friday.isoformat()}),
        tiles=_tiles(place, shown),
        heading=f"{counted(total, *_CALLED[shown.role])} in academic year {shown.academic_year}",
        years=_years(place, shown),
        roles=_roles(place, shown),
        rows=rows,
        compared_with=_compared_with(shown),
        days=_day_rows(shown.days),
        labels=[status.label_for(area.role) for status in Status],
        schools=school_rows(place, shown.schools[:MOST_SCHOOLS]),
        schools_heading=f"{counted(number, 'school', 'schools')}, most to resolve first",
        schools_text=f"All {counted(number, 'school', 'schools')}" if number > MOST_SCHOOLS else "Schools",
        schools_href=place.address(area.schools),
        chase_href=place.address(area.chase, {"next": WhoActs.SCHOOL.value}),
    )


def _tiles(place: OrganisationArea, shown: Overview) -> Sequence[Tile]:
    return [
        Tile(
            number=sum(tally.number for tally in shown.tallies if tally.value_of("next") is who),
            text=text,
            hint=hint,
            href=place.address(place.area.path, {"next": who.value}),
        )
        for who, (text, hint) in _TILES.items()
    ]


def _status_rows(place: OrganisationArea, shown: Overview) -> tuple[Sequence[StatusRow], int]:
    """A row for each status and one for all of them, and how many participants there are in all."""
    chosen = {"role": shown.role, "academic_year": shown.academic_year}
    of_page = [tally for tally in shown.tallies if all(tally.value_of(name) == chosen[name] for name in chosen)]
    now = {status: sum(t.number for t in of_page if t.value_of("status") is status) for status in Status}
    then = _numbers_on(shown.days, _compared_with(shown))
    words, longest = _words_of(place, shown), max(now.values(), default=0)
    rows = [
        StatusRow(
            text=status.label_for(place.area.role),
            href=place.address(place.area.path, {**words, "status": status.value}),
            now=_bar(now[status], longest),
            change=_in_words(now[status] - then.get(status, 0)),
        )
        for status in Status
    ]
    total = sum(now.values())
    every = StatusRow(
        text="All statuses",
        href=place.address(place.area.path, words),
        now=Bar(number=total, length=0),
        change=_in_words(total - sum(then.values())),
    )
    return [*rows, every], total


def _words_of(place: OrganisationArea, shown: Overview) -> dict[str, str]:
    """The year and the role as filters of the list; a role that has no such filter sees no others."""
    words = {"role": shown.role.value, "academic_year": str(shown.academic_year)}
    return {name: word for name, word in words.items() if FILTER_NAMED[name] in place.area.filters}


def _compared_with(shown: Overview) -> date | None:
    if shown.as_of is None:
        return None
    return day_to_compare_with((count.day for count in shown.days), shown.as_of.today)


def _numbers_on(days: Iterable[StatusCount], day: date | None) -> Mapping[Status, int]:
    return {count.status: count.number for count in days if count.day == day}


def _in_words(more: int) -> str:
    if more == 0:
        return "no change"
    return f"{more:,} more" if more > 0 else f"{-more:,} fewer"


def _bar(number: int, longest: int) -> Bar:
    return Bar(number=number, length=round(100 * number / longest, 1) if longest else 0)


def _day_rows(counts: Sequence[StatusCount]) -> Sequence[DayRow]:
    """The same scale for all, so that one status can be compared with another."""
    days = days_to_show({count.day for count in counts})
    on = {day: _numbers_on(counts, day) for day in days}
    longest = max((number for numbers in on.values() for number in numbers.values()), default=0)
    return [
        DayRow(day=day, bars=[_bar(on[day].get(status, 0), longest) for status in Status]) for day in reversed(days)
    ]


def _years(place: OrganisationArea, shown: Overview) -> Sequence[Choice]:
    years = {shown.academic_year or 0, *(tally.value_of("academic_year") for tally in shown.tallies)}
    return [
        Choice(text=str(year), href="" if year == shown.academic_year else _of_page(place, shown, academic_year=year))
        for year in sorted(years, reverse=True)
    ]


def _roles(place: OrganisationArea, shown: Overview) -> Sequence[Choice]:
    if place.area.role is not Role.DELIVERY_PARTNER:
        return []
    return [
        Choice(text=many.capitalize(), href="" if role is shown.role else _of_page(place, shown, role=role.value))
        for role, (_, many) in _CALLED.items()
    ]


def _of_page(place: OrganisationArea, shown: Overview, **other: object) -> str:
    words = {**_words_of(place, shown), **{name: str(word) for name, word in other.items()}}
    return place.address(place.area.overview, words)
