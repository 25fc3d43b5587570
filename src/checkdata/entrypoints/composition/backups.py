"""Composes backups: of the database, as the owner of its tables."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from checkdata import __version__
from checkdata.adapters.sql.backups import BackupManifest, Shown, back_up, restore
from checkdata.adapters.sql.schema import REVISION
from checkdata.domain.errors import StorageError
from checkdata.domain.jobs import Job
from checkdata.entrypoints.composition.doctor import Finding, findings, needs_migration
from checkdata.entrypoints.composition.service import Composition

_LOOKED_AT: Final = ("database", "migrations", "roles")


def backed_up(composed: Composition, folder: Path, shown: Shown) -> BackupManifest:
    """Back the database up into a new folder."""
    return back_up(composed.owners_engine, folder, shown, version=__version__)


def note_backup(composed: Composition, manifest: BackupManifest) -> StorageError | None:
    """Note the moment that a backup shows; the error where the database does not take that now.

    A backup is as good without the note, and one of a standby can never have it.
    """
    try:
        with composed.owners_storage.writing() as work:
            work.job_runs.note(Job.BACKUP, manifest.at)
            work.commit()
    except StorageError as error:
        return error
    return None


def restored(composed: Composition, folder: Path, shown: Shown) -> tuple[BackupManifest, Sequence[Finding]]:
    """Fill the empty database from a backup, let the service's role serve, and say what the doctor finds then.

    On tables of an earlier version it serves only after the migration, which gives it its rights.
    """
    manifest = restore(composed.owners_engine, folder, shown)
    if manifest.revision != REVISION:
        return manifest, [needs_migration(manifest.revision, REVISION)]
    composed.let_serve()
    return manifest, list(findings(composed, only=_LOOKED_AT))
