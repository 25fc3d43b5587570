"""Receipts in memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from attrs import evolve

from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.audit.receipts import Receipt
from checkdata.domain.people.organisations import Organisation


class MemoryReceipts:
    """The receipts of a draft, in the order in which they were kept."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def add(self, *receipts: Receipt) -> None:
        """Keep receipts."""
        state = self._draft.state
        self._draft.state = evolve(state, receipts=(*state.receipts, *receipts))

    def of_file(self, sha256: str, /) -> Sequence[Receipt]:
        """The receipts of these bytes, the newest first."""
        return [receipt for receipt in reversed(self._draft.state.receipts) if receipt.sha256 == sha256]

    def of_organisation(
        self, organisation: Organisation, start: datetime | None = None, end: datetime | None = None, /
    ) -> Iterator[Receipt]:
        """The receipts of an organisation's files."""
        ours = organisation.role, organisation.id
        return (receipt for receipt in self.between(start, end) if (receipt.role, receipt.organisation_id) == ours)

    def between(self, start: datetime | None, end: datetime | None, /) -> Iterator[Receipt]:
        """The receipts of a time."""
        for receipt in self._draft.state.receipts:
            if (start is None or receipt.at >= start) and (end is None or receipt.at < end):
                yield receipt


_conforms: type[ports.Receipts] = MemoryReceipts
