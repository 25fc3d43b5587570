"""What only a folder on a disk can show; what every folder must do is in tests/contracts."""

import json
import os
import pwd
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from checkdata.adapters.export_folder import FolderExport
from checkdata.domain.errors import FolderNotWritable
from checkdata.domain.exports import ExportedFile, Manifest, WrittenFile
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.training.records import Viewer
from checkdata.domain.values import ImportId

NORTH = DeliveryPartner("dp-north")
BODY = AppropriateBody("ab-south")


def export(folder: FolderExport, *viewers: Viewer) -> None:
    with folder.opened():
        files = [
            ExportedFile(
                organisation_id=viewer.id,
                role=viewer.role,
                written=folder.write(viewer, [b"full_name\n"]),
                rows=0,
                filters={"status": "checking_qts"},
            )
            for viewer in viewers
        ]
        folder.finish(Manifest(import_id=ImportId("i1"), created_at=datetime(2026, 1, 2, 3, 4, 5, 6, UTC), files=files))


def begin(folder: FolderExport) -> None:
    with folder.opened():
        pass


def lying_in(path: Path) -> set[str]:
    return {str(file.relative_to(path)) for file in path.rglob("*") if not file.is_dir()}


def test_the_manifest_is_as_the_contract_says(tmp_path: Path) -> None:
    export(FolderExport(tmp_path), NORTH, BODY)
    content = b"full_name\n"
    told = {"rows": 0, "sha256": sha256(content).hexdigest(), "bytes": 10, "filters": {"status": "checking_qts"}}
    assert json.loads((tmp_path / "manifest.json").read_text()) == {
        "import_id": "i1",
        "created_at": "2026-01-02T03:04:05+00:00",
        "files": [
            {"organisation_id": "dp-north", "role": "delivery_partner", "file": "dp-north.csv", **told},
            {
                "organisation_id": "ab-south",
                "role": "appropriate_body",
                "file": "appropriate-bodies/ab-south.csv",
                **told,
            },
        ],
    }


def test_nothing_lies_there_but_files_and_manifest(tmp_path: Path) -> None:
    export(FolderExport(tmp_path), NORTH, BODY)
    assert lying_in(tmp_path) == {"dp-north.csv", "appropriate-bodies/ab-south.csv", "manifest.json"}


def test_the_folder_is_made_with_all_above_it(tmp_path: Path) -> None:
    export(FolderExport(tmp_path / "a" / "b"), NORTH)
    assert (tmp_path / "a" / "b" / "manifest.json").exists()


def test_a_file_has_its_name_only_when_all_are_whole(tmp_path: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"full_name\n"
        assert names_without_dot(tmp_path) == set()
        yield b"Zo\xc3\xab\n"

    folder = FolderExport(tmp_path)
    with folder.opened():
        folder.write(NORTH, chunks())
        folder.write(BODY, chunks())
        assert names_without_dot(tmp_path) == set()


def names_without_dot(path: Path) -> set[str]:
    return {name for name in lying_in(path) if not Path(name).name.startswith(".")}


def test_what_killed_runs_left_is_gone_after_one_that_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export(FolderExport(tmp_path), NORTH, DeliveryPartner("dp-of-the-first-run"))
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", _killed_at("rename", "manifest.json"))
        killed_before_its_manifest(tmp_path, NORTH, DeliveryPartner("dp-of-the-second-run"))
    (tmp_path / ".dp-east.csv.0a1b.part").write_bytes(b"full_na")
    (tmp_path / ".dp-east.csv.new").write_bytes(b"full_name")
    (tmp_path / "appropriate-bodies").mkdir()
    (tmp_path / "appropriate-bodies" / ".ab-east.csv.0a1b.part").write_bytes(b"full_na")
    begin(FolderExport(tmp_path))
    assert not (tmp_path / "manifest.json").exists()
    export(FolderExport(tmp_path), NORTH)
    assert lying_in(tmp_path) == {"dp-north.csv", "manifest.json"}


def killed_before_its_manifest(path: Path, *viewers: DeliveryPartner) -> None:
    with pytest.raises(KeyboardInterrupt):
        export(FolderExport(path), *viewers)
    assert not (path / "manifest.json").exists()


def test_a_run_killed_while_it_removes_the_old_leaves_that_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(FolderExport(tmp_path), NORTH, DeliveryPartner("dp-east"), DeliveryPartner("dp-west"))
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", _killed_at("unlink", "dp-"))
        killed_before_its_manifest(tmp_path, NORTH)
    export(FolderExport(tmp_path), NORTH)
    assert lying_in(tmp_path) == {"dp-north.csv", "manifest.json"}


def _killed_at(step: str, prefix: str) -> object:
    take = getattr(Path, step)

    def take_or_die(self: Path, *args: object, **kwargs: object) -> object:
        if any(isinstance(path, Path) and path.name.startswith(prefix) for path in (self, *args)):
            raise KeyboardInterrupt
        return take(self, *args, **kwargs)

    return take_or_die


def test_a_file_that_a_worker_wrote_elsewhere_is_told(tmp_path: Path) -> None:
    written = WrittenFile("dp-north.csv", "0" * 64, 10)
    exported = ExportedFile(organisation_id="dp-north", role=NORTH.role, written=written, rows=0, filters={})
    folder = FolderExport(tmp_path)
    with pytest.raises(FolderNotWritable, match="a folder that all workers share"), folder.opened():
        folder.finish(Manifest(import_id=None, created_at=datetime(2026, 1, 2, tzinfo=UTC), files=[exported]))


def test_a_worker_without_the_folder_tells_so_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(FolderNotWritable, match="it is not there"):
        FolderExport(tmp_path / "elsewhere").write(NORTH, [b"full_name\n"])
    assert lying_in(tmp_path) == set()


@pytest.mark.parametrize(
    "name", ["../outside.csv", "/etc/hostname", "appropriate-bodies/../../outside.csv", "notes.txt", ".hidden.csv"]
)
def test_no_name_in_a_manifest_or_journal_leads_elsewhere(tmp_path: Path, name: str) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    kept = [tmp_path / "outside.csv", exports / "notes.txt", exports / ".hidden.csv"]
    for path in kept:
        path.write_text("not an export's")
    (exports / "manifest.json").write_text(json.dumps({"files": [{"file": name}]}))
    (exports / ".export-journal").write_text(f"{name}\n")
    export(FolderExport(exports), NORTH)
    assert all(path.exists() for path in kept)
    assert Path("/etc/hostname").exists()


def test_files_that_no_export_wrote_stay(tmp_path: Path) -> None:
    (tmp_path / "dp-mine.csv").write_text("mine")
    export(FolderExport(tmp_path), NORTH)
    export(FolderExport(tmp_path))
    assert lying_in(tmp_path) == {"dp-mine.csv", "manifest.json"}


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"files": [{"src": "icon.png"}]}', '{"files": [{"file": 1}]}', "\xff"]
)
def test_a_manifest_that_no_export_wrote_is_not_touched(tmp_path: Path, content: str) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_bytes(content.encode("latin-1"))
    with pytest.raises(FolderNotWritable, match="not the manifest of an export"):
        begin(FolderExport(tmp_path))
    assert lying_in(tmp_path) == {"manifest.json"}
    assert manifest.read_bytes() == content.encode("latin-1")


def test_a_link_in_the_place_of_the_bodies_folder_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "appropriate-bodies").symlink_to(elsewhere)
    with pytest.raises(FolderNotWritable, match="is a link to another place"):
        begin(FolderExport(exports))


def test_a_link_in_the_place_of_a_file_is_replaced_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("not an export's")
    exports = tmp_path / "exports"
    exports.mkdir()
    for name in ("dp-north.csv", ".dp-north.csv.new", ".export-journal", ".manifest.json.part"):
        (exports / name).symlink_to(outside)
    export(FolderExport(exports), NORTH)
    assert outside.read_text() == "not an export's"
    assert (exports / "dp-north.csv").read_bytes() == b"full_name\n"


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    taken = tmp_path / "exports"
    taken.write_text("")
    with pytest.raises(FolderNotWritable, match=rf"The folder {taken} can't be written: there is a file of that name"):
        begin(FolderExport(taken))
    with pytest.raises(FolderNotWritable, match="there is a file in its path"):
        begin(FolderExport(taken / "deeper"))


def test_a_disk_without_room_is_told_and_leaves_no_part_of_a_file(tmp_path: Path) -> None:
    folder = FolderExport(tmp_path)
    with folder.opened():
        with files_of_at_most(1000), pytest.raises(FolderNotWritable, match=str(tmp_path)):
            folder.write(NORTH, [b"x" * 600, b"x" * 600])
        assert lying_in(tmp_path) == {".export-journal"}


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The kernel refuses to let a file grow beyond *size*, as a full disk would."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_folder_that_one_may_not_write_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with as_another_system_user(), pytest.raises(FolderNotWritable, match="this user is not allowed to"):
        begin(FolderExport(tmp_path))


@contextmanager
def as_another_system_user() -> Iterator[None]:
    """For root, whom no mode of a folder stops, become a user who owns nothing."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(user)
