"""The manifest as a file for other programs."""

import json
from pathlib import Path
from typing import Final

from checkdata.domain.errors import FolderNotWritable
from checkdata.domain.exports import ExportedFile, Manifest

MANIFEST: Final = "manifest.json"


def as_json(manifest: Manifest) -> bytes:
    """The manifest as it is written."""
    content = {
        "import_id": manifest.import_id,
        "created_at": manifest.created_at.isoformat(timespec="seconds"),
        "files": [_file_as_json(file) for file in manifest.files],
    }
    return f"{json.dumps(content, indent=2)}\n".encode()


def names_in(path: Path, content: bytes) -> list[str]:
    """The files that the manifest at *path* names; `FolderNotWritable` where it is not an export's."""
    try:
        return [_text(file["file"]) for file in json.loads(content)["files"]]
    except (ValueError, LookupError, TypeError):
        msg = f"{path} is not the manifest of an export. Move it away, or choose another folder."
        raise FolderNotWritable(msg) from None


def _text(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError
    return name


def _file_as_json(file: ExportedFile) -> dict[str, object]:
    return {
        "organisation_id": file.organisation_id,
        "role": file.role.value,
        "file": file.written.file,
        "rows": file.rows,
        "sha256": file.written.sha256,
        "bytes": file.written.bytes,
        "filters": dict(file.filters),
    }
