"""A participant's own page: what there is to tell about them, and who needs to act (service rules 8 to 11)."""

from collections.abc import Sequence
from datetime import date, datetime

from attrs import frozen

from checkdata.domain.listing.columns import columns_for
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.listing.look_up_participant import FoundParticipant
from checkdata.domain.values import ParticipantId
from checkdata.entrypoints.web.presentation.listing_table import HINTS, since_when
from checkdata.entrypoints.web.presentation.row_history import DayOfHistory, history_by_day
from checkdata.entrypoints.web.presentation.statuses import TAG_COLOURS, StatusMeaning, status_meaning
from checkdata.entrypoints.web.presentation.whose_move import if_something_is_wrong, move_in_words


@frozen
class ProfileDetail:
    """One detail of a participant; ``hint`` is shown if its text is blank, or beside it."""

    name: str
    heading: str
    text: str
    hint: str


@frozen(kw_only=True)
class Profile:
    """A participant as their own page shows them."""

    id: ParticipantId
    name: str
    move: str
    details: Sequence[ProfileDetail]
    status: str
    colour: str
    since: str
    completed_on: date | None
    meaning: StatusMeaning
    mistakes: str
    updated_at: datetime
    history: Sequence[DayOfHistory]


def profile(found: FoundParticipant, role: Role) -> Profile:
    """The columns of the role's list, in their order, and what the status means."""
    listed = found.listed
    cells = [(column, column.cell(listed)) for column in columns_for(role)]
    return Profile(
        id=listed.participant_id,
        name=listed.full_name,
        move=move_in_words(listed.group, role),
        details=[
            ProfileDetail(column.name, column.heading, text, _hint(column.name, text, listed)) for column, text in cells
        ],
        status=listed.status.label_for(role),
        colour=TAG_COLOURS[listed.status],
        since=since_when(listed.since, at_least=listed.since_at_least),
        completed_on=listed.completed_on,
        meaning=status_meaning(listed.group, listed.role),
        mistakes=if_something_is_wrong(listed, role),
        updated_at=listed.updated_at,
        history=history_by_day(found.history, role),
    )


def _hint(column: str, text: str, listed: ListedParticipant) -> str:
    """What is said where a value is blank, and the name of a school that has no column of its own."""
    if column == "school_urn":
        return listed.school
    return "" if text else HINTS.get(column, "")
