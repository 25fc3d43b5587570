"""What changed, in words: since when, how many of each kind, and the rows (service rule 16)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Final

from attrs import frozen

from checkdata.domain.listing.change_columns import CHANGE_LABELS
from checkdata.domain.listing.columns import ParticipantColumn
from checkdata.domain.listing.history import ChangeKind, RowChange
from checkdata.domain.listing.queries import DEFAULT_PAGE_SIZE
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.listing.follow_changes import ChangesPage, WantedChanges
from checkdata.domain.training.statuses import Status
from checkdata.domain.values import day_in_words, london_date
from checkdata.entrypoints.web.presentation.addresses import FROM_CHANGES, participant_path
from checkdata.entrypoints.web.presentation.days_and_times import counted, day_and_time, last_friday
from checkdata.entrypoints.web.presentation.filters import FilterInWords, filters_in_words
from checkdata.entrypoints.web.presentation.listing_areas import OrganisationArea
from checkdata.entrypoints.web.presentation.listing_table import since_when
from checkdata.entrypoints.web.presentation.pagination import pagination
from checkdata.entrypoints.web.presentation.short_words import SHORT_ROLES, short_heading, short_status
from checkdata.entrypoints.web.presentation.statuses import TAG_COLOURS

FIRST_VISIT_DAYS: Final = 28
"""How far back a first visit without a date looks."""
_EARLIER_STATUS: Final = "Newly shown to you, with a status from before then"
_RARE: Final = (ChangeKind.NOW_COVERED, ChangeKind.LEFT_VIEW)
"""The kinds that are left out where there are none."""


@frozen
class Asked:
    """What was asked for: changes since a typed date or a moment of a mail (``since``), the last visit, or neither."""

    wanted: WantedChanges
    since: date | datetime | None
    last_visit: datetime | None
    today: date

    @property
    def words(self) -> Mapping[str, str]:
        """The date or moment as the word of an address."""
        return {} if self.since is None else {"since": self.since.isoformat()}

    @property
    def first_day(self) -> date:
        """The day of the moment since which changes are told."""
        return london_date(self.wanted.since)


@frozen
class Tag:
    """A status as its tag."""

    label: str
    colour: str


@frozen(kw_only=True)
class ChangedRow:
    """One change: who, what, the status before if there was one, the status now, and other columns.

    Of a participant who left view: no page to go to, no status now, and nothing in the other columns. ``since`` is told
    where the day of the change is not.
    """

    name: str
    href: str
    change: str
    before: Tag | None
    now: Tag | None
    since: str
    beside: Sequence[str]


@frozen
class DayOfChanges:
    """The changes that were told on a day, or for which no day is told; ``heading`` says which."""

    heading: str
    rows: Sequence[ChangedRow]


@frozen
class ChosenLink:
    """A kind of change, or a time, that can be chosen: ``href`` shows only that."""

    text: str
    href: str
    is_on: bool


@frozen(kw_only=True)
class ChangesFound:
    """The table of changes and everything around it."""

    sentence: str
    since: str
    times: Sequence[ChosenLink]
    kinds: Sequence[ChosenLink]
    headings: Sequence[str]
    days: Sequence[DayOfChanges]
    in_words: Sequence[FilterInWords]
    everything: str
    download: str
    download_text: str
    page: str
    pages: Mapping[str, object]


def changes_found(place: OrganisationArea, asked: Asked, shown: ChangesPage) -> ChangesFound:
    """The page of the changes that were found."""
    area = place.area
    size = {} if shown.size == DEFAULT_PAGE_SIZE else {"per_page": str(shown.size)}
    since = asked.words
    kind = {} if asked.wanted.kind is None else {"kind": asked.wanted.kind.value}
    words = {**since, **asked.wanted.query.words}
    here = {} if shown.number == 1 else {"page": str(shown.number)}
    list_words = {**words, **kind, **size, **here, **FROM_CHANGES}
    count = max(1, -(-shown.found // shown.size))
    columns = [column for column in area.columns if column.name in area.beside]
    return ChangesFound(
        sentence=counted(shown.found, "change", "changes"),
        since=_since(asked),
        times=_times(place, asked, {**asked.wanted.query.words, **kind, **size}),
        kinds=_kinds(place, {**words, **size}, asked.wanted.kind, shown.counts),
        headings=["Full name", "Change", "Status before", "Status now", *map(short_heading, columns)],
        days=[
            DayOfChanges(heading, [_row(change, asked.first_day, place, columns, list_words) for change in changes])
            for heading, changes in groupby(shown.changes, partial(_day, asked=asked.first_day))
        ],
        in_words=filters_in_words(place, asked.wanted.query, {**since, **kind, **size}, area.changes),
        everything=place.address(area.changes, {**since, **kind, **size}),
        download=place.address(f"{area.changes}.csv", {**words, **kind}),
        download_text="this change" if shown.found == 1 else f"all {counted(shown.found, 'change', 'changes')}",
        page=f"page {shown.number} of {count}" if count > 1 else "",
        pages=pagination(
            shown.number,
            count,
            lambda number: place.address(area.changes, {**words, **kind, **size, "page": str(number)}),
        ),
    )


def _since(asked: Asked) -> str:
    if isinstance(asked.since, datetime):
        return f"since {day_and_time(asked.since)}"
    if asked.since is not None:
        return f"since {day_in_words(asked.since)}"
    if asked.last_visit is not None:
        return f"since your last visit on {day_and_time(asked.last_visit)}"
    return f"in the last {FIRST_VISIT_DAYS} days"


def _times(place: OrganisationArea, asked: Asked, words: Mapping[str, str]) -> Sequence[ChosenLink]:
    """Ready choices of the day from which changes are told: last Friday, and some days ago."""
    friday = last_friday(asked.today)
    days = {
        f"Since Friday {day_in_words(friday).rpartition(' ')[0]}": friday,
        **{f"Last {number} days": asked.today - timedelta(days=number) for number in (7, FIRST_VISIT_DAYS)},
    }
    return [
        ChosenLink(
            text, place.address(place.area.changes, {"since": day.isoformat(), **words}), is_on=asked.since == day
        )
        for text, day in days.items()
    ]


def _day(change: RowChange, asked: date) -> str:
    """The heading under which a change stands."""
    if change.kind is ChangeKind.LEFT_VIEW:
        return CHANGE_LABELS[change.kind]
    told = change.told_on(asked)
    return _EARLIER_STATUS if told is None else day_in_words(told)


def _kinds(
    place: OrganisationArea, words: Mapping[str, str], chosen: ChangeKind | None, counts: Mapping[ChangeKind, int]
) -> Sequence[ChosenLink]:
    path = place.area.changes
    every = ChosenLink(f"All ({sum(counts.values()):,})", place.address(path, words), chosen is None)
    return [
        every,
        *(
            ChosenLink(
                f"{CHANGE_LABELS[kind]} ({counts[kind]:,})",
                place.address(path, {**words, "kind": kind.value}),
                chosen is kind,
            )
            for kind in ChangeKind
            if kind not in _RARE or counts[kind] or chosen is kind
        ),
    ]


def _row(
    change: RowChange,
    asked: date,
    place: OrganisationArea,
    columns: Sequence[ParticipantColumn],
    words: Mapping[str, str],
) -> ChangedRow:
    now, role = change.now, place.area.role
    if change.kind is ChangeKind.LEFT_VIEW:
        return ChangedRow(
            name=now.full_name,
            href="",
            change=CHANGE_LABELS[change.kind],
            before=None if change.before is None else _tag(change.before.status, role),
            now=None,
            since="",
            beside=["" for _ in columns],
        )
    return ChangedRow(
        name=now.full_name,
        href=place.address(participant_path(place.area.path, now.participant_id), words),
        change=CHANGE_LABELS[change.kind],
        before=None if change.before is None else _tag(change.before.status, role),
        now=_tag(now.status, role),
        since="" if change.told_on(asked) else since_when(now.since, at_least=now.since_at_least),
        beside=[SHORT_ROLES[now.role] if column.name == "role" else column.cell(now) for column in columns],
    )


def _tag(status: Status, role: Role) -> Tag:
    return Tag(short_status(status, role), TAG_COLOURS[status])
