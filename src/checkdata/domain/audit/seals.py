"""The seals of the audit log: a chain in which each event's seal holds the one before (service rule 15).

An event's seal is HMAC-SHA256 over the seal before it, its place in the chain and the event itself, with a key that no
database holds. An attacker who can change the database but does not know the key can't make the chain fit again. A
chain can't show by itself that its end was cut off, events and seals together. So the newest seal, the head, is written
to the log of the process and by ``checkdata audit verify``, to be kept elsewhere and checked later.

Each seal names its key, so that one key can follow another, and a seal whose key is not given is told from one that
does not fit. A name proves nothing by itself: seals of a key that was not given are not verified.
"""

import hmac
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import Enum
from hashlib import sha256
from typing import Final

from attrs import evolve, field, frozen

from checkdata.domain.audit.events import AuditEvent
from checkdata.domain.keys import Key, Keys

BEGINNING: Final = ""
"""What the first seal of a log holds in place of one before it."""


@frozen(kw_only=True)
class Seal:
    """The seal of the event with this number.

    ``position`` is its place in the chain, from 1; ``segment`` is the position of the first seal that was made in the
    same round: the seals of a round are a segment, which is purged as a whole or not at all. ``key_id`` is that of its
    `Key`, "" where it was made before seals named one.
    """

    number: int
    position: int
    segment: int
    digest: str
    key_id: str = ""


@frozen(kw_only=True)
class Anchor:
    """Where the chain begins once its oldest segments are purged, as long as nothing else is: signed with its key.

    ``number``, ``position`` and ``digest`` are those of the last seal that was purged; all that was purged happened
    before ``before``. ``key_id`` is as that of a seal.
    """

    number: int
    position: int
    digest: str
    before: datetime
    signature: str = ""
    key_id: str = ""

    def signed(self, key: Key) -> "Anchor":
        """The same with its signature."""
        return evolve(self, signature=self._signature(key), key_id=key.id)

    def is_genuine(self, keys: Keys) -> bool:
        """Whether the signature was made with one of these keys."""
        return any(hmac.compare_digest(self.signature, self._signature(key)) for key in _candidates(keys, self.key_id))

    def _signature(self, key: Key) -> str:
        words = f"anchor {self.number} {self.position} {self.digest} {_utc(self.before)}"
        return hmac.new(key.secret, words.encode(), sha256).hexdigest()


@frozen
class KeptHead:
    """The newest seal as an operator noted it elsewhere: the number of its event, and its digest."""

    number: int
    digest: str


@frozen(kw_only=True)
class ChainLink:
    """A number of the log with its event and its seal; ``words`` is the event's text, None if there is no event."""

    number: int
    words: str | None
    seal: Seal | None = None


class SealTrouble(Enum):
    """What can be wrong with a sealed log."""

    CHANGED = "changed"
    FITS_NO_KEY = "fits_no_key"
    REMOVED = "removed"
    PUT_IN = "put_in"
    SEAL_REMOVED = "seal_removed"
    REMOVED_WITH_SEAL = "removed_with_seal"
    HEAD_MISSING = "head_missing"
    ANCHOR_FORGED = "anchor_forged"


@frozen
class SealFault:
    """What is wrong, and with which event; of `SealTrouble.REMOVED_WITH_SEAL` the event that comes next."""

    trouble: SealTrouble
    number: int

    @property
    def sentence(self) -> str:
        """What is wrong, as a sentence for operators."""
        return _SENTENCES[self.trouble].format(self.number)


_SENTENCES: Final = {
    SealTrouble.CHANGED: "Event {} was changed after it was sealed.",
    SealTrouble.FITS_NO_KEY: (
        "Event {} was changed after it was sealed, or sealed with a key that was not given: its seal is from before "
        "seals named their key, and fits none of those given."
    ),
    SealTrouble.REMOVED: "Event {} was removed after it was sealed.",
    SealTrouble.PUT_IN: "Event {} was put in between events that had been sealed.",
    SealTrouble.SEAL_REMOVED: "The seal of event {} was removed.",
    SealTrouble.REMOVED_WITH_SEAL: "Before event {}, events were removed together with their seals.",
    SealTrouble.HEAD_MISSING: "Event {} is not there with the seal that was asked for: the end of the log was cut off.",
    SealTrouble.ANCHOR_FORGED: "The anchor at event {} was not made by a purge: its signature is wrong.",
}


def sealed_text(number: int, event: AuditEvent) -> str:
    """The text of an event that is sealed; two events have the same text only if they are the same."""
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


@frozen(kw_only=True)
class KeyNotGiven:
    """A key that was not given: what it signed, from one event to another, was not verified."""

    key_id: str
    first: int
    last: int

    @property
    def sentence(self) -> str:
        """What was not verified, as a sentence for operators."""
        events = f"event {self.first}" if self.first == self.last else f"events {self.first} to {self.last}"
        return f"Not verified: {events}, sealed with key {self.key_id}, which was not given."


def seals_of(links: Iterable[ChainLink], last: Seal | Anchor | None, key: Key) -> Iterator[Seal]:
    """The seals of events in the order of their numbers, which follow *last*; all of one segment."""
    before, position = (BEGINNING, 0) if last is None else (last.digest, last.position)
    segment = position + 1
    for link in links:
        position += 1
        before = _digest(before, position, link.words or "", key)
        yield Seal(number=link.number, position=position, segment=segment, digest=before, key_id=key.id)


def seal_faults(links: Iterable[ChainLink], anchor: Anchor | None, keys: Keys) -> Iterator[SealFault]:
    """What is wrong with a log, event by event; *links* are in order, up to the newest seal and beyond.

    One change is one fault: what follows a changed event is checked against the seal that is there. Events after the
    newest seal are not sealed yet, and nothing is wrong with them. If a key is not given, only what is missing and
    what was put in is found: `key_not_given` says of which seals.
    """
    if anchor is not None and key_not_given(anchor, keys) is None and not anchor.is_genuine(keys):
        yield SealFault(SealTrouble.ANCHOR_FORGED, anchor.number)
    checking = _Checking(keys, anchor)
    for link in links:
        yield from checking.check(link)


class _Checking:
    """The state of a check: the seal before, and events met since that have none."""

    def __init__(self, keys: Keys, anchor: Anchor | None) -> None:
        self._keys = keys
        self._begins_after = 0 if anchor is None else anchor.number
        self._before, self._position = (BEGINNING, 0) if anchor is None else (anchor.digest, anchor.position)
        self._unsealed: list[ChainLink] = []

    def check(self, link: ChainLink) -> Iterator[SealFault]:
        if link.number <= self._begins_after:
            yield SealFault(SealTrouble.PUT_IN, link.number)
        elif link.seal is None:
            self._unsealed.append(link)
        else:
            yield from self._check_sealed(link, link.seal)
            self._before, self._position, self._unsealed = link.seal.digest, link.seal.position, []

    def _check_sealed(self, link: ChainLink, seal: Seal) -> Iterator[SealFault]:
        fits = self._fits(self._before, self._position, link, seal)
        if not fits and self._unsealed and self._seals_were_removed(link, seal):
            yield from (SealFault(SealTrouble.SEAL_REMOVED, unsealed.number) for unsealed in self._unsealed)
            return
        yield from (SealFault(SealTrouble.PUT_IN, unsealed.number) for unsealed in self._unsealed)
        if seal.position > self._position + 1:
            yield SealFault(SealTrouble.REMOVED_WITH_SEAL, link.number)
        elif link.words is None:
            yield SealFault(SealTrouble.REMOVED, link.number)
        elif seal.position <= self._position or (not fits and key_not_given(seal, self._keys) is None):
            yield SealFault(SealTrouble.CHANGED if seal.key_id else SealTrouble.FITS_NO_KEY, link.number)

    def _seals_were_removed(self, link: ChainLink, seal: Seal) -> bool:
        """Whether the events met without a seal, all sealed with one key, would lead to this seal."""
        return any(self._fits(*self._as_though_sealed(key), link, seal) for key in self._keys)

    def _as_though_sealed(self, key: Key) -> tuple[str, int]:
        digest, position = self._before, self._position
        for unsealed in self._unsealed:
            position += 1
            digest = _digest(digest, position, unsealed.words or "", key)
        return digest, position

    def _fits(self, before: str, position: int, link: ChainLink, seal: Seal) -> bool:
        if link.words is None or seal.position != position + 1:
            return False
        expected = [_digest(before, seal.position, link.words, key) for key in _candidates(self._keys, seal.key_id)]
        return any(hmac.compare_digest(digest, seal.digest) for digest in expected)


def key_not_given(signed: Seal | Anchor, keys: Keys) -> str | None:
    """The id of the key that a seal or an anchor names, where it is none of these; else None."""
    return None if _candidates(keys, signed.key_id) else signed.key_id


def _candidates(keys: Keys, key_id: str) -> Iterable[Key]:
    """The keys that may have signed something that names *key_id*: any of them if it names none."""
    return keys.named(key_id) if key_id else tuple(keys)


def _digest(before: str, position: int, words: str, key: Key) -> str:
    return hmac.new(key.secret, f"{before}\n{position}\n{words}".encode(), sha256).hexdigest()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


@frozen(kw_only=True)
class VerifiedSeals:
    """What a check of the log found: how many events are sealed, how many wait, the head, and all that is wrong.

    ``not_given`` is what could not be verified: the log is known to be whole where that is empty, as ``faults`` is.
    """

    sealed: int
    waiting: int
    head: Seal | Anchor | None
    faults: tuple[SealFault, ...] = field(default=())
    not_given: tuple[KeyNotGiven, ...] = field(default=())
