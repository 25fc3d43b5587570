"""Who needs to act next about a participant, told by the group of their state and nothing finer (security.md 45)."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from checkdata.domain.training.statuses import StatusGroup


class WhoActs(Enum):
    """Who needs to act next, in the order of the filter."""

    SCHOOL = "school"
    LEAD_PROVIDER = "lead_provider"
    APPROPRIATE_BODY = "appropriate_body"
    DFE = "dfe"
    NOBODY = "nobody"


WHO_ACTS: Final[Mapping[StatusGroup, WhoActs]] = MappingProxyType(
    {
        StatusGroup.CONTACTED: WhoActs.SCHOOL,
        StatusGroup.CHECKING: WhoActs.DFE,
        StatusGroup.RECORD_NOT_FOUND: WhoActs.SCHOOL,
        StatusGroup.NO_INDUCTION_START: WhoActs.APPROPRIATE_BODY,
        StatusGroup.NOT_ELIGIBLE: WhoActs.NOBODY,
        StatusGroup.PREVIOUS_INDUCTION: WhoActs.NOBODY,
        StatusGroup.NOT_QUALIFIED: WhoActs.DFE,
        StatusGroup.REGISTERED: WhoActs.NOBODY,
        StatusGroup.ACTIVE: WhoActs.NOBODY,
        StatusGroup.MENTORING: WhoActs.NOBODY,
        StatusGroup.JOINING: WhoActs.NOBODY,
        StatusGroup.LEAVING: WhoActs.NOBODY,
        StatusGroup.DEFERRED: WhoActs.LEAD_PROVIDER,
        StatusGroup.WITHDRAWN: WhoActs.NOBODY,
        StatusGroup.MOVED_ON: WhoActs.NOBODY,
        StatusGroup.NOT_REGISTERED: WhoActs.SCHOOL,
        StatusGroup.COMPLETED: WhoActs.NOBODY,
    }
)
"""Who needs to act about the participants of each group; it does not depend on their role."""
