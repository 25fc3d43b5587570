"""Recalls of files in memory."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from attrs import evolve

from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.audit.recalls import Recall, RecalledFile
from checkdata.domain.errors import StorageConflict
from checkdata.domain.values import UserId


class MemoryRecalls:
    """The recalls of a draft, and what became of each of their files."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def add(self, recall: Recall, /) -> None:
        """Open a recall."""
        last = self.last_of(recall.agreement_id)
        if last is not None and last.withdrawn_at is None:
            raise StorageConflict("Nothing was changed, because the files of this agreement are recalled already.")
        self._write(recall)

    def add_files(self, files: Sequence[RecalledFile], /) -> None:
        """Add files to a recall."""
        self._keep(files)

    def note_looked_at(self, recall_id: str, at: datetime, /) -> None:
        """All files of this recall's agreement were looked at."""
        self._write(evolve(self._draft.state.recalls[recall_id], looked_at=at))

    def withdraw(self, recall_id: str, at: datetime, /) -> None:
        """Nothing of this recall has to be deleted any more."""
        self._write(evolve(self._draft.state.recalls[recall_id], withdrawn_at=at))

    def open_recalls(self) -> Sequence[Recall]:
        """The open recalls, the oldest first."""
        found = [recall for recall in self._draft.state.recalls.values() if recall.withdrawn_at is None]
        return sorted(found, key=lambda recall: (recall.opened_at, recall.id))

    def last_of(self, agreement_id: str, /) -> Recall | None:
        """The last recall of an agreement's files."""
        found = [recall for recall in self._draft.state.recalls.values() if recall.agreement_id == agreement_id]
        return max(found, key=lambda recall: (recall.withdrawn_at is None, recall.opened_at), default=None)

    def files_of(self, recall_id: str, /) -> Sequence[RecalledFile]:
        """The files of a recall."""
        files = self._draft.state.recalled_files.values()
        return _in_order(file for file in files if file.recall_id == recall_id)

    def deleted_of(self, delivery_partner_id: str, /) -> Sequence[RecalledFile]:
        """The deleted files of all recalls of a partner."""
        files = self._draft.state.recalled_files.values()
        deleted = (file for file in files if file.deleted_at is not None)
        return _in_order(file for file in deleted if file.delivery_partner_id == delivery_partner_id)

    def file(self, file_id: str, /) -> RecalledFile | None:
        """A file of an open recall."""
        return next((file for file in self._open_files() if file.id == file_id), None)

    def held_by(self, user_id: UserId, /) -> Sequence[RecalledFile]:
        """The files that a user has to delete."""
        return [file for file in self._open_files() if file.holder == user_id and file.deleted_at is None]

    def holders_to_ask(self, asked_before: datetime, /) -> Sequence[UserId]:
        """The users who hold a file of which they are to be asked."""
        waiting = (file for file in self._open_files() if file.deleted_at is None and file.is_due(asked_before))
        return sorted({file.holder for file in waiting if file.holder is not None})

    def note_asked(self, file_ids: Sequence[str], at: datetime, /) -> None:
        """The holder of these files was mailed."""
        files = self._draft.state.recalled_files
        self._keep(evolve(files[each], asked=files[each].asked + 1, asked_at=at) for each in file_ids)

    def note_deleted(self, file_ids: Sequence[str], at: datetime, told_by: UserId | None, /) -> int:
        """These files are deleted; how many of them nobody had said that of before."""
        files = self._draft.state.recalled_files
        waiting = [files[each] for each in file_ids if files[each].deleted_at is None]
        self._keep(evolve(file, deleted_at=at, told_by=told_by) for file in waiting)
        return len(waiting)

    def _open_files(self) -> Sequence[RecalledFile]:
        recalls = self._draft.state.recalls
        files = self._draft.state.recalled_files.values()
        return _in_order(file for file in files if recalls[file.recall_id].withdrawn_at is None)

    def _write(self, recall: Recall) -> None:
        state = self._draft.state
        self._draft.state = evolve(state, recalls={**state.recalls, recall.id: recall})

    def _keep(self, files: Iterable[RecalledFile]) -> None:
        state = self._draft.state
        self._draft.state = evolve(state, recalled_files={**state.recalled_files, **{file.id: file for file in files}})


def _in_order(files: Iterable[RecalledFile]) -> Sequence[RecalledFile]:
    return sorted(files, key=lambda file: (file.left_at, file.id))


_conforms: type[ports.Recalls] = MemoryRecalls
