"""Backups: a folder with all that a database holds, and a manifest by which it is checked.

`back_up` makes one while the service and imports run, `restore` fills an empty database with it.
"""

from pathlib import Path

from sqlalchemy import Engine

from checkdata.adapters.sql.backups import postgresql, sqlite_files
from checkdata.adapters.sql.backups.folder import checked_manifest, new_folder
from checkdata.adapters.sql.backups.manifest import BackupManifest
from checkdata.adapters.sql.backups.shown import Shown
from checkdata.adapters.sql.schema import REVISION
from checkdata.domain.errors import BackupRefused

__all__ = ["BackupManifest", "Shown", "back_up", "restore"]


def back_up(engine: Engine, folder: Path, shown: Shown, *, version: str) -> BackupManifest:
    """Back the database up into a new *folder*, as the owner of its tables; *version* is that of the program.

    The folder appears only when all of it is on the disk and was read again. Raises `BackupRefused` where there is
    something already, `BackupFailed` and `StorageError`.
    """
    kind = engine.dialect.name
    with new_folder(folder) as partial:
        if kind == "postgresql":
            state = postgresql.dump(engine, partial, shown)
        else:
            state = sqlite_files.copy_out(engine, partial, shown)
        return partial.finish(state, kind=kind, version=version, shown=shown)


def restore(engine: Engine, folder: Path, shown: Shown) -> BackupManifest:
    """Fill an empty database with a backup, all of it or nothing; the service's role has no rights yet.

    Raises `BackupRefused` where the backup is not whole or of another kind or version, or the database is not empty;
    `BackupFailed` and `StorageError`.
    """
    manifest = checked_manifest(folder, shown)
    if manifest.kind != engine.dialect.name:
        raise BackupRefused(f"The backup is of {manifest.kind}, and the address names {engine.dialect.name}.")
    if manifest.revision > REVISION:
        raise BackupRefused(
            f"The backup has the tables of revision {manifest.revision}, and this version knows up to {REVISION}. "
            f"Restore it with version {manifest.version}."
        )
    if manifest.kind == "postgresql":
        postgresql.load(engine, folder, manifest, shown)
    else:
        sqlite_files.copy_in(engine, folder, manifest, shown)
    return manifest
