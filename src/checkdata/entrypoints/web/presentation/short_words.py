"""Short words for the cells and headings of a list, so that a screen shows ten rows and more.

They say the same as the words of a download, which a participant's own page and the key to the statuses give in whole.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from checkdata.domain.listing.columns import ParticipantColumn
from checkdata.domain.people.organisations import Role
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.statuses import Status
from checkdata.domain.values import day_in_words

_HEADINGS: Final[Mapping[str, str]] = {"school_unique_reference_number": "URN", "school_urn": "URN"}
SHORT_ROLES: Final[Mapping[ParticipantRole, str]] = {ParticipantRole.ECT: "ECT", ParticipantRole.MENTOR: "Mentor"}

_STATUSES: Final[Mapping[Status, str]] = {
    Status.CONTACTED_FOR_INFORMATION: "Contacted",
    Status.DFE_CHECKING_ELIGIBILITY: "DfE checking",
    Status.NOT_ELIGIBLE_FOR_FUNDED_TRAINING: "Not eligible",
    Status.CHECKING_QTS: "Checking QTS",
    Status.TRAINING_OR_ELIGIBLE_FOR_TRAINING: "Training or eligible",
    Status.PARTICIPANT_DEFERRED: "Deferred",
    Status.NO_LONGER_BEING_TRAINED: "No longer trained",
    Status.INDUCTION_COMPLETED: "Completed",
}
_STATUSES_OF_BODIES: Final[Mapping[Status, str]] = {
    Status.DFE_CHECKING_ELIGIBILITY: "No induction",
    Status.TRAINING_OR_ELIGIBLE_FOR_TRAINING: "Induction confirmed",
    Status.NO_LONGER_BEING_TRAINED: "Not linked to you",
}


def short_heading(column: ParticipantColumn) -> str:
    """What the heading of a column says in a list."""
    return _HEADINGS.get(column.name, column.heading)


def short_status(status: Status, role: Role) -> str:
    """What the tag of a status says in the list of this role."""
    return _STATUSES_OF_BODIES.get(status, _STATUSES[status]) if role is Role.APPROPRIATE_BODY else _STATUSES[status]


def short_day(day: date) -> str:
    """A day in a narrow column, in English whatever the locale of the process: 19 Oct 2026."""
    number, month, year = day_in_words(day).split()
    return f"{number} {month[:3]} {year}"
