"""Files and comparisons that leave a storage, read back, for the machine that compares storages."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from checkdata.adapters.spreadsheets import close_names, read_list, workbook
from checkdata.domain.access.decision import Acting
from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.ports import Storage
from checkdata.domain.reconciliation.comparing import Detail
from checkdata.domain.reconciliation.result_pages import WantedPage
from checkdata.domain.reconciliation.result_rows import Outcome
from checkdata.domain.reconciliation.uploaded_list import ChosenColumns, UploadedList, UploadedRow
from checkdata.domain.services.listing.check_participants import CheckParticipants
from checkdata.domain.services.listing.compare_lists import CompareLists
from tests.stopped_clock import read_list as rows_of

Cells = list[tuple[str, ...]]
_COLUMNS: Final = ChosenColumns.of({0: Detail.FULL_NAME, 1: Detail.TRN, 2: Detail.EMAIL, 3: Detail.SCHOOL})


def downloaded(storage: Storage, acting: Acting, query: ParticipantQuery, kind: FileKind, now: datetime) -> Cells:
    """The cells of a file below its header, space around them aside, as a spreadsheet reads it."""
    checking = CheckParticipants(storage=storage, clock=lambda: now, workbook=workbook)
    content = b"".join(checking.download(acting, query, kind).chunks)
    if kind is FileKind.EXCEL:
        return [row.cells for row in rows_of(content)][1:]
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return stripped(rows)[1:]


def stripped(rows: Iterable[Sequence[str]]) -> Cells:
    """Cells without space around them."""
    return [tuple(cell.strip() for cell in row) for row in rows]


def seen_by_reconciling(  # noqa: PLR0913 - a question and who asks it
    storage: Storage,
    *,
    acting: Acting,
    scope: Scope,
    everyone: Sequence[ListedParticipant],
    outcome: Outcome,
    now: datetime,
) -> tuple[list[ListedParticipant], set[str]]:
    """The participants in a group for a user who knows everything and compares it; and the names in the file."""
    reconciling = CompareLists(
        storage=storage, clock=lambda: now, read_list=read_list, similarity=close_names, workbook=workbook
    )
    uploaded_list = _all_that_is_known(everyone)
    page = reconciling.page(acting, scope, uploaded_list, _COLUMNS, WantedPage(outcome=outcome)).page
    seen = [one.ours for row in page.rows for one in row.suggestions] + [row.ours for row in page.rows if row.ours]
    file = reconciling.download(acting, scope, uploaded_list, _COLUMNS, FileKind.RECONCILED_CSV).chunks
    rows = csv.DictReader(io.StringIO(b"".join(file).decode("utf-8-sig"), newline=""))
    return seen, {row["dfe_full_name"] for row in rows} - {""}


def _all_that_is_known(everyone: Sequence[ListedParticipant]) -> UploadedList:
    known = [(one.full_name, one.trn, one.email, one.school) for one in everyone] or [("Nobody", "", "", "Nowhere")]
    return UploadedList(
        ("Name", "TRN", "Email", "School"), tuple(UploadedRow(n, cells) for n, cells in enumerate(known, 2))
    )
