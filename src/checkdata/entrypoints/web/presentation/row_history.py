"""The history of a row in words: what this organisation saw of a participant, and when that changed.

A version begins with an import. What is told of it are the columns that the role sees and the sentence of its group of
states, never a state (statuses.md 2, security.md 45).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from attrs import frozen

from checkdata.domain.listing.columns import columns_for
from checkdata.domain.listing.history import Version
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import london_date
from checkdata.entrypoints.web.presentation.listing_table import HINTS
from checkdata.entrypoints.web.presentation.statuses import status_meaning


@frozen
class DayOfHistory:
    """What changed on a day, a line for each change."""

    on: date
    lines: Sequence[str]


def history_by_day(history: Sequence[Version], role: Role) -> Sequence[DayOfHistory]:
    """The history, newest first; a version in which nothing differs that the role sees is left out."""
    turns = [
        DayOfHistory(london_date(now.began.at), list(_turn(before, now, role))) for now, before in pairwise(history)
    ]
    first = [DayOfHistory(london_date(version.began.at), [_first(version, role)]) for version in history[-1:]]
    return [turn for turn in (*turns, *first) if turn.lines]


def _first(version: Version, role: Role) -> str:
    return f"First shown, with the status {version.listed.status.label_for(role)}"


def _turn(before: Version, now: Version, role: Role) -> Iterator[str]:
    if before.ended != now.began:
        yield "Shown again"
    yield from _differences(before.listed, now.listed, role)
    if before.listed.group is not now.listed.group:
        yield status_meaning(now.listed.group, now.listed.role).sentence


def _differences(before: ListedParticipant, now: ListedParticipant, role: Role) -> Iterator[str]:
    for column in columns_for(role):
        was, is_now = column.cell(before), column.cell(now)
        if was != is_now:
            blank = HINTS.get(column.name, "Blank")
            yield f"{column.heading}: from {was or f'“{blank}”'} to {is_now or f'“{blank}”'}"
