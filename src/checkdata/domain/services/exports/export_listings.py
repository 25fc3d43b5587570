"""An operator exports what organisations see, one file each, by the same rules as the pages (service rule 13)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future, wait
from contextlib import suppress
from datetime import datetime
from typing import Final

from attrs import field, frozen

from checkdata.domain.access.decision import Refused, scope_of
from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import ChangeRefused, ExportFailed, ImportMoved, WorkerLost
from checkdata.domain.exports import ExportedFile, ExportJob, Manifest, ReceiptedFile
from checkdata.domain.listing.as_of import id_of
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.people.organisations import Agreement, AppropriateBody, DeliveryPartner, Role
from checkdata.domain.ports import Clock, ExportFolder, Storage, UnitOfWork
from checkdata.domain.services.task_steps.exported_file import WriteFile
from checkdata.domain.training.records import Viewer
from checkdata.domain.values import ImportId, london_date

ATTEMPTS: Final = 3
"""How often an export starts again because another import came while it was writing."""


@frozen(kw_only=True)
class ExportRequest:
    """What to export: the organisations named, or all of the role (None); the same words as a page's address."""

    role: Role = Role.DELIVERY_PARTNER
    organisation_ids: Sequence[str] | None = None
    search: str = ""
    filters: Mapping[str, str] = field(factory=dict)
    raw: bool = False

    def query(self, scope: Scope) -> ParticipantQuery:
        """The query for one organisation; `InvalidQuery` where a word is not understood."""
        return ParticipantQuery.of(scope, search=self.search, **self.filters)


@frozen(kw_only=True)
class ExportOutcome:
    """What an export wrote, and why organisations that were named got no file, by id."""

    manifest: Manifest
    refused: Mapping[str, str]


@frozen(kw_only=True)
class ExportPlan:
    """The files to write, all of one import, and the organisations that get none, with the reason, by id."""

    jobs: Sequence[ExportJob]
    import_id: ImportId | None
    refused: Mapping[str, str]


@frozen(kw_only=True)
class ExportListings:
    """Exports files through the same scope, query and columns as the pages."""

    storage: Storage
    clock: Clock

    def export(
        self, request: ExportRequest, folder: ExportFolder, executor: Executor, write: WriteFile
    ) -> ExportOutcome:
        """Write a file for each organisation and then the manifest; if it is killed half-way, no file looks whole.

        *executor* runs *write* for each file, here, in other processes or on other machines; what is written is the
        same. All files show one import: where another one came meanwhile, the export begins again, `ATTEMPTS` times at
        most. Raises `InvalidQuery` for a filter that is not understood and `ChangeRefused` for an organisation that
        does not exist, both before anything is written; `FolderTaken`, `FolderNotWritable`; `ExportFailed` where
        workers were lost, and `ImportMoved`: then the folder holds what it held before.
        """
        for _ in range(ATTEMPTS - 1):
            with suppress(ImportMoved):
                return self._export(request, folder, executor, write)
        return self._export(request, folder, executor, write)

    def _export(
        self, request: ExportRequest, folder: ExportFolder, executor: Executor, write: WriteFile
    ) -> ExportOutcome:
        now = self.clock()
        plan = self._plan(request, now)
        with folder.opened():
            written = _written(plan.jobs, executor, write)
            self._record(plan.jobs, written)
            files = [each.file for each in written]
            manifest = Manifest(import_id=plan.import_id, created_at=now, files=files)
            folder.finish(manifest)
        return ExportOutcome(manifest=manifest, refused=plan.refused)

    def _plan(self, request: ExportRequest, now: datetime) -> ExportPlan:
        with self.storage.reading() as work:
            agreements = _agreements(work)
            scopes = {viewer: _scope(viewer, agreements[viewer.id], now) for viewer in _viewers(work, request)}
            as_of = work.participants.as_of()
        import_id, safe = id_of(as_of), not request.raw
        named = request.organisation_ids is not None
        return ExportPlan(
            jobs=[
                ExportJob(viewer=viewer, query=request.query(scope), import_id=import_id, at=now, safe=safe)
                for viewer, scope in scopes.items()
                if isinstance(scope, Scope)
            ],
            import_id=import_id,
            refused={v.id: s.detail for v, s in scopes.items() if isinstance(s, Refused)} if named else {},
        )

    def _record(self, jobs: Sequence[ExportJob], written: Sequence[ReceiptedFile]) -> None:
        """Record every file before it becomes visible."""
        now = self.clock()
        with self.storage.writing() as work:
            for job, done in zip(jobs, written, strict=True):
                work.receipts.add(done.receipt)
                work.audit.record(_event(job, done.file, now))
            work.commit()


def _written(jobs: Sequence[ExportJob], executor: Executor, write: WriteFile) -> Sequence[ReceiptedFile]:
    """Have every job done, in any order; when this returns or raises, none of them goes on."""
    futures = [executor.submit(write, job) for job in jobs]
    try:
        return _results(jobs, futures)
    finally:
        for future in futures:
            future.cancel()
        wait(futures)


def _results(jobs: Sequence[ExportJob], futures: Sequence[Future[ReceiptedFile]]) -> Sequence[ReceiptedFile]:
    files, lost = [], []
    for job, future in zip(jobs, futures, strict=True):
        try:
            files.append(future.result())
        except WorkerLost:
            lost.append(job.viewer.id)
    if lost:
        raise ExportFailed(
            f"No file for {', '.join(lost)}: every worker that wrote it was lost. The folder holds what it held "
            "before. Check that the workers have enough memory, and export again."
        )
    return files


def _event(job: ExportJob, exported: ExportedFile, at: datetime) -> AuditEvent:
    """What is recorded of a file: the filters, but never the text of a search (service rule 15)."""
    return AuditEvent(
        kind=AuditKind.EXPORTED,
        at=at,
        role=exported.role,
        organisation_id=exported.organisation_id,
        import_id=job.import_id,
        details={**job.query.recorded, "rows": exported.rows, "sha256": exported.written.sha256},
    )


def _viewers(work: UnitOfWork, request: ExportRequest) -> list[Viewer]:
    every: dict[str, Viewer] = {
        o.id: o for o in work.organisations.all(request.role) if isinstance(o, DeliveryPartner | AppropriateBody)
    }
    if request.organisation_ids is None:
        return list(every.values())
    unknown = [name for name in request.organisation_ids if name not in every]
    if unknown:
        kind = request.role.value.replace("_", " ")
        raise ChangeRefused(f"There is no {kind} with the id {', '.join(unknown)}. Nothing was exported.")
    return [every[name] for name in dict.fromkeys(request.organisation_ids)]


def _agreements(work: UnitOfWork) -> Mapping[str, Sequence[Agreement]]:
    """The agreements of every delivery partner, by its id, because one query each would take as long as a file."""
    found = defaultdict[str, list[Agreement]](list)
    for agreement in work.organisations.agreements():
        found[agreement.delivery_partner_id].append(agreement)
    return found


def _scope(viewer: Viewer, agreements: Sequence[Agreement], now: datetime) -> Scope | Refused:
    return scope_of(viewer, agreements if isinstance(viewer, DeliveryPartner) else (), on=london_date(now))
