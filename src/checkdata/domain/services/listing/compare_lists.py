"""A user compares their own list with what they may see (service rule 17); the list is never stored."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from attrs import evolve, frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.columns import BYTE_ORDER_MARK, csv_chunks
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import School
from checkdata.domain.ports import Clock, ReadList, Storage, UnitOfWork, WorkbookWriter
from checkdata.domain.reconciliation.close_names import Similarity
from checkdata.domain.reconciliation.reconcile import reconcile
from checkdata.domain.reconciliation.result_pages import ReconciledPage, WantedPage, reconciled_page
from checkdata.domain.reconciliation.result_rows import ReconciledRow, reconciled_columns, reconciled_rows
from checkdata.domain.reconciliation.time_limit import TimeLimit
from checkdata.domain.reconciliation.uploaded_list import ChosenColumns, UploadedList
from checkdata.domain.services.task_steps.download import Download, Pieces, new_download_id
from checkdata.domain.services.task_steps.receipts import MakeReceipt, receipt_for
from checkdata.domain.services.task_steps.record_event import record_shown

_SHEET: Final = "Comparison"


@frozen(kw_only=True)
class Reconciled:
    """A page of a reconciliation, and the import that it was made with."""

    page: ReconciledPage
    as_of: Import | None


@frozen(kw_only=True)
class CompareLists:
    """Comparing a list with the participants of a scope that was granted for this very request.

    Only counts are recorded, never a word of their list or of a participant.
    """

    storage: Storage
    clock: Clock
    read_list: ReadList
    similarity: Similarity
    workbook: WorkbookWriter

    def read(self, file: bytes) -> UploadedList:
        """The list in a file; `ListRefused` with a sentence for its user, also if reading takes too long."""
        return UploadedList.of(self.read_list(file, TimeLimit.from_now(self.clock)))

    def page(
        self, acting: Acting, scope: Scope, uploaded_list: UploadedList, columns: ChosenColumns, wanted: WantedPage
    ) -> Reconciled:
        """A page of the comparison, on record as viewed; `PageNotFound` past the end of a group, `TookTooLong`."""
        query, limit = ParticipantQuery(scope=scope), TimeLimit.from_now(self.clock)
        with self.storage.reading() as work:
            as_of = work.participants.as_of()
            listed = list(limit.over(work.participants.rows(query)))
            kin = _kin(work, listed)
        page = reconciled_page(reconcile(uploaded_list, columns, listed, self.similarity, limit, kin=kin), wanted)
        shown: Mapping[str, str | int] = {
            "group": page.outcome.value,
            "page": page.number,
            "rows": len(page.rows),
            **{f"{outcome.value}_rows": number for outcome, number in page.counts.items()},
        }
        self._record(acting, AuditKind.LIST_RECONCILED, query, as_of, shown)
        return Reconciled(page=page, as_of=as_of)

    def download(
        self, acting: Acting, scope: Scope, uploaded_list: UploadedList, columns: ChosenColumns, kind: FileKind
    ) -> Download:
        """The whole comparison, on record before its first byte leaves, with a receipt once it has left whole.

        Raises `TookTooLong`, and `ValueError` for a kind that is no reconciliation.
        """
        if kind not in (FileKind.RECONCILED_CSV, FileKind.RECONCILED_EXCEL):
            raise ValueError(f"a reconciliation is no {kind.value}")
        query, limit = ParticipantQuery(scope=scope), TimeLimit.from_now(self.clock)
        with self.storage.reading() as work:
            as_of = work.participants.as_of()
            receipt = receipt_for(work, query, kind, self.clock, actor=acting.user_id)
            listed = list(limit.over(work.participants.rows(query)))
            kin = _kin(work, listed)
        rows = list(reconciled_rows(reconcile(uploaded_list, columns, listed, self.similarity, limit, kin=kin)))
        download_id = new_download_id()
        told: Mapping[str, str | int] = {"format": kind.value, "download": download_id, "rows": len(rows)}
        self._record(acting, AuditKind.DOWNLOADED, query, as_of, told)
        pieces = _pieces(self._file(rows, columns, kind), len(rows), receipt)
        return Download(rows=len(rows), as_of=as_of, id=download_id, storage=self.storage, acting=acting, pieces=pieces)

    def _file(self, rows: Sequence[ReconciledRow], columns: ChosenColumns, kind: FileKind) -> Iterator[bytes]:
        told = reconciled_columns(columns)
        if kind is FileKind.RECONCILED_EXCEL:
            return self.workbook(rows, told, _SHEET)
        return chain((BYTE_ORDER_MARK,), csv_chunks(rows, told))

    def _record(
        self,
        acting: Acting,
        kind: AuditKind,
        query: ParticipantQuery,
        as_of: Import | None,
        counts: Mapping[str, str | int],
    ) -> None:
        details = {**query.recorded, **counts}
        record_shown(self.storage, acting, kind, self.clock(), as_of=as_of, details=details)


def _kin(work: UnitOfWork, listed: Iterable[ListedParticipant]) -> Mapping[str, Sequence[School]]:
    return work.school_register.kin({one.school_urn for one in listed})


def _pieces(file: Iterator[bytes], rows: int, receipt: MakeReceipt) -> Pieces:
    """The file, made of what was read before, so that storage is not held."""
    yield from file
    return lambda digest, size: evolve(receipt(digest, size), rows=rows)
