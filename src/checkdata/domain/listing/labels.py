"""The words in which users read the roles and programmes of participants."""

from typing import Final

from checkdata.domain.training.facts import ParticipantRole, Programme

ROLE_LABELS: Final = {ParticipantRole.ECT: "Early career teacher", ParticipantRole.MENTOR: "Mentor"}
INDUCTION_TYPES: Final = {
    Programme.FIP: "Provider-led",
    Programme.CIP: "School-led",
    Programme.DIY: "School-led",
    Programme.OTHER: "Other",
}


def select_one(word: str) -> str:
    """What a user has to do who chose something that is not offered."""
    return f"Select {'an' if word[:1] in 'aeio' else 'a'} {word} from the list"  # noqa: S608 - no SQL
