"""The audit log is sealed behind those who write it, and what is sealed can be verified (service rule 15)."""

from collections.abc import Iterator
from typing import Final

from attrs import field, frozen

from checkdata.domain.ports import Storage
from checkdata.domain.seals import Anchor, Fault, KeptHead, Link, Seal, Trouble, Verified, faults_of, seals_of

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
class Sealing:
    """Seals what was recorded and verifies the seals; several may run at once, one of them seals."""

    storage: Storage
    key: bytes = field(repr=False)

    def seal_due(self) -> Sealed:
        """Seal one round of events, those alone before which nothing can come any more."""
        if not self._waits():
            return Sealed()
        with self.storage.writing() as work:
            chain = work.audit_chain
            if not chain.take_turn():
                return Sealed()
            last, until = chain.head(), chain.settled()
            seals = list(seals_of(chain.unsealed(_number(last), until, BATCH), last, self.key))
            if not seals:
                return Sealed()
            chain.seal(seals)
            work.commit()
        return Sealed(events=len(seals), head=seals[-1])

    def verify(self, *, kept: KeptHead | None = None) -> Verified:
        """Hold every event against its seal, and the head that an earlier look gave against the one that is there."""
        with self.storage.reading() as work:
            chain = work.audit_chain
            anchor, head = chain.anchor(), chain.head()
            passing = _Passing(chain.links(), _number(head), kept)
            faults = list(faults_of(passing, anchor, self.key))
        if kept is not None and not passing.met and (anchor is None or kept.number > anchor.number):
            faults.append(Fault(Trouble.HEAD_MISSING, kept.number))
        return Verified(sealed=passing.sealed, waiting=passing.waiting, head=head, faults=tuple(faults))

    def _waits(self) -> bool:
        """Whether there is anything to seal; asked without the lock that SQLite has one of."""
        with self.storage.reading() as work:
            return bool(work.audit_chain.unsealed(_number(work.audit_chain.head()), 2**62, 1))


class _Passing:
    """The links of a chain as they pass, counted: the sealed ones, and those after the head, which wait."""

    def __init__(self, links: Iterator[Link], head: int, kept: KeptHead | None) -> None:
        self._links, self._head, self._kept = links, head, kept
        self.sealed = self.waiting = 0
        self.met = False

    def __iter__(self) -> Iterator[Link]:
        for link in self._links:
            self.sealed += link.seal is not None
            self.waiting += link.number > self._head
            self.met |= link.seal is not None and KeptHead(link.number, link.seal.digest) == self._kept
            yield link


def _number(last: Seal | Anchor | None) -> int:
    return 0 if last is None else last.number
