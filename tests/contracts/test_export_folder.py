"""What every folder for exports must do, the one in memory and the one on the disk."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from attrs import frozen

from checkdata.adapters.export_folder import FolderExport
from checkdata.adapters.memory import MemoryExportFolder
from checkdata.domain import ports
from checkdata.domain.exports import ExportedFile, Manifest
from checkdata.domain.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.participants import Viewer
from checkdata.domain.values import ImportId

NORTH = DeliveryPartner("dp-north")
SOUTH = DeliveryPartner("dp-south")
BODY = AppropriateBody("dp-north")


class MemoryShelf:
    """The reference: what lies in the folder is what the adapter keeps."""

    def __init__(self, path: Path) -> None:  # noqa: ARG002 - made like the other
        self.folder: ports.ExportFolder = MemoryExportFolder()

    @property
    def files(self) -> Mapping[str, bytes]:
        assert isinstance(self.folder, MemoryExportFolder)
        return self.folder.files

    def has_manifest(self) -> bool:
        assert isinstance(self.folder, MemoryExportFolder)
        return self.folder.manifest is not None


class DiskShelf:
    """A real folder, looked at as anybody would who finds it."""

    def __init__(self, path: Path) -> None:
        self.path = path / "exports"
        self.folder: ports.ExportFolder = FolderExport(self.path)

    @property
    def files(self) -> Mapping[str, bytes]:
        found = [path for path in self.path.rglob("*.csv") if not path.name.startswith(".")]
        return {str(path.relative_to(self.path)): path.read_bytes() for path in found}

    def has_manifest(self) -> bool:
        return (self.path / "manifest.json").exists()


Shelf = MemoryShelf | DiskShelf


@pytest.fixture(params=[MemoryShelf, DiskShelf])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    made: Shelf = request.param(tmp_path)
    return made


@frozen
class Broken:
    """Pieces of a file whose source fails after the first."""

    def __iter__(self) -> Iterator[bytes]:
        yield b"full_name\n"
        raise EOFError


def export(shelf: Shelf, *viewers: Viewer) -> Manifest:
    shelf.folder.begin()
    files = [
        ExportedFile(
            organisation_id=viewer.id,
            role=viewer.role,
            written=shelf.folder.write(viewer, [b"full_name\n", viewer.id.encode(), b"\n"]),
            rows=1,
            filters={},
        )
        for viewer in viewers
    ]
    manifest = Manifest(import_id=ImportId("i1"), created_at=datetime(2026, 1, 2, tzinfo=UTC), files=files)
    shelf.folder.finish(manifest)
    return manifest


def test_a_file_is_told_by_its_name_hash_and_size(shelf: Shelf) -> None:
    shelf.folder.begin()
    written = shelf.folder.write(NORTH, [b"full_name\n", b"Zo\xc3\xab\n"])
    content = shelf.files["dp-north.csv"]
    assert content == b"full_name\nZo\xc3\xab\n"
    assert (written.file, written.sha256, written.bytes) == (
        "dp-north.csv",
        sha256(content).hexdigest(),
        len(content),
    )


def test_bodies_lie_apart_from_partners_of_the_same_id(shelf: Shelf) -> None:
    export(shelf, NORTH, BODY)
    assert set(shelf.files) == {"dp-north.csv", "appropriate-bodies/dp-north.csv"}


def test_an_export_without_files_has_a_manifest(shelf: Shelf) -> None:
    export(shelf)
    assert shelf.has_manifest()
    assert not shelf.files


def test_the_manifest_is_there_only_between_finish_and_begin(shelf: Shelf) -> None:
    assert not shelf.has_manifest()
    export(shelf, NORTH)
    assert shelf.has_manifest()
    shelf.folder.begin()
    assert not shelf.has_manifest()


def test_a_file_whose_source_fails_is_not_there(shelf: Shelf) -> None:
    shelf.folder.begin()
    with pytest.raises(EOFError):
        shelf.folder.write(NORTH, Broken())
    assert not shelf.files


def test_a_file_whose_source_fails_leaves_the_one_before(shelf: Shelf) -> None:
    export(shelf, NORTH)
    before = dict(shelf.files)
    shelf.folder.begin()
    with pytest.raises(EOFError):
        shelf.folder.write(NORTH, Broken())
    assert shelf.files == before


def test_files_that_only_the_old_manifest_names_are_removed(shelf: Shelf) -> None:
    export(shelf, NORTH, SOUTH, BODY)
    export(shelf, SOUTH)
    assert set(shelf.files) == {"dp-south.csv"}


def test_an_export_that_was_broken_off_leaves_nothing_behind_once_another_is_done(shelf: Shelf) -> None:
    export(shelf, NORTH, SOUTH)
    shelf.folder.begin()
    shelf.folder.write(BODY, [b"full_name\n"])
    export(shelf, SOUTH)
    assert set(shelf.files) == {"dp-south.csv"}
