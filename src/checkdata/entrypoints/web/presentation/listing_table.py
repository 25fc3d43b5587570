"""Makes the HTML of a listing's rows: a page has a thousand cells, and a template takes 1 µs for each word.

Every text from outside is escaped (security.md 36).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from html import escape
from operator import attrgetter
from typing import Final

from markupsafe import Markup

from checkdata.domain.listing.columns import ParticipantColumn
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import Role
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.statuses import Status, StatusGroup
from checkdata.domain.values import day_in_words
from checkdata.entrypoints.web.presentation.addresses import participant_paths
from checkdata.entrypoints.web.presentation.escaping import escaped
from checkdata.entrypoints.web.presentation.listing_areas import OrganisationArea
from checkdata.entrypoints.web.presentation.short_words import SHORT_ROLES, short_day, short_status
from checkdata.entrypoints.web.presentation.statuses import TAG_COLOURS, status_meaning

HINTS: Final[Mapping[str, str]] = {
    "trn": "Not validated yet",
    "lead_provider": "None confirmed, or the school delivers accredited materials itself",
    "email_address": "Not given",
    "induction_tutor": "Not given",
}
"""The text shown for a blank value; it is not part of the value (service rules 9 and 10)."""
_SHORT_HINTS: Final[Mapping[str, str]] = {**HINTS, "lead_provider": "None confirmed, or school-led"}
"""The same in a list, which says below it what is meant."""
PRIOR_INDUCTION: Final = "Prior induction registered"
"""The hint beside the status of a participant whose teacher record shows an earlier induction."""

_STATE: Final = attrgetter("status", "group", "role", "since", "since_at_least", "completed_on")


def rows_as_html(
    participants: Sequence[ListedParticipant], place: OrganisationArea, words: Mapping[str, str]
) -> Markup:
    """The rows of the table: what the download tells, in its order and in short words, with "since" and the hints.

    A name leads to its participant's own page; *words* are those of the list, so that the page can lead back to it.

    The next cell ends a cell, and the next row a row (HTML 13.1.2.4): a page has a thousand, and the stylesheet knows
    which is which, so that nothing stands in them a thousand times.
    """
    first, *others = place.area.columns
    cells = [
        own_pages(participants, place, words),
        escaped(list(map(first.cell, participants))),
        *(_cells(column, participants, place.area.role) for column in others),
    ]
    rows = [
        f'<tr><th scope="row"><a href="{own_page}">{name}</a><td>{"<td>".join(texts)}'
        for own_page, name, *texts in zip(*cells, strict=True)
    ]
    return Markup("\n".join(rows))  # noqa: S704 - each was escaped


def own_pages(
    participants: Sequence[ListedParticipant], place: OrganisationArea, words: Mapping[str, str]
) -> Sequence[str]:
    """The addresses of participants' own pages, escaped; *words* are those of the page that they lead back to."""
    after_id = escape(place.address("", words))
    paths = participant_paths(place.area.path, [listed.participant_id for listed in participants])
    return [f"{own_page}{after_id}" for own_page in paths] if participants else []


def _cells(column: ParticipantColumn, participants: Sequence[ListedParticipant], role: Role) -> Sequence[str]:
    """The cells of a column, two for a status; an address may break before its @, and is copied as it is."""
    if column.name == "status":
        return [_status_and_since(role, state) for state in map(_STATE, participants)]
    if column.name == "role":
        return [SHORT_ROLES[listed.role] for listed in participants]
    if column.name == "school_urn":
        return _urns_and_names(participants)
    texts, blank = escaped(list(map(column.cell, participants)), "<wbr>@"), _hint(_SHORT_HINTS.get(column.name, ""))
    return [text or blank for text in texts]


def _urns_and_names(participants: Sequence[ListedParticipant]) -> Sequence[str]:
    """Schools of a list that has no column for their names."""
    names = escaped([listed.school for listed in participants])
    return [f"{listed.school_urn}{_hint(name)}" for listed, name in zip(participants, names, strict=True)]


def _hint(text: str) -> str:
    return f"<small>{text}</small>" if text else ""


@cache
def _tag(status: Status, role: Role) -> str:
    label = escape(short_status(status, role))
    return f'<strong class="govuk-tag govuk-tag--{TAG_COLOURS[status]}">{label}</strong>'


@lru_cache(maxsize=1000)
def _status_and_since(role: Role, state: tuple[Status, StatusGroup, ParticipantRole, date, bool, date | None]) -> str:
    status, group, participant, since, at_least, completed_on = state
    move = status_meaning(group, participant).mover
    lines = (
        PRIOR_INDUCTION if group is StatusGroup.PREVIOUS_INDUCTION else "",
        f"Next: {escape(move)}" if move else "",
        f"on {day_in_words(completed_on)}" if completed_on else "",
    )
    hints = _hint("<br>".join(filter(None, lines)))
    return f"{_tag(status, role)}{hints}<td>{short_day(since)}{_hint('or earlier') if at_least else ''}"


def since_when(since: date, *, at_least: bool) -> str:
    """Since when a status holds; or earlier, if the first import already had it (service rule 11)."""
    return f"since {day_in_words(since)}{' or earlier' if at_least else ''}"
