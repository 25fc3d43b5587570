"""The port for receipts of files that left."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from checkdata.domain.audit.receipts import Receipt
from checkdata.domain.people.organisations import Organisation


class Receipts(Protocol):
    """The receipts of files that left; none is ever changed."""

    def add(self, *receipts: Receipt) -> None:
        """Keep receipts."""

    def of_file(self, sha256: str, /) -> Sequence[Receipt]:
        """The receipts of files with exactly these bytes, the newest first."""

    def of_organisation(
        self, organisation: Organisation, start: datetime | None = None, end: datetime | None = None, /
    ) -> Iterator[Receipt]:
        """The receipts of an organisation's files, the oldest first, streamed.

        From *start* on and before *end*, None for no limit.
        """

    def between(self, start: datetime | None, end: datetime | None, /) -> Iterator[Receipt]:
        """The receipts from *start* on and before *end*, None for no limit, the oldest first, streamed."""
