import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from checkdata.entrypoints.demo.organisations import NORTH_HUB, SEVERN_VALE, SMALL_PARTNER
from tests.integration.cli.command import Command

Contents = dict[str, bytes]
NEW = ("--organisation", NORTH_HUB, "--organisation", SEVERN_VALE)


def contents(folder: Path) -> Contents:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def files_of(found: Contents) -> Contents:
    """What a reader who looks for files sees: those that are not hidden, without the manifest."""
    return {
        name: content for name, content in found.items() if not Path(name).name.startswith(".") and name != MANIFEST
    }


MANIFEST = "manifest.json"


@pytest.fixture
def on_sqlite(command: Command, loaded_sqlite: Path) -> Command:
    command.variables["CHECKDATA_DATABASE_URL"] = f"sqlite:///{loaded_sqlite}"
    return command


def test_an_export_killed_at_any_moment_leaves_nothing_that_looks_whole_and_completes_when_run_again(
    on_sqlite: Command, tmp_path: Path
) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    old = ("--organisation", SMALL_PARTNER, "--organisation", NORTH_HUB, "--role", "mentor")
    on_sqlite.done("export", "--out", before, *old)
    on_sqlite.done("export", "--out", after, *NEW)
    whole = {(name, content) for folder in (before, after) for name, content in files_of(contents(folder)).items()}

    command = [sys.executable, "-m", "tests.integration.cli.killed_exports", str(before), *NEW]
    subprocess.run(command, env=on_sqlite.environment, check=True, capture_output=True)  # noqa: S603
    *killed, finished = sorted(tmp_path.glob("before-*"), key=lambda path: int(path.name.rpartition("-")[2]))

    assert len(killed) > 20
    assert files_of(contents(finished)) == files_of(contents(after))
    for folder in killed:
        found = contents(folder)
        assert set(files_of(found).items()) <= whole
        if MANIFEST in found:
            assert named_by(found) == {name: sha256(found[name]).hexdigest() for name in named_by(found)}
        on_sqlite.done("export", "--out", folder, *NEW)
        again = contents(folder)
        assert files_of(again) == files_of(contents(after))
        assert set(again) == {*files_of(again), MANIFEST}
        assert named_by(again) == {name: sha256(content).hexdigest() for name, content in files_of(again).items()}


def named_by(found: Contents) -> dict[str, str]:
    return {file["file"]: file["sha256"] for file in json.loads(found[MANIFEST])["files"]}
