"""What a download of changes holds: the columns of a listing, and what changed (service rule 16)."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from checkdata.domain.listing.columns import Column, ParticipantColumn, columns_for
from checkdata.domain.listing.history import ChangeKind, RowChange
from checkdata.domain.people.organisations import Role
from checkdata.domain.training.statuses import Status

CHANGE_LABELS: Final = {
    ChangeKind.NEW: "New",
    ChangeKind.NOW_COVERED: "Now covered by an agreement",
    ChangeKind.STATUS_CHANGED: "Status changed",
    ChangeKind.MOVED_AWAY: "Moved away",
    ChangeKind.LEFT_VIEW: "No longer shown",
}

TOLD_OF_THE_GONE: Final = ("full_name",)
"""The columns that are told of a participant who left view."""


def change_columns(role: Role, asked: date) -> Sequence[Column[RowChange]]:
    """What changed, when, the status before (blank for one not seen before), and the columns of this role as of now.

    Changes are those since the day *asked* (`RowChange.told_on`). Of a participant who left view only their name is
    told.

    Raises `ValueError` for a role that sees no participants.
    """
    return [
        Column("change", "Change", lambda change: CHANGE_LABELS[change.kind]),
        Column("changed_on", "Changed on", lambda change: _day(change.told_on(asked))),
        Column("previous_status", "Previous status", lambda change: _status_before(change, role)),
        *map(_now, columns_for(role)),
    ]


def status_label(status: Status, role: Role) -> str:
    """What users in this role call a status."""
    return status.label_for(role)


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _status_before(change: RowChange, role: Role) -> str:
    return "" if change.before is None else status_label(change.before.status, role)


def _now(column: ParticipantColumn) -> Column[RowChange]:
    def cell(change: RowChange) -> str:
        told = change.kind is not ChangeKind.LEFT_VIEW or column.name in TOLD_OF_THE_GONE
        return column.cell(change.now) if told else ""

    return Column(column.name, column.heading, cell)
