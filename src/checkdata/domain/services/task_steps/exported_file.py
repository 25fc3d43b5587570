"""Writes one file of an export, in this process, in another, or on another machine."""

from collections.abc import Callable, Iterator

from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.errors import ImportMoved
from checkdata.domain.exports import ExportedFile, ExportJob, ReceiptedFile, WrittenFile
from checkdata.domain.listing.as_of import id_of
from checkdata.domain.listing.columns import csv_chunks, extended_columns_for, neutralised, raw
from checkdata.domain.ports import ExportFolder, Storage, UnitOfWork
from checkdata.domain.services.task_steps.receipts import receipt_for

WriteFile = Callable[[ExportJob], ReceiptedFile]
"""`write_file` with a storage and a folder; one that can be sent to where an executor runs it."""


def write_file(storage: Storage, folder: ExportFolder, job: ExportJob) -> ReceiptedFile:
    """Write the file of one organisation from one state of the storage.

    Raises `ImportMoved` where that is not the import that the export shows, and `FolderNotWritable`.
    """
    with storage.reading() as work:
        as_of = work.participants.as_of()
        if id_of(as_of) != job.import_id:
            raise ImportMoved(
                "The database shows a different import from the one that the export began with. New data were loaded "
                "during the export, or a worker is set to another database. No file was changed. Export again."
            )
        kind = FileKind.EXTENDED_EXPORT if job.extended else FileKind.EXPORT
        receipt = receipt_for(work, job.query, kind, lambda: job.at, actor=None)
        written = folder.write(job.viewer, _csv(work, job))
    kept = receipt(written.sha256, written.bytes)
    return ReceiptedFile(_exported(job, written, kept.rows), kept)


def _csv(work: UnitOfWork, job: ExportJob) -> Iterator[bytes]:
    if not job.extended:
        return work.participants.csv(job.query, safe=job.safe)
    columns = extended_columns_for(job.viewer.role)
    return csv_chunks(work.participants.rows(job.query), columns, safe=neutralised if job.safe else raw)


def _exported(job: ExportJob, written: WrittenFile, rows: int) -> ExportedFile:
    viewer = job.viewer
    return ExportedFile(
        organisation_id=viewer.id, role=viewer.role, written=written, rows=rows, filters=job.query.words
    )
