"""The seals of the audit log: a chain in which each event's seal holds the one before (service rule 15).

An event's seal is HMAC-SHA256 over the seal before it, its place in the chain and the event itself, with a key that no
database holds: whoever can change the database, but does not know the key, can't make the chain fit again. What a chain
can't tell by itself is that its end was cut off, events and seals together: for that the newest seal, the head, is told
to the log of the process and by ``checkdata audit verify``, to be kept elsewhere and asked for later.
"""

import hmac
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import Enum
from hashlib import sha256
from typing import Final

from attrs import evolve, field, frozen

from checkdata.domain.audit import AuditEvent

BEGINNING: Final = ""
"""What the first seal of a log holds in place of one before it."""


@frozen(kw_only=True)
class Seal:
    """The seal of the event with this number.

    ``position`` is its place in the chain, from 1; ``segment`` is the position of the first seal that was made in the
    same round: the seals of a round are a segment, which is purged as a whole or not at all.
    """

    number: int
    position: int
    segment: int
    digest: str


@frozen(kw_only=True)
class Anchor:
    """Where the chain begins once its oldest segments are purged, as long as nothing else is: signed with its key.

    ``number``, ``position`` and ``digest`` are those of the last seal that was purged; all that was purged happened
    before ``before``.
    """

    number: int
    position: int
    digest: str
    before: datetime
    signature: str = ""

    def signed(self, key: bytes) -> "Anchor":
        """The same with its signature."""
        return evolve(self, signature=self._signature(key))

    def is_genuine(self, key: bytes) -> bool:
        """Whether the signature was made with this key."""
        return hmac.compare_digest(self.signature, self._signature(key))

    def _signature(self, key: bytes) -> str:
        words = f"anchor {self.number} {self.position} {self.digest} {_utc(self.before)}"
        return hmac.new(key, words.encode(), sha256).hexdigest()


@frozen
class KeptHead:
    """The newest seal as somebody noted it elsewhere: the number of its event, and its digest."""

    number: int
    digest: str


@frozen(kw_only=True)
class Link:
    """A number of the log with the event and the seal that are there: ``words`` of the event, None without one."""

    number: int
    words: str | None
    seal: Seal | None = None


class Trouble(Enum):
    """What can be wrong with a sealed log."""

    CHANGED = "changed"
    REMOVED = "removed"
    PUT_IN = "put_in"
    SEAL_REMOVED = "seal_removed"
    REMOVED_WITH_SEAL = "removed_with_seal"
    HEAD_MISSING = "head_missing"
    ANCHOR_FORGED = "anchor_forged"


@frozen
class Fault:
    """What is wrong, and with which event; of `Trouble.REMOVED_WITH_SEAL` the event that comes next."""

    trouble: Trouble
    number: int

    @property
    def sentence(self) -> str:
        """What is wrong, for whoever looks after the service."""
        return _SENTENCES[self.trouble].format(self.number)


_SENTENCES: Final = {
    Trouble.CHANGED: "Event {} was changed after it was sealed.",
    Trouble.REMOVED: "Event {} was removed after it was sealed.",
    Trouble.PUT_IN: "Event {} was put in between events that had been sealed.",
    Trouble.SEAL_REMOVED: "The seal of event {} was removed.",
    Trouble.REMOVED_WITH_SEAL: "Before event {}, events were removed together with their seals.",
    Trouble.HEAD_MISSING: "Event {} is not there with the seal that was asked for: the end of the log was cut off.",
    Trouble.ANCHOR_FORGED: "The anchor at event {} was not made by a purge: its signature is wrong.",
}


def words_of(number: int, event: AuditEvent) -> str:
    """An event as the one text that is sealed; two events have the same text where they are the same."""
    told = {
        "number": number,
        "kind": event.kind.value,
        "at": _utc(event.at),
        "actor": event.actor,
        "role": None if event.role is None else event.role.value,
        "organisation_id": event.organisation_id,
        "subject": event.subject,
        "import_id": event.import_id,
        "participant_id": event.participant_id,
        "details": dict(event.details),
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


def seals_of(links: Iterable[Link], last: Seal | Anchor | None, key: bytes) -> Iterator[Seal]:
    """The seals of events in the order of their numbers, which follow *last*; all of one segment."""
    before, position = (BEGINNING, 0) if last is None else (last.digest, last.position)
    segment = position + 1
    for link in links:
        position += 1
        before = _digest(before, position, link.words or "", key)
        yield Seal(number=link.number, position=position, segment=segment, digest=before)


def faults_of(links: Iterable[Link], anchor: Anchor | None, key: bytes) -> Iterator[Fault]:
    """What is wrong with a log, event by event; *links* are in order, up to the newest seal and beyond.

    One change is one fault: what follows a changed event is held against the seal that is there. Events after the
    newest seal are not sealed yet, and nothing is wrong with them.
    """
    if anchor is not None and not anchor.is_genuine(key):
        yield Fault(Trouble.ANCHOR_FORGED, anchor.number)
    checking = _Checking(key, anchor)
    for link in links:
        yield from checking.check(link)


class _Checking:
    """The state of a check: the seal before, and events met since that have none."""

    def __init__(self, key: bytes, anchor: Anchor | None) -> None:
        self._key = key
        self._begins_after = 0 if anchor is None else anchor.number
        self._before, self._position = (BEGINNING, 0) if anchor is None else (anchor.digest, anchor.position)
        self._unsealed: list[Link] = []

    def check(self, link: Link) -> Iterator[Fault]:
        if link.number <= self._begins_after:
            yield Fault(Trouble.PUT_IN, link.number)
        elif link.seal is None:
            self._unsealed.append(link)
        else:
            yield from self._check_sealed(link, link.seal)
            self._before, self._position, self._unsealed = link.seal.digest, link.seal.position, []

    def _check_sealed(self, link: Link, seal: Seal) -> Iterator[Fault]:
        fits = self._fits(self._before, self._position, link, seal)
        if not fits and self._unsealed and self._fits(*self._as_though_sealed(), link, seal):
            yield from (Fault(Trouble.SEAL_REMOVED, unsealed.number) for unsealed in self._unsealed)
            return
        yield from (Fault(Trouble.PUT_IN, unsealed.number) for unsealed in self._unsealed)
        if seal.position > self._position + 1:
            yield Fault(Trouble.REMOVED_WITH_SEAL, link.number)
        elif link.words is None:
            yield Fault(Trouble.REMOVED, link.number)
        elif not fits:
            yield Fault(Trouble.CHANGED, link.number)

    def _as_though_sealed(self) -> tuple[str, int]:
        digest, position = self._before, self._position
        for unsealed in self._unsealed:
            position += 1
            digest = _digest(digest, position, unsealed.words or "", self._key)
        return digest, position

    def _fits(self, before: str, position: int, link: Link, seal: Seal) -> bool:
        expected = _digest(before, position + 1, link.words or "", self._key)
        return link.words is not None and seal.position == position + 1 and hmac.compare_digest(expected, seal.digest)


def _digest(before: str, position: int, words: str, key: bytes) -> str:
    return hmac.new(key, f"{before}\n{position}\n{words}".encode(), sha256).hexdigest()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


@frozen(kw_only=True)
class Verified:
    """What a check of the log found: how many events are sealed, how many wait, the head, and all that is wrong."""

    sealed: int
    waiting: int
    head: Seal | Anchor | None
    faults: tuple[Fault, ...] = field(default=())
