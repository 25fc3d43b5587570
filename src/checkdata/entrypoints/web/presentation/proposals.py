"""What waits for a second support user, in the words of support's pages."""

from collections.abc import Mapping
from typing import Final

from checkdata.domain.access.proposals import ProposalState
from checkdata.domain.people.addresses import AddressDifference
from checkdata.domain.services.access.confirm_changes import ProposalInDetail

_STATES: Final[Mapping[ProposalState, str]] = {
    ProposalState.WAITING: "Expired",
    ProposalState.CONFIRMED: "Confirmed",
    ProposalState.REFUSED: "Refused",
    ProposalState.WITHDRAWN: "Withdrawn",
}

DIFFERENCES: Final[Mapping[AddressDifference | None, str]] = {
    AddressDifference.DOMAIN: "The domain, after the @",
    AddressDifference.SPELLING: "The spelling of the name, before the @",
    None: "More than the spelling or the domain",
}
"""What differs between a user's address and the one proposed."""


def proposal_state(found: ProposalInDetail) -> str:
    """What became of a proposal."""
    return "Waits for a second support user" if found.waits else _STATES[found.proposal.state]
