"""Changes that wait for a second support user, in memory."""

from collections.abc import Sequence
from operator import attrgetter

from attrs import evolve

from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.access.proposals import NewAddress, Proposal, ProposalId, ProposalState, ProposedChange
from checkdata.domain.errors import StorageConflict
from checkdata.domain.values import UserId


class MemoryProposals:
    """The proposed changes of a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def get(self, proposal_id: ProposalId, /) -> Proposal | None:
        """The proposal with this id."""
        return self._draft.state.proposals.get(proposal_id)

    def hold(self, proposal_id: ProposalId, /) -> None:
        """Nothing to do, because units of work that write take turns."""

    def add(self, proposal: Proposal, /) -> None:
        """Add a proposal whose id is free."""
        if self.get(proposal.id) is not None:
            raise StorageConflict("Nothing was changed, because a proposal with this id exists.")
        self._write(proposal)

    def replace(self, proposal: Proposal, /) -> None:
        """Write how a proposal that waits was decided."""
        known = self.get(proposal.id)
        if known is None or known.state is not ProposalState.WAITING:
            raise StorageConflict("Nothing was changed, because another user decided at the same time.")
        self._write(proposal)

    def undecided(self) -> Sequence[Proposal]:
        """Every proposal that nobody decided, the oldest first."""
        found = [each for each in self._draft.state.proposals.values() if each.state is ProposalState.WAITING]
        return sorted(found, key=attrgetter("proposed_at", "id"))

    def of_user(self, user_id: UserId, /) -> Sequence[Proposal]:
        """The new addresses proposed for this user, the newest first."""
        found = [each for each in self._draft.state.proposals.values() if _is_for(each.change, user_id)]
        return sorted(found, key=attrgetter("proposed_at", "id"), reverse=True)

    def _write(self, proposal: Proposal) -> None:
        state = self._draft.state
        self._draft.state = evolve(state, proposals={**state.proposals, proposal.id: proposal})


def _is_for(change: ProposedChange, user_id: UserId) -> bool:
    return isinstance(change, NewAddress) and change.user_id == user_id


_conforms: type[ports.Proposals] = MemoryProposals
