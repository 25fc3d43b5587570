"""Changes that wait for a second support user, in SQL."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from attrs import asdict
from sqlalchemy import Select, insert, select, update

from checkdata.adapters.sql.proposal_schema import proposals
from checkdata.adapters.sql.row_mapping import AnyRow, Cells
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.access.proposals import NewAddress, Proposal, ProposalId, ProposalState, ProposedChange
from checkdata.domain.errors import StorageConflict
from checkdata.domain.form_digest import FormDigest
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.values import EmailAddress, UserId

_DAYS: Final = ("starts_on", "ends_on", "ended_on")
_CHANGES_WITH_A_DECISION: Final = ("state", "decided_by", "decided_at", "note")


class SqlProposals:
    """Proposed changes, decided or not."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, proposal_id: ProposalId, /) -> Proposal | None:
        """The proposal with this id."""
        return next(iter(self._found(select(proposals).where(proposals.c.id == proposal_id))), None)

    def hold(self, proposal_id: ProposalId, /) -> None:
        """Lock the proposal's row; on SQLite wait for the write lock."""
        found = select(proposals.c.id).where(proposals.c.id == proposal_id)
        self._transaction.write(found.with_for_update(key_share=True))

    def add(self, proposal: Proposal, /) -> None:
        """Add a proposal whose id is free."""
        self._transaction.attempt(insert(proposals), _to_row(proposal))

    def replace(self, proposal: Proposal, /) -> None:
        """Write how a proposal that waits was decided."""
        cells = _to_row(proposal)
        changed = {name: cells[name] for name in _CHANGES_WITH_A_DECISION}
        waits = proposals.c.id == proposal.id, proposals.c.state == ProposalState.WAITING.value
        if self._transaction.attempt(update(proposals).where(*waits).values(changed)).rowcount == 0:
            raise StorageConflict("Nothing was changed, because another user decided at the same time.")

    def undecided(self) -> Sequence[Proposal]:
        """Every proposal that nobody decided, the oldest first."""
        waits = select(proposals).where(proposals.c.state == ProposalState.WAITING.value)
        return self._found(waits.order_by(proposals.c.proposed_at, proposals.c.id))

    def of_user(self, user_id: UserId, /) -> Sequence[Proposal]:
        """The new addresses proposed for this user, the newest first."""
        theirs = select(proposals).where(proposals.c.user_id == user_id)
        return self._found(theirs.order_by(proposals.c.proposed_at.desc(), proposals.c.id.desc()))

    def _found(self, statement: Select[Any]) -> list[Proposal]:
        return list(map(_from_row, self._transaction.execute(statement)))


def _to_row(proposal: Proposal) -> Cells:
    change = proposal.change
    return {
        "id": proposal.id,
        "user_id": change.user_id if isinstance(change, NewAddress) else None,
        "change": _to_json(change),
        "basis": proposal.basis,
        "reason": proposal.reason,
        "proposed_by": proposal.proposed_by,
        "proposed_at": proposal.proposed_at,
        "expires_at": proposal.expires_at,
        "state": proposal.state.value,
        "decided_by": proposal.decided_by,
        "decided_at": proposal.decided_at,
        "note": proposal.note,
    }


def _to_json(change: ProposedChange) -> Cells:
    if isinstance(change, NewAddress):
        return {"old": change.old.value, "new": change.new.value, "is_second": change.is_second}
    return {name: cell.isoformat() if isinstance(cell, date) else cell for name, cell in asdict(change).items()}


def _from_json(user_id: str | None, told: Cells) -> ProposedChange:
    if user_id is not None:
        old, new = EmailAddress(told["old"]), EmailAddress(told["new"])
        return NewAddress(user_id=UserId(user_id), old=old, new=new, is_second=told.get("is_second", False))
    days = {name: None if told[name] is None else date.fromisoformat(told[name]) for name in _DAYS}
    return Agreement(**{**told, **days})


def _from_row(row: AnyRow) -> Proposal:
    return Proposal(
        id=ProposalId(row.id),
        change=_from_json(row.user_id, row.change),
        basis=FormDigest(row.basis),
        reason=row.reason,
        proposed_by=UserId(row.proposed_by),
        proposed_at=row.proposed_at,
        expires_at=row.expires_at,
        state=ProposalState(row.state),
        decided_by=None if row.decided_by is None else UserId(row.decided_by),
        decided_at=row.decided_at,
        note=row.note,
    )


_conforms: type[ports.Proposals] = SqlProposals
