"""Exports that several workers write: processes of this machine, and a real Dask cluster of two workers."""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from attrs import frozen

from checkdata.adapters import dask_workers
from checkdata.adapters.export_folder import FolderExport
from checkdata.domain.audit.events import AuditKind, AuditQuery
from checkdata.domain.errors import ExportFailed
from checkdata.domain.services.exports.planned_export import ExportRequest
from checkdata.entrypoints.composition import export
from checkdata.entrypoints.composition.database import DatabaseComposition
from checkdata.entrypoints.composition.export import export_into
from checkdata.entrypoints.demo.organisations import NORTH_HUB, SEVERN_VALE
from checkdata.entrypoints.settings.environment import read_settings
from tests.integration.cli.command import KEY, Command
from tests.integration.cli.dask_cluster import dask_cluster
from tests.integration.cli.export_workers import killed_at_each, killed_at_the_first, killed_once_it_has_recorded
from tests.integration.email.smtp_server import free_port
from tests.integration.postgresql import Server
from tests.storages import in_two_roles

NOON: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
TWO: Final = ["--workers", "2"]
REQUEST: Final = ExportRequest(organisation_ids=[NORTH_HUB, SEVERN_VALE], search="a")

Contents = dict[str, bytes]


@frozen
class Workers:
    """Which workers there are, in the words of `export_into`, and the environment they share."""

    environment: dict[str, str]
    cluster: str = ""

    def export(self, out: Path, request: ExportRequest = REQUEST, *, one_process: bool = False) -> Contents:
        number, cluster = (1, "") if one_process else (1 if self.cluster else 2, self.cluster)
        with export_into(out, read_settings(self.environment), number, cluster, clock=lambda: NOON) as export:
            export.run(request)
        return contents(out)


def contents(folder: Path) -> Contents:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def environment(postgresql_server: Server, loaded_postgresql: str) -> Iterator[dict[str, str]]:
    """A database for all tests here: a cluster's workers have the same one throughout."""
    with postgresql_server.new_database(loaded_postgresql) as url:
        yield {**in_two_roles(url), "CHECKDATA_SECRET_KEY": KEY}


@pytest.fixture(scope="module")
def cluster(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with dask_cluster(tmp_path_factory.mktemp("dask"), {**os.environ, **environment}) as address:
        yield address


@pytest.fixture(params=["processes", "cluster"])
def workers(request: pytest.FixtureRequest, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Workers:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Workers(environment, request.getfixturevalue("cluster") if request.param == "cluster" else "")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "exports"


def test_workers_write_the_same_bytes_as_a_single_process(workers: Workers, out: Path, tmp_path: Path) -> None:
    request = ExportRequest()
    assert workers.export(out, request) == workers.export(tmp_path / "one", request, one_process=True)


def test_a_file_whose_worker_is_killed_is_written_again(
    workers: Workers, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(export, "write_export_file", killed_at_the_first)
        written = workers.export(out)
    assert {path.stem for path in tmp_path.glob("*.killed")} == {Path(name).stem for name in written} - {"manifest"}
    assert written == workers.export(tmp_path / "one", one_process=True)


def test_a_file_that_no_worker_survives_is_named_and_the_folder_is_as_before(
    workers: Workers, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = workers.export(out, ExportRequest(organisation_ids=[NORTH_HUB]), one_process=True)
    (tmp_path / f"{SEVERN_VALE}.doomed").touch()
    with monkeypatch.context() as patched:
        patched.setattr(export, "write_export_file", killed_at_each)
        with pytest.raises(ExportFailed, match=f"^No file for {SEVERN_VALE}: every worker that wrote it was lost"):
            workers.export(out)
    assert contents(out) == before


def test_files_are_recorded_once_whatever_happens_to_the_worker_that_records_them(
    environment: dict[str, str], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "record_here", killed_once_it_has_recorded)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    before = recorded(environment)
    with pytest.raises(ExportFailed, match="The process that worked with the database was lost"):
        Workers(environment).export(out)
    assert recorded(environment) == before + len(REQUEST.organisation_ids or ())
    assert contents(out) == {}


def recorded(environment: dict[str, str]) -> int:
    """How many files of exports are on record."""
    with closing(DatabaseComposition(read_settings(environment))) as database, database.storage.reading() as work:
        return work.audit.count(AuditQuery(kind=AuditKind.EXPORTED), 1000)


@pytest.mark.parametrize(
    ("url", "arguments", "sentence"),
    [
        ("mysql://db", [], "CHECKDATA_DATABASE_URL is wrong: a database address starts with"),
        (None, ["--search", "'"], "Enter a name, school or TRN with at least one letter or number"),
    ],
    ids=["database", "search"],
)
def test_what_workers_refuse_is_told_as_this_process_would(
    loaded: Command, out: Path, url: str | None, arguments: list[str], sentence: str
) -> None:
    if url is not None:
        loaded.variables["CHECKDATA_DATABASE_URL"] = url
    here, there = (loaded.done("export", "--out", out, "--all", *arguments, *more, code=2) for more in ([], TWO))
    assert sentence in there.err
    assert there.err.endswith(here.err)


@pytest.mark.parametrize("number", ["1", "3"])
def test_the_command_tells_how_many_files_any_worker_wrote(loaded: Command, out: Path, number: str) -> None:
    ended = loaded.done("export", "--out", out, "--organisation", NORTH_HUB, "--workers", number)
    assert ended.out.startswith("1 file with ")
    assert ended.err == "Writing files\n"
    assert set(contents(out)) == {f"{NORTH_HUB}.csv", "manifest.json"}


def test_a_cluster_s_export_is_told_like_any_other(
    command: Command, environment: dict[str, str], cluster: str, out: Path
) -> None:
    command.variables |= environment
    ended = command.done("export", "--out", out, "--organisation", NORTH_HUB, "--cluster", cluster)
    assert ended.out.startswith("1 file with ")
    assert set(contents(out)) == {f"{NORTH_HUB}.csv", "manifest.json"}


def test_a_worker_lost_each_time_ends_with_3(
    command: Command, environment: dict[str, str], out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command.variables |= environment
    (tmp_path / f"{NORTH_HUB}.doomed").touch()
    monkeypatch.setattr(export, "write_export_file", killed_at_each)
    ended = command.done("export", "--out", out, "--organisation", NORTH_HUB, "--workers", "2", code=3)
    assert f"Error: No file for {NORTH_HUB}: " in ended.err
    assert contents(out) == {}


def test_a_cluster_that_does_not_answer_ends_with_3(
    loaded: Command, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_workers, "PATIENCE_SECONDS", 1)
    address = f"tcp://127.0.0.1:{free_port()}"
    ended = loaded.done("export", "--out", out, "--all", "--cluster", address, code=3)
    assert f"The Dask cluster at {address} can't be reached. " in ended.err


def test_workers_and_a_cluster_at_once_are_wrong_usage(command: Command, out: Path) -> None:
    said = ("--workers", "2", "--cluster", "tcp://127.0.0.1:8786")
    assert "but not both" in command.done("export", "--out", out, "--all", *said, code=2).err


def test_a_folder_into_which_another_export_writes_is_refused_with_2(loaded: Command, out: Path) -> None:
    loaded.done("export", "--out", out, "--organisation", NORTH_HUB)
    with FolderExport(out).opened():
        ended = loaded.done("export", "--out", out, "--all", code=2)
    assert f"Error: Another export is writing into {out}. Wait until it is done" in ended.err
    assert set(contents(out)) == {f"{NORTH_HUB}.csv", "manifest.json"}
