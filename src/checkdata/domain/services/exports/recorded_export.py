"""The record of an export: a receipt and an event of each file."""

from collections.abc import Sequence
from datetime import datetime

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.exports import ExportedFile, ExportJob, ReceiptedFile
from checkdata.domain.ports import Storage


def record_export(storage: Storage, jobs: Sequence[ExportJob], written: Sequence[ReceiptedFile], now: datetime) -> None:
    """Record every file before it becomes visible."""
    with storage.writing() as work:
        work.receipts.add(*(done.receipt for done in written))
        work.audit.record(*(_event(job, done.file, now) for job, done in zip(jobs, written, strict=True)))
        work.commit()


def _event(job: ExportJob, exported: ExportedFile, at: datetime) -> AuditEvent:
    """What is recorded of a file: the filters, but never the text of a search (service rule 15)."""
    return AuditEvent(
        kind=AuditKind.EXPORTED,
        at=at,
        role=exported.role,
        organisation_id=exported.organisation_id,
        import_id=job.import_id,
        details={**job.query.recorded, "rows": exported.rows, "sha256": exported.written.sha256},
    )
