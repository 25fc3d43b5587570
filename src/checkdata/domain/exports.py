"""A batch export: what each file is, and the manifest that names them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import frozen

from checkdata.domain.audit.receipts import Receipt
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.people.organisations import Role
from checkdata.domain.training.records import Viewer
from checkdata.domain.values import ImportId


@frozen(kw_only=True)
class ExportJob:
    """One file to write, as a value that can be sent to another process or machine.

    It holds no row and no secret: the worker that writes it opens its own storage. ``import_id`` is the import that
    all files of the export show, ``at`` when the export began; ``safe`` neutralises cells for spreadsheets, and
    ``extended`` files have the columns of `checkdata.domain.listing.columns.extended_columns_for`.
    """

    viewer: Viewer
    query: ParticipantQuery
    import_id: ImportId | None
    at: datetime
    safe: bool
    extended: bool


@frozen
class WrittenFile:
    """A file as it lies in the folder: its path from there, its SHA-256 as hex, and its size in bytes."""

    file: str
    sha256: str
    bytes: int


@frozen(kw_only=True)
class ExportedFile:
    """One organisation's file: how many participants it holds, and by which filters they were found."""

    organisation_id: str
    role: Role
    written: WrittenFile
    rows: int
    filters: Mapping[str, str]


@frozen
class ReceiptedFile:
    """A file that is written but not yet visible, and its receipt, which is stored before the file becomes visible."""

    file: ExportedFile
    receipt: Receipt


@frozen(kw_only=True)
class Manifest:
    """Every file of an export and the import they show; written last, so that it names only complete files."""

    import_id: ImportId | None
    created_at: datetime
    files: Sequence[ExportedFile]
