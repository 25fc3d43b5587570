"""The port for the accounts at identity providers that belong to users."""

from typing import Protocol

from checkdata.domain.sign_in.identities import BoundAccount
from checkdata.domain.values import UserId


class BoundAccounts(Protocol):
    """Accounts at identity providers, each of one user."""

    def bind(self, account: BoundAccount, /) -> None:
        """Keep whose account it is; `StorageConflict` where it is a user's, or the user's address has another one."""

    def of_subject(self, issuer: str, subject: str, /) -> BoundAccount | None:
        """The account with this name at this provider."""

    def of_address(self, user_id: UserId, issuer: str, *, at_second: bool) -> BoundAccount | None:
        """The account at this provider that belongs to a user's own address, or to their second one."""

    def free(self, user_id: UserId, *, only_second: bool = False) -> int:
        """Forget which accounts are the user's, all or that of their second address; how many there were."""
