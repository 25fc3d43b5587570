"""The rows of a listing as HTML, made here: a page has a thousand cells, and a template takes 1 µs for each word.

Every text from outside goes through `html.escape`, as the templates' own escaping does it (security.md 36).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from html import escape
from typing import Final

from markupsafe import Markup

from checkdata.domain.access import Acting
from checkdata.domain.downloads import ParticipantColumn, columns_for
from checkdata.domain.listings import ListedParticipant
from checkdata.domain.organisations import Role
from checkdata.domain.statuses import Status, StatusGroup
from checkdata.domain.training_facts import ParticipantRole
from checkdata.entrypoints.web.presentation.places import HOME, address, participant_path
from checkdata.entrypoints.web.presentation.statuses import TAG_COLOURS, label_of, meaning_of
from checkdata.entrypoints.web.presentation.words import day

HINTS: Final[Mapping[str, str]] = {
    "trn": "Not validated yet",
    "lead_provider": "None confirmed, or the school delivers accredited materials itself",
    "email_address": "Not given",
    "induction_tutor": "Not given",
}
"""What stands where a value is blank; no part of the value (service rules 9 and 10)."""

_Draw = Callable[[ListedParticipant], str]


def rows_as_html(participants: Sequence[ListedParticipant], acting: Acting, words: Mapping[str, str]) -> Markup:
    """The table's rows: cells are those of the download, in its order, and status and hints stand with them.

    A name leads to its participant's own page; *words* are those of the list, so that the page can lead back to it.
    """
    name, others = _name(acting, words), _cells(acting.role)
    rows = (name(listed) + "".join([draw(listed) for draw in others]) for listed in participants)
    return Markup("\n").join(Markup(f"<tr>{row}</tr>") for row in rows)  # noqa: S704 - drawn here


def _name(acting: Acting, words: Mapping[str, str]) -> _Draw:
    """The row's header."""
    first, *_ = columns_for(acting.role)
    before = f'<th scope="row" data-heading="{escape(first.heading)}">'
    after_id = escape(address("", acting.organisation, words))
    path, text = HOME[acting.role], first.cell

    def draw(p: ListedParticipant) -> str:
        own_page = f"{participant_path(path, p.participant_id)}{after_id}"
        return f'{before}<a class="govuk-link" href="{own_page}">{escape(text(p))}</a></th>'

    return draw


@cache
def _cells(role: Role) -> Sequence[_Draw]:
    _, *others = columns_for(role)
    return [_status(column, role) if column.name == "status" else _cell(column) for column in others]


def _cell(column: ParticipantColumn) -> _Draw:
    opening = f'<td data-heading="{escape(column.heading)}">'
    hint = HINTS.get(column.name, "")
    blank = f'{opening}<span class="app-hint">{hint}</span></td>' if hint else f"{opening}</td>"
    text = column.cell

    def draw(listed: ListedParticipant) -> str:
        shown = text(listed)
        return f"{opening}{_breakable(shown)}</td>" if shown else blank

    return draw


def _breakable(text: str) -> str:
    """An address may break before its @, and is copied as it is."""
    return escape(text).replace("@", "<wbr>@")


def _status(column: ParticipantColumn, role: Role) -> _Draw:
    opening = f'<td class="app-status" data-heading="{escape(column.heading)}">'

    def draw(p: ListedParticipant) -> str:
        tag, move = _tag(p.status, role), _move(p.group, p.role)
        return (
            f'{opening}{tag}<span class="app-hint">{since_when(p.since, at_least=p.since_at_least)}</span>{move}</td>'
        )

    return draw


@cache
def _tag(status: Status, role: Role) -> str:
    label = escape(label_of(status, role))
    return f'<strong class="govuk-tag govuk-tag--{TAG_COLOURS[status]}">{label}</strong>'


@cache
def _move(group: StatusGroup, role: ParticipantRole) -> str:
    move = meaning_of(group, role).move.value
    return f'<span class="app-hint">Next: {escape(move)}</span>' if move else ""


@lru_cache(maxsize=1000)
def since_when(since: date, *, at_least: bool) -> str:
    """Since when a status holds: where the first import met it so, at least since then (service rule 11)."""
    return f"{'since at least' if at_least else 'since'} {day(since)}"
