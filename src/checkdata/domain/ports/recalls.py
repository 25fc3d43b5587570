"""The port for recalls of files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from checkdata.domain.audit.recalls import Recall, RecalledFile
from checkdata.domain.values import UserId


class Recalls(Protocol):
    """The recalls of files that left under agreements that are over, and what became of each file."""

    def add(self, recall: Recall, /) -> None:
        """Open a recall; `StorageConflict` where the agreement has an open one."""

    def add_files(self, files: Sequence[RecalledFile], /) -> None:
        """Add files to a recall."""

    def note_looked_at(self, recall_id: str, at: datetime, /) -> None:
        """All files of this recall's agreement were looked at."""

    def withdraw(self, recall_id: str, at: datetime, /) -> None:
        """The agreement is in force again: nothing of this recall has to be deleted any more."""

    def open_recalls(self) -> Sequence[Recall]:
        """The open recalls, the oldest first."""

    def last_of(self, agreement_id: str, /) -> Recall | None:
        """The last recall of an agreement's files, open or withdrawn."""

    def files_of(self, recall_id: str, /) -> Sequence[RecalledFile]:
        """The files of a recall, those that left first first."""

    def deleted_of(self, delivery_partner_id: str, /) -> Sequence[RecalledFile]:
        """The files of all recalls of a partner, withdrawn ones too, of which somebody said that they are deleted.

        Those that left first first.
        """

    def file(self, file_id: str, /) -> RecalledFile | None:
        """A file of an open recall; None if it is unknown or its recall was withdrawn."""

    def held_by(self, user_id: UserId, /) -> Sequence[RecalledFile]:
        """The files of open recalls that a user holds and nobody said are deleted, those that left first first."""

    def holders_to_ask(self, asked_before: datetime, /) -> Sequence[UserId]:
        """The users who hold such a file of which they were never asked, or last before then; by id."""

    def note_asked(self, file_ids: Sequence[str], at: datetime, /) -> None:
        """The holder of these files was mailed."""

    def note_deleted(self, file_ids: Sequence[str], at: datetime, told_by: UserId | None, /) -> int:
        """These files are deleted; how many of them nobody had said that of before."""
