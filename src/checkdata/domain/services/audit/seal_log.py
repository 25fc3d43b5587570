"""Seals the audit log behind its writers, and verifies the seals (service rule 15)."""

from collections.abc import Iterator
from typing import Final

from attrs import evolve, frozen

from checkdata.domain.audit.seals import (
    Anchor,
    ChainLink,
    KeptHead,
    KeyNotGiven,
    Seal,
    SealFault,
    SealTrouble,
    VerifiedSeals,
    key_not_given,
    seal_faults,
    seals_of,
)
from checkdata.domain.keys import Keys
from checkdata.domain.ports import Storage

BATCH: Final = 1000
"""How many events one round seals at most."""


@frozen(kw_only=True)
class Sealed:
    """What one round did: how many events it sealed, and the head of the chain then. False where there was nothing."""

    events: int = 0
    head: Seal | Anchor | None = None

    def __bool__(self) -> bool:
        """Whether anything was sealed; more may wait."""
        return self.events > 0


@frozen(kw_only=True)
class SealLog:
    """Seals what was recorded and verifies the seals; if several processes run it, one of them seals."""

    storage: Storage
    keys: Keys

    def seal_due(self) -> Sealed:
        """Seal one round of events: only those before which no other event can still be added."""
        if not self._waits():
            return Sealed()
        with self.storage.writing() as work:
            chain = work.audit_chain
            if not chain.take_turn():
                return Sealed()
            last, until = chain.head(), chain.settled()
            seals = list(seals_of(chain.unsealed(_number(last), until, BATCH), last, self.keys.first))
            if not seals:
                return Sealed()
            chain.seal(seals)
            work.commit()
        return Sealed(events=len(seals), head=seals[-1])

    def verify(self, *, kept: KeptHead | None = None) -> VerifiedSeals:
        """Check every event against its seal, and the head noted earlier against the log."""
        with self.storage.reading() as work:
            chain = work.audit_chain
            anchor, head = chain.anchor(), chain.head()
            passing = _Passing(chain.links(), _number(head), kept, self.keys)
            passing.note(anchor)
            faults = list(seal_faults(passing, anchor, self.keys))
        if kept is not None and not passing.met and (anchor is None or kept.number > anchor.number):
            faults.append(SealFault(SealTrouble.HEAD_MISSING, kept.number))
        return VerifiedSeals(
            sealed=passing.sealed,
            waiting=passing.waiting,
            head=head,
            faults=tuple(faults),
            not_given=tuple(passing.not_given.values()),
        )

    def _waits(self) -> bool:
        """Whether there is anything to seal; asked without SQLite's only lock."""
        with self.storage.reading() as work:
            return bool(work.audit_chain.unsealed(_number(work.audit_chain.head()), 2**62, 1))


class _Passing:
    """The links of a chain as they pass, counted: the sealed ones, and those after the head, which wait.

    ``not_given`` are the ids of keys that seals name but that were not given.
    """

    def __init__(self, links: Iterator[ChainLink], head: int, kept: KeptHead | None, keys: Keys) -> None:
        self._links, self._head, self._kept, self._keys = links, head, kept, keys
        self.sealed = self.waiting = 0
        self.met = False
        self.not_given = dict[str, KeyNotGiven]()

    def __iter__(self) -> Iterator[ChainLink]:
        for link in self._links:
            self.sealed += link.seal is not None
            self.waiting += link.number > self._head
            self.met |= link.seal is not None and KeptHead(link.number, link.seal.digest) == self._kept
            self.note(link.seal)
            yield link

    def note(self, signed: Seal | Anchor | None) -> None:
        """Note the key of a seal or an anchor, where it was not given."""
        key_id = None if signed is None else key_not_given(signed, self._keys)
        if signed is not None and key_id is not None:
            known = self.not_given.get(key_id) or KeyNotGiven(key_id=key_id, first=signed.number, last=signed.number)
            self.not_given[key_id] = evolve(known, last=signed.number)


def _number(last: Seal | Anchor | None) -> int:
    return 0 if last is None else last.number
