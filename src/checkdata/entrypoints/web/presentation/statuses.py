"""What a status means and who acts next, one sentence for each group and no finer (statuses.md 2, security.md 45)."""

from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Final

from attrs import frozen

from checkdata.domain.people.organisations import Role
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.statuses import GROUP_OF, STATUS_OF, Status, StatusGroup
from checkdata.entrypoints.web.presentation.short_words import short_status

TAG_COLOURS: Final[Mapping[Status, str]] = {
    Status.CONTACTED_FOR_INFORMATION: "blue",
    Status.DFE_CHECKING_ELIGIBILITY: "yellow",
    Status.NOT_ELIGIBLE_FOR_FUNDED_TRAINING: "red",
    Status.CHECKING_QTS: "purple",
    Status.TRAINING_OR_ELIGIBLE_FOR_TRAINING: "green",
    Status.PARTICIPANT_DEFERRED: "orange",
    Status.NO_LONGER_BEING_TRAINED: "grey",
    Status.INDUCTION_COMPLETED: "teal",
}


class WhoActs(Enum):
    """Who can act next."""

    SCHOOL = "the school"
    LEAD_PROVIDER = "the lead provider"
    APPROPRIATE_BODY = "the appropriate body"
    DEPARTMENT = "DfE"
    NO_ONE = ""


@frozen
class StatusMeaning:
    """What happened, and who acts next."""

    sentence: str
    move: WhoActs = WhoActs.NO_ONE


_MEANINGS: Final[Mapping[StatusGroup, StatusMeaning]] = {
    StatusGroup.CONTACTED: StatusMeaning(
        "DfE needs details from them to find their teacher record, and does not have them yet. "
        "The school can check that the email address is right and ask them to give their details.",
        WhoActs.SCHOOL,
    ),
    StatusGroup.CHECKING: StatusMeaning("DfE has not finished its checks.", WhoActs.DEPARTMENT),
    StatusGroup.RECORD_NOT_FOUND: StatusMeaning(
        "DfE could not find a teacher record with the details it was given. "
        "The school can check their name, date of birth and TRN with them.",
        WhoActs.SCHOOL,
    ),
    StatusGroup.NO_INDUCTION_START: StatusMeaning(
        "No start of their induction is registered on their teacher record. The appropriate body can register it.",
        WhoActs.APPROPRIATE_BODY,
    ),
    StatusGroup.NOT_ELIGIBLE: StatusMeaning("DfE has decided that they cannot have funded training."),
    StatusGroup.PREVIOUS_INDUCTION: StatusMeaning(
        "Their teacher record shows an earlier induction, so they cannot have funded training."
    ),
    StatusGroup.NOT_QUALIFIED: StatusMeaning(
        "Their teacher record does not show qualified teacher status (QTS). DfE is checking this.", WhoActs.DEPARTMENT
    ),
    StatusGroup.REGISTERED: StatusMeaning(
        "The school has registered them, and no start of their induction is recorded yet."
    ),
    StatusGroup.ACTIVE: StatusMeaning("Their induction has started and they can be trained."),
    StatusGroup.MENTORING: StatusMeaning("The school has registered them as a mentor, and they can be trained."),
    StatusGroup.JOINING: StatusMeaning("They are moving to this school and have not started there yet."),
    StatusGroup.LEAVING: StatusMeaning("The school has said that they are leaving, and they have not left yet."),
    StatusGroup.DEFERRED: StatusMeaning(
        "Their training is paused. The lead provider tells DfE when it goes on.", WhoActs.LEAD_PROVIDER
    ),
    StatusGroup.WITHDRAWN: StatusMeaning("Their training has ended."),
    StatusGroup.MOVED_ON: StatusMeaning("They are not with you now. They may be training elsewhere."),
    StatusGroup.NOT_REGISTERED: StatusMeaning(
        "They are not registered for training. The school chooses how they are trained.", WhoActs.SCHOOL
    ),
    StatusGroup.COMPLETED: StatusMeaning("They have completed their induction."),
}
_WITHDRAWN_MENTOR: Final = StatusMeaning("Their training has ended. They may still be a mentor.")


@frozen
class KeyEntry:
    """A status in the key: its label, what its tag says in a list, the colour of that, and its possible meanings."""

    label: str
    short: str
    colour: str
    meanings: Sequence[StatusMeaning]


def status_meaning(group: StatusGroup, role: ParticipantRole) -> StatusMeaning:
    """What a group of states means for a participant in this role."""
    if (group, role) == (StatusGroup.WITHDRAWN, ParticipantRole.MENTOR):
        return _WITHDRAWN_MENTOR
    return _MEANINGS[group]


@cache
def key_to_statuses(role: Role) -> Sequence[KeyEntry]:
    """Every status that users in this role meet, with everything that it can mean, in the order of the filter."""
    with_mentors = role is not Role.APPROPRIATE_BODY
    return [
        KeyEntry(
            status.label_for(role),
            short_status(status, role),
            TAG_COLOURS[status],
            _meanings(status, with_mentors=with_mentors),
        )
        for status in Status
    ]


def _meanings(status: Status, *, with_mentors: bool) -> Sequence[StatusMeaning]:
    groups = dict.fromkeys(GROUP_OF[state] for state, its_status in STATUS_OF.items() if its_status is status)
    if not with_mentors:
        return [status_meaning(group, ParticipantRole.ECT) for group in groups if group is not StatusGroup.MENTORING]
    return list(dict.fromkeys(status_meaning(group, role) for group in groups for role in ParticipantRole))
