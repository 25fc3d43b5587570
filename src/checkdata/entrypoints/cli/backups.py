"""``checkdata backup`` and ``checkdata restore``."""

from pathlib import Path
from typing import Annotated

import typer

from checkdata.entrypoints.cli.doctor import tell_findings
from checkdata.entrypoints.cli.exit_codes import ExitCode, for_operators
from checkdata.entrypoints.cli.use_cases import composition


def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False, help="A folder that is not there.")],
) -> None:
    """Back up the database, listings included, into a new folder that only this user may read.

    The service and imports may run meanwhile: the backup shows one moment. The folder appears when it is whole and was
    read again. It is of the database only: keep the settings and the keys elsewhere. PostgreSQL needs pg_dump and the
    owner's address (CHECKDATA_OWNER_DATABASE_URL).
    """
    from checkdata.entrypoints.cli.progress import progress
    from checkdata.entrypoints.composition.backups import backed_up, note_backup

    with composition() as composed, progress() as shown:
        manifest = backed_up(composed, folder, shown)
        not_noted = note_backup(composed, manifest)
    at = manifest.at.isoformat(timespec="seconds")
    typer.echo(f"{manifest.number_of_rows:,} rows of {at} are in {folder} (revision {manifest.revision}).")
    if not_noted is not None:
        why = for_operators(not_noted)
        typer.echo(f"Warning: the backup is whole, but the database did not note when it was made. {why}", err=True)


def restore_backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False, help="What `checkdata backup` made.")],
) -> None:
    """Fill an empty database with a backup, and look at it as `checkdata doctor` does.

    Nothing is ever written over: name a new database or file in the settings. All of it is restored, or nothing.
    """
    from checkdata.entrypoints.cli.progress import progress
    from checkdata.entrypoints.composition.backups import restored
    from checkdata.entrypoints.composition.doctor import Condition

    with composition() as composed, progress() as shown:
        manifest, found = restored(composed, folder, shown)
    at = manifest.at.isoformat(timespec="seconds")
    typer.echo(f"{manifest.number_of_rows:,} rows of {at} are restored.")
    if tell_findings(found) is Condition.BROKEN:
        raise typer.Exit(ExitCode.FAILED)
