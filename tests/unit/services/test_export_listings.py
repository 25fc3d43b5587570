"""Exports over memory: what several workers may meet, and how the service answers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from attrs import define

from checkdata.adapters.memory import MemoryExportFolder
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import ExportFailed, ImportMoved, WorkerLost
from checkdata.domain.exports import ExportJob, ReceiptedFile
from checkdata.domain.listing.as_of import Import
from checkdata.domain.services.exports.export_listings import ExportListings, ExportOutcome
from checkdata.domain.services.exports.planned_export import ExportRequest, plan_export
from checkdata.domain.services.exports.recorded_export import record_export
from checkdata.domain.services.task_steps.exported_file import write_file
from checkdata.domain.values import ImportId
from tests.recent_events import recent
from tests.unit.services.world import NORTH, World

REQUEST = ExportRequest(organisation_ids=[NORTH.id])


@define
class Exported:
    """A world whose files are written by workers that something happens to."""

    world: World
    folder: MemoryExportFolder
    jobs: int = 0

    def export(self, happens: Callable[[], object] = lambda: None) -> ExportOutcome:
        with ThreadPoolExecutor(2) as executor:
            plan, record = partial(plan_export, self.world.storage), partial(record_export, self.world.storage)
            exporting = ExportListings(plan=plan, record=record, clock=self.world.clock)
            return exporting.export(REQUEST, self.folder, executor, partial(self.write, happens))

    def write(self, happens: Callable[[], object], job: ExportJob) -> ReceiptedFile:
        self.jobs += 1
        happens()
        return write_file(self.world.storage, self.folder, job)

    def import_something(self) -> None:
        with self.world.storage.writing() as work:
            done = Import(id=ImportId(f"i{self.jobs}"), at=self.world.now, today=self.world.now.date())
            work.feed_store.show(done)
            work.commit()

    @property
    def recorded(self) -> list[AuditEvent]:
        with self.world.storage.reading() as work:
            return [event for event in recent(work, 10) if event.kind is AuditKind.EXPORTED]


@pytest.fixture
def exported() -> Exported:
    return Exported(World(), MemoryExportFolder())


def test_an_export_that_meets_an_import_begins_again_and_shows_only_the_new_one(exported: Exported) -> None:
    def once() -> None:
        if exported.jobs == 1:
            exported.import_something()

    manifest = exported.export(once).manifest
    assert (manifest.import_id, exported.jobs) == (ImportId("i1"), 2)
    assert [event.import_id for event in exported.recorded] == [ImportId("i1")]


def test_an_export_that_meets_imports_again_and_again_fails_and_changes_nothing(exported: Exported) -> None:
    before = exported.export().manifest
    with pytest.raises(ImportMoved, match="No file was changed"):
        exported.export(exported.import_something)
    assert exported.folder.manifest == before
    assert len(exported.recorded) == 1


def test_an_export_whose_workers_are_lost_names_the_files_and_changes_nothing(exported: Exported) -> None:
    def lost() -> None:
        raise WorkerLost("gone")

    before = exported.export().manifest
    with pytest.raises(ExportFailed, match=f"^No file for {NORTH.id}: "):
        exported.export(lost)
    assert exported.folder.manifest == before
    assert len(exported.recorded) == 1


def test_another_failure_of_a_worker_comes_up_as_it_is(exported: Exported) -> None:
    def fails() -> None:
        raise EOFError

    with pytest.raises(EOFError):
        exported.export(fails)
    assert exported.folder.manifest is None
