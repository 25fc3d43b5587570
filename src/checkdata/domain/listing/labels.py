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
