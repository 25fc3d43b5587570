"""Notes mail that came back, so that support sees why a user got no link (service rule 7)."""

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from checkdata.domain.ports import Clock, ReadBounce, Storage


class NoticeKind(Enum):
    """What a mail that came in was: a bounce of ours, a bounce of a mail that is not known, or no bounce at all."""

    NOTED = "noted"
    UNKNOWN = "unknown"
    NO_BOUNCE = "no_bounce"


@frozen(kw_only=True)
class RecordBounces:
    """Notes which mails never arrived; the same notice twice notes nothing twice."""

    storage: Storage
    clock: Clock
    read: ReadBounce

    def note(self, mails: Iterable[bytes]) -> list[NoticeKind]:
        """What each of these mails was, in order; all that are bounces of ours are noted."""
        return [self._note(mail) for mail in mails]

    def _note(self, mail: bytes) -> NoticeKind:
        reference = self.read(mail)
        if reference is None:
            return NoticeKind.NO_BOUNCE
        with self.storage.writing() as work:
            known = work.outbox.bounced(reference, self.clock())
            work.commit()
        return NoticeKind.NOTED if known else NoticeKind.UNKNOWN
