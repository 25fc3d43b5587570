"""The port for what listings ever showed of one participant."""

from typing import Protocol

from checkdata.domain.audit.tracing import Trail
from checkdata.domain.values import ParticipantId


class ParticipantTrails(Protocol):
    """What listings of all organisations ever showed of one participant; only for tracing, no page shows it."""

    def trail(self, participant_id: ParticipantId, /) -> Trail:
        """Every version of every row of theirs, and the numbers of all imports."""
