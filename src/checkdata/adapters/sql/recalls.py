"""Recalls of files in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from attrs import asdict, evolve
from sqlalchemy import ColumnElement, Row, Select, and_, insert, or_, select, update

from checkdata.adapters.sql.recall_schema import recalled_files, recalls
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.audit.recalls import Recall, RecalledFile
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.values import UserId

_OF_AN_OPEN_RECALL: Final = and_(recalls.c.id == recalled_files.c.recall_id, recalls.c.withdrawn_at.is_(None))
_WAITING: Final = recalled_files.c.deleted_at.is_(None)


class SqlRecalls:
    """Recalls, and what became of each of their files."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, recall: Recall, /) -> None:
        """Open a recall; a unique index refuses a second open one."""
        self._transaction.attempt(insert(recalls), asdict(recall))

    def add_files(self, files: Sequence[RecalledFile], /) -> None:
        """Add files to a recall."""
        for file in files:
            self._transaction.write(insert(recalled_files), {**asdict(file), "kind": file.kind.value})

    def note_looked_at(self, recall_id: str, at: datetime, /) -> None:
        """All files of this recall's agreement were looked at."""
        self._transaction.write(update(recalls).where(recalls.c.id == recall_id).values(looked_at=at))

    def withdraw(self, recall_id: str, at: datetime, /) -> None:
        """Nothing of this recall has to be deleted any more."""
        self._transaction.write(update(recalls).where(recalls.c.id == recall_id).values(withdrawn_at=at))

    def open_recalls(self) -> Sequence[Recall]:
        """The open recalls, the oldest first."""
        found = select(recalls).where(recalls.c.withdrawn_at.is_(None))
        rows = self._transaction.execute(found.order_by(recalls.c.opened_at, recalls.c.id))
        return [Recall(**row._asdict()) for row in rows]

    def last_of(self, agreement_id: str, /) -> Recall | None:
        """The last recall of an agreement's files."""
        newest = recalls.c.withdrawn_at.is_(None).desc(), recalls.c.opened_at.desc(), recalls.c.id
        found = select(recalls).where(recalls.c.agreement_id == agreement_id).order_by(*newest).limit(1)
        row = self._transaction.execute(found).one_or_none()
        return None if row is None else Recall(**row._asdict())

    def files_of(self, recall_id: str, /) -> Sequence[RecalledFile]:
        """The files of a recall."""
        return self._files(select(recalled_files).where(recalled_files.c.recall_id == recall_id))

    def deleted_of(self, delivery_partner_id: str, /) -> Sequence[RecalledFile]:
        """The deleted files of all recalls of a partner."""
        of_partner = recalled_files.c.delivery_partner_id == delivery_partner_id
        return self._files(select(recalled_files).where(of_partner, ~_WAITING))

    def file(self, file_id: str, /) -> RecalledFile | None:
        """A file of an open recall."""
        return next(iter(self._files(_open_files(recalled_files.c.id == file_id))), None)

    def held_by(self, user_id: UserId, /) -> Sequence[RecalledFile]:
        """The files that a user has to delete."""
        return self._files(_open_files(recalled_files.c.holder == user_id, _WAITING))

    def holders_to_ask(self, asked_before: datetime, /) -> Sequence[UserId]:
        """The users who hold a file of which they are to be asked."""
        is_due = or_(recalled_files.c.asked_at.is_(None), recalled_files.c.asked_at <= asked_before)
        due = _open_files(_WAITING, is_due, recalled_files.c.holder.is_not(None))
        holders = due.with_only_columns(recalled_files.c.holder).distinct().order_by(recalled_files.c.holder)
        return [UserId(holder) for holder in self._transaction.execute(holders).scalars()]

    def note_asked(self, file_ids: Sequence[str], at: datetime, /) -> None:
        """The holder of these files was mailed."""
        asked = update(recalled_files).where(recalled_files.c.id.in_(file_ids))
        self._transaction.write(asked.values(asked=recalled_files.c.asked + 1, asked_at=at))

    def note_deleted(self, file_ids: Sequence[str], at: datetime, told_by: UserId | None, /) -> int:
        """These files are deleted; how many of them nobody had said that of before."""
        told = update(recalled_files).where(recalled_files.c.id.in_(file_ids), _WAITING)
        return self._transaction.write(told.values(deleted_at=at, told_by=told_by)).rowcount

    def _files(self, found: Select[Any]) -> Sequence[RecalledFile]:
        ordered = found.order_by(recalled_files.c.left_at, recalled_files.c.id)
        return list(map(_file_from_row, self._transaction.execute(ordered)))


def _open_files(*conditions: ColumnElement[bool]) -> Select[Any]:
    return select(recalled_files).join(recalls, _OF_AN_OPEN_RECALL).where(*conditions)


def _file_from_row(row: Row[*tuple[Any, ...]]) -> RecalledFile:
    file = RecalledFile(**row._asdict())
    return evolve(file, kind=FileKind(row.kind))


_conforms: type[ports.Recalls] = SqlRecalls
