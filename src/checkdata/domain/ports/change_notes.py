"""The port for who wants notes of changes."""

from collections.abc import Sequence
from typing import Protocol

from checkdata.domain.people.change_notes import ChangeNote
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.values import UserId


class ChangeNotes(Protocol):
    """The notes that users chose, one at most for a user and an organisation."""

    def get(self, user_id: UserId, organisation: Organisation, /) -> ChangeNote | None:
        """What this user chose for this organisation; None if they want no notes."""

    def all(self) -> Sequence[ChangeNote]:
        """Every note, by user and organisation; organisations carry their names."""

    def put(self, note: ChangeNote, /) -> None:
        """Add a note, or replace that of the same user and organisation."""

    def drop(self, user_id: UserId, organisation: Organisation, /) -> None:
        """No more notes; nothing happens where there were none."""
