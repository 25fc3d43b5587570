"""Accounts at identity providers, in memory."""

from attrs import evolve

from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.errors import StorageConflict
from checkdata.domain.sign_in.identities import BoundAccount
from checkdata.domain.values import UserId


class MemoryBoundAccounts:
    """The accounts of a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def bind(self, account: BoundAccount, /) -> None:
        """Keep whose account it is."""
        taken = self.of_subject(account.issuer, account.subject)
        other = self.of_address(account.user_id, account.issuer, at_second=account.at_second)
        if taken is not None or other is not None:
            raise StorageConflict("The account, or the address, is bound already.")
        self._keep((*self._draft.state.bound_accounts, account))

    def of_subject(self, issuer: str, subject: str, /) -> BoundAccount | None:
        """The account with this name at this provider."""
        found = (each for each in self._draft.state.bound_accounts if (each.issuer, each.subject) == (issuer, subject))
        return next(found, None)

    def of_address(self, user_id: UserId, issuer: str, *, at_second: bool) -> BoundAccount | None:
        """The account that belongs to an address of the user."""
        key = user_id, issuer, at_second
        accounts = self._draft.state.bound_accounts
        return next((each for each in accounts if (each.user_id, each.issuer, each.at_second) == key), None)

    def free(self, user_id: UserId, *, only_second: bool = False) -> int:
        """Forget which accounts are the user's."""
        before = self._draft.state.bound_accounts
        kept = tuple(each for each in before if each.user_id != user_id or (only_second and not each.at_second))
        self._keep(kept)
        return len(before) - len(kept)

    def _keep(self, accounts: tuple[BoundAccount, ...]) -> None:
        self._draft.state = evolve(self._draft.state, bound_accounts=accounts)


_conforms: type[ports.BoundAccounts] = MemoryBoundAccounts
