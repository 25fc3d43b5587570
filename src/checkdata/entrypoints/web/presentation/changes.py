"""What changed, in words: since when, how many of each kind, and the rows (service rule 16)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from attrs import frozen

from checkdata.domain.listing.change_columns import CHANGE_LABELS
from checkdata.domain.listing.columns import ParticipantColumn
from checkdata.domain.listing.history import ChangeKind, RowChange
from checkdata.domain.listing.queries import DEFAULT_PAGE_SIZE
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.listing.follow_changes import ChangesPage, WantedChanges
from checkdata.domain.training.statuses import Status
from checkdata.domain.values import day_in_words
from checkdata.entrypoints.web.presentation.addresses import FROM_CHANGES, participant_path
from checkdata.entrypoints.web.presentation.days_and_times import counted, day_and_time
from checkdata.entrypoints.web.presentation.filters import FilterInWords, filters_in_words
from checkdata.entrypoints.web.presentation.listing_areas import OrganisationArea
from checkdata.entrypoints.web.presentation.listing_table import since_when
from checkdata.entrypoints.web.presentation.pagination import pagination
from checkdata.entrypoints.web.presentation.statuses import TAG_COLOURS

_RARE: Final = (ChangeKind.NOW_COVERED, ChangeKind.LEFT_VIEW)
"""The kinds that are left out where there are none."""


@frozen
class Asked:
    """What was asked for: changes since a typed date, since the last visit, or neither."""

    wanted: WantedChanges
    day: date | None
    last_visit: datetime | None


@frozen
class Tag:
    """A status as its tag."""

    label: str
    colour: str


@frozen(kw_only=True)
class ChangedRow:
    """One change: who, what, the status before if there was one, the status now, and other columns.

    Of a participant who left view: no page to go to, no status now, and nothing in the other columns.
    """

    name: str
    href: str
    change: str
    before: Tag | None
    now: Tag | None
    since: str
    beside: Sequence[str]


@frozen
class KindLink:
    """A kind of change with how many there are; ``href`` shows only those."""

    text: str
    href: str
    is_on: bool


@frozen(kw_only=True)
class ChangesFound:
    """The table of changes and everything around it."""

    sentence: str
    since: str
    kinds: Sequence[KindLink]
    headings: Sequence[str]
    rows: Sequence[ChangedRow]
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
    since = {} if asked.day is None else {"since": asked.day.isoformat()}
    kind = {} if asked.wanted.kind is None else {"kind": asked.wanted.kind.value}
    words = {**since, **asked.wanted.query.words}
    here = {} if shown.number == 1 else {"page": str(shown.number)}
    list_words = {**words, **kind, **size, **here, **FROM_CHANGES}
    count = max(1, -(-shown.found // shown.size))
    columns = [column for column in area.columns if column.name in area.beside]
    return ChangesFound(
        sentence=counted(shown.found, "change", "changes"),
        since=_since(asked),
        kinds=_kinds(place, {**words, **size}, asked.wanted.kind, shown.counts),
        headings=["Full name", "Change", "Status before", "Status now", *(column.heading for column in columns)],
        rows=[_row(change, place, columns, list_words) for change in shown.changes],
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
    if asked.day is not None:
        return f"since {day_in_words(asked.day)}"
    if asked.last_visit is not None:
        return f"since your last visit on {day_and_time(asked.last_visit)}"
    return f"since {day_in_words(asked.wanted.since.date())}, as this is your first visit"


def _kinds(
    place: OrganisationArea, words: Mapping[str, str], chosen: ChangeKind | None, counts: Mapping[ChangeKind, int]
) -> Sequence[KindLink]:
    path = place.area.changes
    every = KindLink(f"All ({sum(counts.values()):,})", place.address(path, words), chosen is None)
    return [
        every,
        *(
            KindLink(
                f"{CHANGE_LABELS[kind]} ({counts[kind]:,})",
                place.address(path, {**words, "kind": kind.value}),
                chosen is kind,
            )
            for kind in ChangeKind
            if kind not in _RARE or counts[kind] or chosen is kind
        ),
    ]


def _row(
    change: RowChange, place: OrganisationArea, columns: Sequence[ParticipantColumn], words: Mapping[str, str]
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
        since=since_when(now.since, at_least=now.since_at_least),
        beside=[column.cell(now) for column in columns],
    )


def _tag(status: Status, role: Role) -> Tag:
    return Tag(status.label_for(role), TAG_COLOURS[status])
