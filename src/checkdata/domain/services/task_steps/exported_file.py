"""Writes one file of an export, in this process, in another, or on another machine."""

from collections.abc import Callable

from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.errors import ImportMoved
from checkdata.domain.exports import ExportedFile, ExportJob, ReceiptedFile, WrittenFile
from checkdata.domain.listing.as_of import id_of
from checkdata.domain.ports import ExportFolder, Storage
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
        receipt = receipt_for(work, job.query, FileKind.EXPORT, lambda: job.at, actor=None)
        written = folder.write(job.viewer, work.participants.csv(job.query, safe=job.safe))
    kept = receipt(written.sha256, written.bytes)
    return ReceiptedFile(_exported(job, written, kept.rows), kept)


def _exported(job: ExportJob, written: WrittenFile, rows: int) -> ExportedFile:
    viewer = job.viewer
    return ExportedFile(
        organisation_id=viewer.id, role=viewer.role, written=written, rows=rows, filters=job.query.words
    )
