"""The words in which users read the roles and induction types of participants, and who needs to act."""

from typing import Final

from checkdata.domain.training.facts import InductionType, ParticipantRole
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


def select_one(word: str) -> str:
    """What a user has to do who chose something that is not offered."""
    return f"Select {'an' if word[:1] in 'aeio' else 'a'} {word} from the list"  # noqa: S608 - no SQL
