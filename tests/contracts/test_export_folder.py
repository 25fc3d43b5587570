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
from checkdata.domain.errors import FolderTaken
from checkdata.domain.exports import ExportedFile, Manifest, WrittenFile
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.training.records import Viewer
from checkdata.domain.values import ImportId

NORTH = DeliveryPartner("dp-north")
SOUTH = DeliveryPartner("dp-south")
BODY = AppropriateBody("dp-north")


class MemoryShelf:
    """The reference: what lies in the folder is what the adapter keeps."""

    def __init__(self, path: Path) -> None:  # noqa: ARG002 - made like the other
        self.folder: ports.ExportFolder = MemoryExportFolder()

    def again(self) -> ports.ExportFolder:
        return self.folder

    @property
    def files(self) -> Mapping[str, bytes]:
        assert isinstance(self.folder, MemoryExportFolder)
        return self.folder.files

    def has_manifest(self) -> bool:
        assert isinstance(self.folder, MemoryExportFolder)
        return self.folder.manifest is not None


class DiskShelf:
    """A real folder, read as any other program would read it."""

    def __init__(self, path: Path) -> None:
        self.path = path / "exports"
        self.folder: ports.ExportFolder = FolderExport(self.path)

    def again(self) -> ports.ExportFolder:
        return FolderExport(self.path)

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
    with shelf.folder.opened():
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


def fail(shelf: Shelf, *viewers: Viewer) -> None:
    """Write the viewers' files and then one that breaks off."""
    with pytest.raises(EOFError), shelf.folder.opened():
        write(shelf, *viewers, broken=NORTH)


def write(shelf: Shelf, *viewers: Viewer, broken: Viewer) -> None:
    for viewer in viewers:
        shelf.folder.write(viewer, [b"new"])
    shelf.folder.write(broken, Broken())


def test_a_file_is_told_by_its_name_hash_and_size(shelf: Shelf) -> None:
    with shelf.folder.opened():
        written = shelf.folder.write(NORTH, [b"full_name\n", b"Zo\xc3\xab\n"])
    content = b"full_name\nZo\xc3\xab\n"
    assert written == WrittenFile("dp-north.csv", sha256(content).hexdigest(), len(content))


def test_a_file_holds_what_was_written_last(shelf: Shelf) -> None:
    with shelf.folder.opened():
        shelf.folder.write(NORTH, [b"by a worker that was lost"])
        written = shelf.folder.write(NORTH, [b"full_name\n"])
        exported = ExportedFile(organisation_id=NORTH.id, role=NORTH.role, written=written, rows=0, filters={})
        shelf.folder.finish(Manifest(import_id=None, created_at=datetime(2026, 1, 2, tzinfo=UTC), files=[exported]))
    assert shelf.files == {"dp-north.csv": b"full_name\n"}


def test_bodies_lie_apart_from_partners_of_the_same_id(shelf: Shelf) -> None:
    export(shelf, NORTH, BODY)
    assert set(shelf.files) == {"dp-north.csv", "appropriate-bodies/dp-north.csv"}


def test_an_export_without_files_has_a_manifest(shelf: Shelf) -> None:
    export(shelf)
    assert shelf.has_manifest()
    assert not shelf.files


def test_while_an_export_goes_on_there_is_no_manifest_and_no_new_file(shelf: Shelf) -> None:
    assert not shelf.has_manifest()
    export(shelf, NORTH)
    before = dict(shelf.files)
    with shelf.folder.opened():
        shelf.folder.write(NORTH, [b"new"])
        shelf.folder.write(SOUTH, [b"new"])
        assert not shelf.has_manifest()
        assert shelf.files == before


def test_a_file_whose_source_fails_is_not_there(shelf: Shelf) -> None:
    fail(shelf)
    assert not shelf.files
    assert not shelf.has_manifest()


def test_an_export_that_fails_leaves_the_one_before_manifest_and_all(shelf: Shelf) -> None:
    export(shelf, NORTH, BODY)
    before = dict(shelf.files)
    fail(shelf, BODY)
    assert shelf.files == before
    assert shelf.has_manifest()


def test_files_that_only_the_old_manifest_names_are_removed(shelf: Shelf) -> None:
    export(shelf, NORTH, SOUTH, BODY)
    export(shelf, SOUTH)
    assert set(shelf.files) == {"dp-south.csv"}


def test_what_a_failed_export_wrote_is_in_no_later_one(shelf: Shelf) -> None:
    export(shelf, NORTH, SOUTH)
    fail(shelf, BODY)
    export(shelf, SOUTH)
    assert set(shelf.files) == {"dp-south.csv"}


def test_only_one_export_has_a_folder_until_it_ends(shelf: Shelf) -> None:
    export(shelf, NORTH)
    with shelf.folder.opened():
        with pytest.raises(FolderTaken, match="Another export is writing into"), shelf.again().opened():
            pass
        shelf.folder.write(NORTH, [b"full_name\n"])
    assert shelf.has_manifest()
    export(shelf, SOUTH)
    assert set(shelf.files) == {"dp-south.csv"}
