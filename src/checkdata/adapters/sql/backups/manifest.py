"""The manifest of a backup: what is in it, so that a damaged one is never restored. It holds nothing personal."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from attrs import asdict, frozen

from checkdata.domain.errors import BackupRefused

MANIFEST: Final = "backup.json"


@frozen(kw_only=True)
class DatabaseState:
    """What a database held at the moment that a backup shows."""

    at: datetime
    """On the database's own clock."""

    revision: str
    """The last migration."""

    generation: int
    """The generation of listings that was shown; 0 before the first import."""

    rows: Mapping[str, int]
    """How many rows each table had."""

    server: int = 0
    """The major version of PostgreSQL; 0 for SQLite."""

    schema: str = ""
    """The service's own schema on PostgreSQL."""


@frozen(kw_only=True)
class BackupManifest(DatabaseState):
    """That, and the files in which it is, with the SHA-256 of each."""

    kind: str
    version: str
    """The version of the program that made it."""

    files: Mapping[str, str]

    @property
    def number_of_rows(self) -> int:
        """Of all tables."""
        return sum(self.rows.values())

    def as_json(self) -> bytes:
        """The file in the folder of the backup."""
        return json.dumps({**asdict(self), "at": self.at.isoformat()}, indent=2, sort_keys=True).encode()


def read_manifest(folder: Path) -> BackupManifest:
    """The manifest of a backup; `BackupRefused` where there is none."""
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
        return BackupManifest(**{**told, "at": datetime.fromisoformat(told["at"])})
    except FileNotFoundError:
        raise BackupRefused(f"There is no backup at {folder}: it has no {MANIFEST}.") from None
    except OSError as error:
        raise BackupRefused(f"The backup at {folder} can't be read: {error.strerror}.") from error
    except (ValueError, TypeError, KeyError):
        raise BackupRefused(f"{MANIFEST} at {folder} is not the manifest of a backup.") from None
