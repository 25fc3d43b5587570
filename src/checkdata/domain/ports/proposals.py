"""The port for changes that wait for a second support user."""

from collections.abc import Sequence
from typing import Protocol

from checkdata.domain.access.proposals import Proposal, ProposalId
from checkdata.domain.values import UserId


class Proposals(Protocol):
    """Proposed changes, decided or not."""

    def get(self, proposal_id: ProposalId, /) -> Proposal | None:
        """The proposal with this id."""

    def hold(self, proposal_id: ProposalId, /) -> None:
        """Lock this proposal until the unit of work ends; what is read of it next is up to date."""

    def add(self, proposal: Proposal, /) -> None:
        """Add a proposal; `StorageConflict` where the id is taken."""

    def replace(self, proposal: Proposal, /) -> None:
        """Write how a proposal was decided; `StorageConflict` if it was decided before."""

    def undecided(self) -> Sequence[Proposal]:
        """Every proposal that nobody decided, expired or not, the oldest first."""

    def of_user(self, user_id: UserId, /) -> Sequence[Proposal]:
        """The new addresses proposed for this user, decided or not, the newest first."""
