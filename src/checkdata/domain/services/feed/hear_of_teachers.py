"""Another service tells that a teacher's record changed."""

from collections.abc import Sequence

from attrs import frozen

from checkdata.domain.errors import MessageRefused
from checkdata.domain.ports import Clock, ReadTeacherMessage, Storage
from checkdata.domain.training.teacher_answers import TeacherMessage


@frozen(kw_only=True)
class HearOfTeachers:
    """Keeps whose record changed, so that `CheckTrns` asks about them; what changed is not kept."""

    storage: Storage
    clock: Clock
    read: ReadTeacherMessage

    def hear(self, headers: Sequence[tuple[str, str]], body: bytes) -> None:
        """Keep one message; `MessageRefused` where its signature is not right, or came before."""
        signed, trn = self.read(headers, body)
        with self.storage.writing() as work:
            is_new = work.teacher_checks.hear(TeacherMessage(signed=signed, trn=trn, at=self.clock()))
            work.commit()
        if not is_new:
            raise MessageRefused("This message came before.")
