"""Changes that one support user proposes and another confirms, because no single person gives access (rule 4)."""

from datetime import datetime, timedelta
from enum import Enum
from typing import Final, NewType, Self

from attrs import evolve, frozen

from checkdata.domain.errors import ChangeRefused, Overtaken
from checkdata.domain.form_digest import FormDigest, form_digest
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.typed_text import checked_text
from checkdata.domain.values import EmailAddress, UserId

PROPOSAL_LIVES: Final = timedelta(days=7)
"""How long a proposal waits for a second support user."""

ProposalId = NewType("ProposalId", str)


class ProposalState(Enum):
    """What became of a proposal; one that still waits when its time is up has expired."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@frozen(kw_only=True)
class NewAddress:
    """Another address with which a user is to sign in; ``is_second`` if it is to count beside the old one."""

    user_id: UserId
    old: EmailAddress
    new: EmailAddress
    is_second: bool = False


ProposedChange = NewAddress | Agreement
"""What can be proposed: a user's new address, or the draft of an agreement by hand."""


@frozen(kw_only=True)
class Proposal:
    """A change that waits for a second support user, or did; until it is confirmed it changes nothing.

    ``basis`` is the digest of what it rests on, as that was when it was proposed. The methods named after a state give
    the proposal as decided, and raise `Overtaken` where it no longer waits, `ChangeRefused` where this user may not
    decide it so.
    """

    id: ProposalId
    change: ProposedChange
    basis: FormDigest
    reason: str
    proposed_by: UserId
    proposed_at: datetime
    expires_at: datetime
    state: ProposalState = ProposalState.WAITING
    decided_by: UserId | None = None
    decided_at: datetime | None = None
    note: str = ""

    @property
    def seen(self) -> FormDigest:
        """What a form showed of it."""
        return form_digest(self.id, self.state)

    def waits(self, at: datetime) -> bool:
        """Whether it can still be decided."""
        return self.state is ProposalState.WAITING and at < self.expires_at

    def confirmed(self, by: UserId, at: datetime, note: str) -> Self:
        """Another user than the one who proposed it confirms it."""
        if by == self.proposed_by:
            raise ChangeRefused("You proposed this. Another support user has to confirm it.")
        return self._decided(ProposalState.CONFIRMED, by, at, note)

    def refused(self, by: UserId, at: datetime, note: str) -> Self:
        """Another user than the one who proposed it refuses it, and says why."""
        if by == self.proposed_by:
            raise ChangeRefused("You proposed this. Withdraw it instead.")
        return self._decided(ProposalState.REFUSED, by, at, note)

    def withdrawn(self, by: UserId, at: datetime, note: str) -> Self:
        """The user who proposed it takes it back."""
        if by != self.proposed_by:
            raise ChangeRefused("Another support user proposed this. Refuse it instead.")
        return self._decided(ProposalState.WITHDRAWN, by, at, note)

    def _decided(self, state: ProposalState, by: UserId, at: datetime, note: str) -> Self:
        if self.state is not ProposalState.WAITING:
            raise Overtaken(f"This proposal was already {self.state.value}.")
        if not self.waits(at):
            raise Overtaken("This proposal has expired. Propose the change again.")
        if state is not ProposalState.CONFIRMED and not note.strip():
            raise ChangeRefused("Enter a reason. We will keep it with your name and the time.")
        note = checked_text(note, "Reason", lines=True).strip()
        return evolve(self, state=state, decided_by=by, decided_at=at, note=note)
