"""An operator exports what organisations see, one file each, by the same rules as the pages (service rule 13)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from attrs import frozen

from checkdata.domain.access import Refused, Scope, scope_of
from checkdata.domain.audit import AuditEvent, AuditKind
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.exports import ExportedFile, Manifest
from checkdata.domain.imports import Import
from checkdata.domain.organisations import AppropriateBody, DeliveryPartner, Role
from checkdata.domain.participants import Viewer
from checkdata.domain.ports import Clock, ExportFolder, Storage, UnitOfWork
from checkdata.domain.queries import ParticipantQuery
from checkdata.domain.receipts import FileKind, Receipt
from checkdata.domain.services.receipting import receipt_for
from checkdata.domain.values import london_date


@frozen(kw_only=True)
class ExportRequest:
    """What to export: the organisations named, or all of the role (None); the same words as a page's address."""

    role: Role = Role.DELIVERY_PARTNER
    organisation_ids: Sequence[str] | None = None
    search: str = ""
    participant_role: str = ""
    academic_year: str = ""
    status: str = ""
    raw: bool = False

    def query(self, scope: Scope) -> ParticipantQuery:
        """The query for one organisation; `InvalidQuery` where a word is not understood."""
        return ParticipantQuery.of(
            scope,
            search=self.search,
            role=self.participant_role,
            academic_year=self.academic_year,
            status=self.status,
        )


@frozen(kw_only=True)
class ExportOutcome:
    """What an export wrote, and why organisations that were named got no file, by id."""

    manifest: Manifest
    refused: Mapping[str, str]


@frozen(kw_only=True)
class Exporting:
    """Exports files through the same scope, query and columns as the pages."""

    storage: Storage
    clock: Clock

    def export(self, request: ExportRequest, folder: ExportFolder) -> ExportOutcome:
        """Write a file for each organisation and then the manifest; killed half-way, no file looks whole.

        All files show one import. Raises `InvalidQuery` for a filter that is not understood and `ChangeRefused` for
        an organisation that does not exist, both before anything is written; `FolderNotWritable`.
        """
        now = self.clock()
        with self.storage.reading() as work:
            viewers = _viewers(work, request)
            scopes = {viewer: _scope(work, viewer, now) for viewer in viewers}
            _check_words(request, scopes.values())
            as_of = work.participants.as_of()
            folder.begin()
            files = list(self._files(work, request, scopes, as_of, folder))
            manifest = Manifest(import_id=None if as_of is None else as_of.id, created_at=now, files=files)
            folder.finish(manifest)
        named = request.organisation_ids is not None
        refused = {v.id: s.detail for v, s in scopes.items() if isinstance(s, Refused)} if named else {}
        return ExportOutcome(manifest=manifest, refused=refused)

    def _files(
        self,
        work: UnitOfWork,
        request: ExportRequest,
        scopes: Mapping[Viewer, Scope | Refused],
        as_of: Import | None,
        folder: ExportFolder,
    ) -> Iterator[ExportedFile]:
        for viewer, scope in scopes.items():
            if isinstance(scope, Scope):
                query = request.query(scope)
                receipt = receipt_for(work, query, FileKind.EXPORT, self.clock, actor=None)
                exported = _write(work, query, viewer, folder, safe=not request.raw)
                self._record(exported, query, as_of, receipt(exported.written.sha256, exported.written.bytes))
                yield exported

    def _record(self, exported: ExportedFile, query: ParticipantQuery, as_of: Import | None, receipt: Receipt) -> None:
        """Record the filters but never the text of a search (service rule 15)."""
        event = AuditEvent(
            kind=AuditKind.EXPORTED,
            at=self.clock(),
            role=exported.role,
            organisation_id=exported.organisation_id,
            import_id=None if as_of is None else as_of.id,
            details={**query.recorded, "rows": exported.rows, "sha256": exported.written.sha256},
        )
        with self.storage.writing() as work:
            work.receipts.add(receipt)
            work.audit.record(event)
            work.commit()


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


def _scope(work: UnitOfWork, viewer: Viewer, now: datetime) -> Scope | Refused:
    agreements = work.organisations.agreements_of(viewer.id) if isinstance(viewer, DeliveryPartner) else ()
    return scope_of(viewer, agreements, on=london_date(now))


def _check_words(request: ExportRequest, scopes: Iterable[Scope | Refused]) -> None:
    for scope in scopes:
        if isinstance(scope, Scope):
            request.query(scope)


def _write(
    work: UnitOfWork, query: ParticipantQuery, viewer: Viewer, folder: ExportFolder, *, safe: bool
) -> ExportedFile:
    rows = work.participants.count(query)
    written = folder.write(viewer, work.participants.csv(query, safe=safe))
    return ExportedFile(organisation_id=viewer.id, role=viewer.role, written=written, rows=rows, filters=query.words)
