"""What a status means and who acts next, one sentence for each group and no finer (statuses.md 2, security.md 45)."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from attrs import frozen

from checkdata.domain.people.organisations import Role
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.statuses import GROUP_OF, STATUS_OF, Status, StatusGroup
from checkdata.domain.training.who_acts import WHO_ACTS, WhoActs
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


MOVERS: Final[Mapping[WhoActs, str]] = {
    WhoActs.SCHOOL: "the school",
    WhoActs.LEAD_PROVIDER: "the lead provider",
    WhoActs.APPROPRIATE_BODY: "the appropriate body",
    WhoActs.DFE: "DfE",
    WhoActs.NOBODY: "",
}
"""Who acts next, in the middle of a sentence; nothing where nobody does."""


@frozen
class StatusMeaning:
    """What happened, and who acts next."""

    sentence: str
    mover: str


_SENTENCES: Final[Mapping[StatusGroup, str]] = {
    StatusGroup.CONTACTED: (
        "DfE needs details from them to find their teacher record, and does not have them yet. "
        "The school can check that the email address is right and ask them to give their details."
    ),
    StatusGroup.CHECKING: "DfE has not finished its checks.",
    StatusGroup.RECORD_NOT_FOUND: (
        "DfE could not find a teacher record with the details it was given. "
        "The school can check their name, date of birth and TRN with them."
    ),
    StatusGroup.NO_INDUCTION_START: (
        "No start of their induction is registered on their teacher record. The appropriate body can register it."
    ),
    StatusGroup.NOT_ELIGIBLE: "DfE has decided that they cannot have funded training.",
    StatusGroup.PREVIOUS_INDUCTION: (
        "Their teacher record shows an earlier induction, so they cannot have funded training."
    ),
    StatusGroup.NOT_QUALIFIED: (
        "Their teacher record does not show qualified teacher status (QTS). DfE is checking this."
    ),
    StatusGroup.REGISTERED: "The school has registered them, and no start of their induction is recorded yet.",
    StatusGroup.ACTIVE: "Their induction has started and they can be trained.",
    StatusGroup.MENTORING: "The school has registered them as a mentor, and they can be trained.",
    StatusGroup.JOINING: "They are moving to this school and have not started there yet.",
    StatusGroup.LEAVING: "The school has said that they are leaving, and they have not left yet.",
    StatusGroup.DEFERRED: "Training is paused. Their lead provider will tell DfE when it restarts.",
    StatusGroup.WITHDRAWN: "Their training has ended.",
    StatusGroup.MOVED_ON: "They are not with you now. They may be training elsewhere.",
    StatusGroup.NOT_REGISTERED: "They are not registered for training. The school chooses how they are trained.",
    StatusGroup.COMPLETED: "They have completed their induction.",
}
_WITHDRAWN_MENTOR: Final = "Their training has ended. They may still be a mentor."


@frozen
class KeyEntry:
    """A status in the key: its label, what its tag says in a list, the colour of that, and its possible meanings."""

    label: str
    short: str
    colour: str
    meanings: Sequence[StatusMeaning]


def status_meaning(group: StatusGroup, role: ParticipantRole) -> StatusMeaning:
    """What a group of states means for a participant in this role."""
    is_mentor_who_withdrew = (group, role) == (StatusGroup.WITHDRAWN, ParticipantRole.MENTOR)
    sentence = _WITHDRAWN_MENTOR if is_mentor_who_withdrew else _SENTENCES[group]
    return StatusMeaning(sentence, MOVERS[WHO_ACTS[group]])


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
