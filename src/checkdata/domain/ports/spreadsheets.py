"""The ports that read a user's list and write a workbook."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from checkdata.domain.listing.columns import Column, Row
from checkdata.domain.reconciliation.time_limit import TimeLimit
from checkdata.domain.reconciliation.uploaded_list import UploadedRow

ReadList = Callable[[bytes, TimeLimit], Sequence[UploadedRow]]
"""The rows of a file that a user chose, CSV or .xlsx, in memory and within limits; `ListRefused` (service rule 17)."""


class WorkbookWriter(Protocol):
    """Makes an Excel workbook for a download, in which every cell is text (service rule 13)."""

    def __call__(self, rows: Iterable[Row], columns: Sequence[Column[Row]], sheet: str, /) -> Iterator[bytes]:
        """The workbook in pieces, the first as soon as the first rows are there; *sheet* is its sheet's name."""
