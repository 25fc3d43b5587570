"""Notices to every user, in SQL."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from checkdata.adapters.sql.notice_schema import notices
from checkdata.adapters.sql.row_mapping import AnyRow
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.errors import StorageConflict
from checkdata.domain.notices import Notice, NoticeKind
from checkdata.domain.values import UserId


class SqlNotices:
    """A row a notice."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def all(self) -> Sequence[Notice]:
        """Every notice, by kind."""
        return list(map(_notice, self._transaction.execute(select(notices).order_by(notices.c.kind))))

    def add(self, notice: Notice, /) -> None:
        """Add a notice."""
        cells = {
            "kind": notice.kind.value,
            "text": notice.text,
            "starts_at": notice.starts_at,
            "ends_at": notice.ends_at,
            "set_by": notice.set_by,
            "set_at": notice.set_at,
        }
        self._transaction.attempt(insert(notices), cells)

    def drop(self, notice: Notice, /) -> None:
        """Delete a notice."""
        this = delete(notices).where(
            notices.c.kind == notice.kind.value,
            notices.c.set_at == notice.set_at,
            notices.c.text == notice.text,
            notices.c.ends_at == notice.ends_at,
        )
        if self._transaction.write(this).rowcount != 1:
            raise StorageConflict


def _notice(row: AnyRow) -> Notice:
    return Notice(
        kind=NoticeKind(row.kind),
        text=row.text,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        set_by=None if row.set_by is None else UserId(row.set_by),
        set_at=row.set_at,
    )


_conforms: type[ports.Notices] = SqlNotices
