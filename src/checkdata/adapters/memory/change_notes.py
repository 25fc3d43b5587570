"""Who wants notes of changes, in memory."""

from collections.abc import Sequence

from attrs import evolve

from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.people.change_notes import ChangeNote
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.values import UserId


class MemoryChangeNotes:
    """The notes of a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def get(self, user_id: UserId, organisation: Organisation, /) -> ChangeNote | None:
        """What this user chose for this organisation."""
        found = self._draft.state.change_notes.get((user_id, organisation))
        return None if found is None else self._named(found)

    def all(self) -> Sequence[ChangeNote]:
        """Every note, by user and organisation."""
        found = map(self._named, self._draft.state.change_notes.values())
        return sorted(found, key=lambda note: (note.user_id, note.organisation.role.value, note.organisation.id))

    def put(self, note: ChangeNote, /) -> None:
        """Add a note, or replace that of the same user and organisation."""
        state = self._draft.state
        notes = {**state.change_notes, (note.user_id, note.organisation): note}
        self._draft.state = evolve(state, change_notes=notes)

    def drop(self, user_id: UserId, organisation: Organisation, /) -> None:
        """No more notes."""
        state = self._draft.state
        left = {key: note for key, note in state.change_notes.items() if key != (user_id, organisation)}
        self._draft.state = evolve(state, change_notes=left)

    def _named(self, note: ChangeNote) -> ChangeNote:
        return evolve(note, organisation=self._draft.state.named(note.organisation))


_conforms: type[ports.ChangeNotes] = MemoryChangeNotes
