"""A batch export: what each file is, and the manifest that names them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import frozen

from checkdata.domain.organisations import Role
from checkdata.domain.values import ImportId


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


@frozen(kw_only=True)
class Manifest:
    """Every file of an export and the import they show; written last, so that it names whole files alone."""

    import_id: ImportId | None
    created_at: datetime
    files: Sequence[ExportedFile]
