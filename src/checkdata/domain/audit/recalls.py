"""The recall of files: once an agreement is over, those who hold files that left under it delete them (rules.md 15).

The copy that a program keeps of what it read with an API key is recalled like a file.
"""

from datetime import datetime

from attrs import frozen

from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.values import UserId


@frozen(kw_only=True)
class Recall:
    """The recall of the files that left under an agreement that is over.

    ``looked_at`` is when all files of the agreement were last looked at, which is done again after each further recall
    of the partner: until then its agreement may have covered them. ``withdrawn_at`` is when the agreement was found to
    be in force again; None while the recall is open. An agreement has one open recall at most.
    """

    id: str
    agreement_id: str
    delivery_partner_id: str
    opened_at: datetime
    looked_at: datetime
    withdrawn_at: datetime | None = None


@frozen(kw_only=True)
class RecalledFile:
    """A file to be deleted, as its receipt tells of it; ``holder`` took it, None for an operator's export.

    A copy with a ``key_id`` is all that was read with that key under the agreement, as the receipt of the last page
    tells; its holder is the key's user, None where it is a calling service's.
    ``asked`` is how often its holder was mailed, ``asked_at`` when last. ``deleted_at`` is when ``told_by`` said that
    it is deleted: its holder, a support user who was told so, or an operator (None).
    """

    id: str
    recall_id: str
    agreement_id: str
    delivery_partner_id: str
    holder: UserId | None
    sha256: str
    kind: FileKind
    left_at: datetime
    rows: int
    asked: int = 0
    asked_at: datetime | None = None
    deleted_at: datetime | None = None
    told_by: UserId | None = None
    key_id: str = ""
    key_name: str = ""

    @property
    def left_as(self) -> tuple[object, ...]:
        """What tells it from every other file that left; of a key there is one copy, whatever was read when."""
        return (self.key_id,) if self.key_id else (self.sha256, self.left_at, self.holder)

    def is_due(self, asked_before: datetime) -> bool:
        """Whether its holder is to be asked: they never were, or last before then."""
        return self.asked_at is None or self.asked_at <= asked_before
