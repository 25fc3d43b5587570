"""The receipt of what left the service: what it held, who took it and by what right (service rule 15).

A receipt is written before the last bytes of its file are handed over, so that no whole file is without one. A page of
rows that a program reads with an API key has one too, because it keeps a copy of them.
"""

import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Final

from attrs import field, frozen

from checkdata.domain.access.scope import ScopeRule
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import ImportId, ParticipantId, UserId


class FileKind(Enum):
    """The kind of file that was made; the last two are no files, but what a program and another service were told."""

    CSV = "csv"
    EXCEL = "xlsx"
    EXTENDED_CSV = "extended"
    EXTENDED_EXCEL = "extended_xlsx"
    CONTACTS = "contacts"
    ALL_CONTACTS = "all_contacts"
    CHASE = "chase"
    CHANGES = "changes"
    RECONCILED_CSV = "reconciled"
    RECONCILED_EXCEL = "reconciled_xlsx"
    EXPORT = "export"
    EXTENDED_EXPORT = "extended_export"
    API = "api"
    DECISIONS = "decisions"


READ_BY_KEY: Final = (FileKind.API, FileKind.DECISIONS)
"""What is read with an API key, page by page."""


@frozen(kw_only=True)
class Receipt:
    """One file that left: its SHA-256 as hex, its size in bytes, who took it in which role, and what it shows.

    ``actor`` is None for an operator's export, and for what another service was told. ``filters`` are slugs, the order
    among them; of a search only that there was one. ``rules`` are those of the scope (`Scope`), ``agreement_ids`` the
    agreements behind them. ``participants`` is `packed`, kept if import, scope and filters are not enough to tell who
    was in it; else None. What was read with an API key has the key's id and name, or the name of the calling service.
    """

    sha256: str
    size: int
    kind: FileKind
    at: datetime
    actor: UserId | None
    role: Role
    organisation_id: str
    import_id: ImportId | None
    rows: int
    filters: Mapping[str, str] = field(factory=dict)
    searched: bool = False
    agreement_ids: tuple[str, ...] = ()
    rules: tuple[ScopeRule, ...] = ()
    rules_version: int
    participants: bytes | None = field(default=None, repr=False)
    key_id: str = ""
    key_name: str = ""

    def kept(self, participant_id: ParticipantId) -> bool | None:
        """Whether the participant is among those that were kept; None if none were."""
        return None if self.participants is None else is_packed(participant_id, self.participants)

    @property
    def participant_ids(self) -> tuple[ParticipantId, ...] | None:
        """The participants in the file, in the order of its lines; None if that was not kept."""
        return None if self.participants is None else unpacked(self.participants)


def packed(participant_ids: Iterable[ParticipantId]) -> bytes:
    """Ids in order, compressed as far as is quick; ids hold no line end (feed.md)."""
    return zlib.compress("\n".join(participant_ids).encode(), level=1)


def is_packed(participant_id: ParticipantId, participants: bytes) -> bool:
    """Whether an id is among those that were `packed`, in a tenth of the time of unpacking them all."""
    return b"\n%s\n" % participant_id.encode() in b"\n%s\n" % zlib.decompress(participants)


def unpacked(participants: bytes) -> tuple[ParticipantId, ...]:
    """The ids that were `packed`."""
    text = zlib.decompress(participants).decode()
    return tuple(map(ParticipantId, text.split("\n"))) if text else ()
