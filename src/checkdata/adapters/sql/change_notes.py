"""Who wants notes of changes, in SQL."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, insert, select

from checkdata.adapters.sql.organisations import name_of_organisation
from checkdata.adapters.sql.row_mapping import AnyRow
from checkdata.adapters.sql.schema import change_notes
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.people.change_notes import ChangeNote, NoteFrequency
from checkdata.domain.people.organisations import Organisation, Role, organisation_of
from checkdata.domain.values import UserId

_NAMED: Final = select(change_notes, name_of_organisation(change_notes)).order_by(
    change_notes.c.user_id, change_notes.c.role, change_notes.c.organisation_id
)


class SqlChangeNotes:
    """A row a note."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, user_id: UserId, organisation: Organisation, /) -> ChangeNote | None:
        """What this user chose for this organisation."""
        row = self._transaction.execute(_NAMED.where(_of(user_id, organisation))).one_or_none()
        return None if row is None else _note(row)

    def all(self) -> Sequence[ChangeNote]:
        """Every note, by user and organisation."""
        return list(map(_note, self._transaction.execute(_NAMED)))

    def put(self, note: ChangeNote, /) -> None:
        """Add a note in place of that of the same user and organisation; a task that writes one holds its user."""
        self.drop(note.user_id, note.organisation)
        cells = {
            "user_id": note.user_id,
            "role": note.organisation.role.value,
            "organisation_id": note.organisation.id,
            "frequency": note.frequency.value,
            "told_until": note.told_until,
            "looked_at": note.looked_at,
        }
        self._transaction.attempt(insert(change_notes), cells)

    def drop(self, user_id: UserId, organisation: Organisation, /) -> None:
        """No more notes."""
        self._transaction.write(delete(change_notes).where(_of(user_id, organisation)))


def _of(user_id: UserId, organisation: Organisation) -> ColumnElement[bool]:
    return and_(
        change_notes.c.user_id == user_id,
        change_notes.c.role == organisation.role.value,
        change_notes.c.organisation_id == organisation.id,
    )


def _note(row: AnyRow) -> ChangeNote:
    return ChangeNote(
        user_id=UserId(row.user_id),
        organisation=organisation_of(Role(row.role), row.organisation_id, row.organisation_name),
        frequency=NoteFrequency(row.frequency),
        told_until=row.told_until,
        looked_at=row.looked_at,
    )


_conforms: type[ports.ChangeNotes] = SqlChangeNotes
