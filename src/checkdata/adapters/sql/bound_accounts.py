"""Accounts at identity providers, in SQL."""

from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, true

from checkdata.adapters.sql.schema import bound_accounts
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.sign_in.identities import BoundAccount
from checkdata.domain.values import UserId


class SqlBoundAccounts:
    """The accounts; the database refuses a second user of one, and a second one of an address."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def bind(self, account: BoundAccount, /) -> None:
        """Keep whose account it is."""
        cells: dict[str, Any] = {
            "issuer": account.issuer,
            "subject": account.subject,
            "user_id": account.user_id,
            "at_second": account.at_second,
            "bound_at": account.bound_at,
        }
        self._transaction.write(insert(bound_accounts), cells)

    def of_subject(self, issuer: str, subject: str, /) -> BoundAccount | None:
        """The account with this name at this provider."""
        return self._account(bound_accounts.c.issuer == issuer, bound_accounts.c.subject == subject)

    def of_address(self, user_id: UserId, issuer: str, *, at_second: bool) -> BoundAccount | None:
        """The account that belongs to an address of the user."""
        theirs = bound_accounts.c.user_id == user_id, bound_accounts.c.at_second.is_(at_second)
        return self._account(bound_accounts.c.issuer == issuer, *theirs)

    def free(self, user_id: UserId, *, only_second: bool = False) -> int:
        """Forget which accounts are the user's."""
        which = bound_accounts.c.at_second.is_(True) if only_second else true()
        freeing = delete(bound_accounts).where(bound_accounts.c.user_id == user_id, which)
        return self._transaction.write(freeing).rowcount

    def _account(self, *conditions: ColumnElement[bool]) -> BoundAccount | None:
        row = self._transaction.execute(select(bound_accounts).where(*conditions)).one_or_none()
        return None if row is None else BoundAccount(**row._mapping)  # noqa: SLF001 - a documented part of Row


_conforms: type[ports.BoundAccounts] = SqlBoundAccounts
