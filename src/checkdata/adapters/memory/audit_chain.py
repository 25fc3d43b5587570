"""The seals of the audit log in memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import takewhile

from attrs import evolve

from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.audit.seals import Anchor, ChainLink, Seal, sealed_text


class MemoryAuditChain:
    """The seals of a draft; events are numbered from 1 in the order in which they were recorded."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def take_turn(self) -> bool:
        """Units of work that write take turns anyway."""
        return True

    def settled(self) -> int:
        """Units of work that write take turns, so all events are settled."""
        return self._draft.state.audit_purged + len(self._draft.state.audit)

    def head(self) -> Seal | Anchor | None:
        """The newest seal or anchor."""
        return self._draft.state.seals[-1] if self._draft.state.seals else self.anchor()

    def unsealed(self, after: int, until: int, limit: int, /) -> Sequence[ChainLink]:
        """Events after one number and until another."""
        return [link for link in self._events() if after < link.number <= until][:limit]

    def seal(self, seals: Sequence[Seal], /) -> None:
        """Add seals."""
        state = self._draft.state
        self._draft.state = evolve(state, seals=(*state.seals, *seals))

    def links(self) -> Iterator[ChainLink]:
        """Every event with its seal."""
        seals = {seal.number: seal for seal in self._draft.state.seals}
        return (evolve(link, seal=seals.get(link.number)) for link in self._events())

    def anchor(self) -> Anchor | None:
        """The newest anchor."""
        return self._draft.state.anchors[-1] if self._draft.state.anchors else None

    def last_of_segments(self, before: datetime, /) -> Seal | None:
        """The last seal of the whole segments that are old enough."""
        state = self._draft.state
        old = len(list(takewhile(lambda event: event.at < before, state.audit))) + state.audit_purged
        young = {seal.segment for seal in state.seals if seal.number > old}
        whole = [seal for seal in state.seals if seal.segment not in young]
        return whole[-1] if whole else None

    def purge(self, anchor: Anchor, /) -> int:
        """Delete what is up to the anchor."""
        state = self._draft.state
        number = anchor.number - state.audit_purged
        self._draft.state = evolve(
            state,
            audit=state.audit[number:],
            audit_purged=anchor.number,
            seals=tuple(seal for seal in state.seals if seal.number > anchor.number),
            anchors=(*state.anchors, anchor),
            receipts=tuple(receipt for receipt in state.receipts if receipt.at >= anchor.before),
        )
        return number

    def _events(self) -> Iterator[ChainLink]:
        state = self._draft.state
        for number, event in enumerate(state.audit, state.audit_purged + 1):
            yield ChainLink(number=number, words=sealed_text(number, event))


_conforms: type[ports.AuditChain] = MemoryAuditChain
