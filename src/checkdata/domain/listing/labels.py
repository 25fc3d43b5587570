"""The words in which users read the roles and induction types of participants, and who needs to act."""

from typing import Final

from checkdata.domain.training.facts import InductionType, ParticipantRole
from checkdata.domain.training.statuses import StatusGroup
from checkdata.domain.training.who_acts import WhoActs

ROLE_LABELS: Final = {ParticipantRole.ECT: "Early career teacher", ParticipantRole.MENTOR: "Mentor"}
INDUCTION_TYPES: Final = {
    InductionType.PROVIDER_LED: "Provider-led",
    InductionType.SCHOOL_LED: "School-led",
    InductionType.OTHER: "Other",
}
WHO_ACTS_LABELS: Final = {
    WhoActs.SCHOOL: "School",
    WhoActs.LEAD_PROVIDER: "Lead provider",
    WhoActs.APPROPRIATE_BODY: "Appropriate body",
    WhoActs.DFE: "DfE",
    WhoActs.NOBODY: "Nobody",
}

TO_DO: Final = {
    StatusGroup.CONTACTED: (
        "Check that their email address is right, and ask them to give the Department for Education their details"
    ),
    StatusGroup.RECORD_NOT_FOUND: "Check their name, date of birth and TRN with them, and correct what is wrong",
    StatusGroup.NOT_REGISTERED: "Choose how they are trained, and register them for it",
    StatusGroup.NO_INDUCTION_START: "Register the start of their induction",
    StatusGroup.DEFERRED: "Tell the Department for Education when their training restarts",
    StatusGroup.CHECKING: "Finish the checks",
    StatusGroup.NOT_QUALIFIED: "Check their qualified teacher status (QTS)",
}
"""What the party that needs to act has to do about the participants of a group, told by the group and nothing finer."""


def select_one(word: str) -> str:
    """What a user has to do who chose something that is not offered."""
    return f"Select {'an' if word[:1] in 'aeio' else 'a'} {word} from the list"  # noqa: S608 - no SQL
