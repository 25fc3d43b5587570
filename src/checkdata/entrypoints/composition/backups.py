"""Composes backups: of the database, as the owner of its tables."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from checkdata import __version__
from checkdata.adapters.sql.backups import BackupManifest, Shown, back_up, restore
from checkdata.adapters.sql.schema import REVISION
from checkdata.entrypoints.composition.doctor import Finding, findings, needs_migration
from checkdata.entrypoints.composition.service import Composition

_LOOKED_AT: Final = ("database", "migrations", "roles")


def backed_up(composed: Composition, folder: Path, shown: Shown) -> BackupManifest:
    """Back the database up into a new folder."""
    return back_up(composed.owners_engine, folder, shown, version=__version__)


def restored(composed: Composition, folder: Path, shown: Shown) -> tuple[BackupManifest, Sequence[Finding]]:
    """Fill the empty database from a backup, let the service's role serve, and say what the doctor finds then.

    On tables of an earlier version it serves only after the migration, which gives it its rights.
    """
    manifest = restore(composed.owners_engine, folder, shown)
    if manifest.revision != REVISION:
        return manifest, [needs_migration(manifest.revision, REVISION)]
    composed.let_serve()
    return manifest, list(findings(composed, only=_LOOKED_AT))
