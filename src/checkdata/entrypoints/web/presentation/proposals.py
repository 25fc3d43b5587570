"""What waits for a second support user, in the words of support's pages."""

from collections.abc import Mapping
from typing import Final

from checkdata.domain.access.drafts import Widening
from checkdata.domain.access.proposals import ProposalState
from checkdata.domain.people.addresses import AddressDifference
from checkdata.domain.services.access.confirm_changes import AddressInDetail, ProposalInDetail

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

WIDENINGS: Final[Mapping[Widening, str]] = {
    Widening.PAST: "It starts in the past",
    Widening.YEARS: (
        "It covers academic years that no agreement in force between the two covers, or only one that is to end early"
    ),
    Widening.LONGER: "It lasts longer than the agreements in force between the two that cover the same academic years",
    Widening.UNCONFIRMED: "It covers participants without a confirmed lead provider",
}
"""Why the draft of an agreement needs a second support user."""


def proposal_state(found: ProposalInDetail) -> str:
    """What became of a proposal."""
    return "Waits for a second support user" if found.waits else _STATES[found.proposal.state]


def proposal_title(found: ProposalInDetail) -> str:
    """The kind of change."""
    if isinstance(found.about, AddressInDetail):
        return "Second email address" if found.about.change.is_second else "New email address"
    return "Draft of an agreement"


def what_changes(found: ProposalInDetail) -> str:
    """What is to change, in a line."""
    match found.about:
        case AddressInDetail(user=user, change=change):
            if change.is_second:
                return f"{user.name}, {change.new} beside {change.old}"
            return f"{user.name}, from {change.old} to {change.new}"
        case draft:
            return f"{draft.delivery_partner.name} and {draft.lead_provider.name}"
