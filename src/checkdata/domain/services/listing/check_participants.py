"""A user checks participants: pages of a listing, and downloads of what the page shows (service rules 8 to 18)."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from attrs import evolve, frozen

from checkdata.domain.access.coverage import Covered, coverage_of
from checkdata.domain.access.decision import Acting
from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.columns import (
    BYTE_ORDER_MARK,
    SHEETS,
    chase_columns_for,
    contact_columns_for,
    csv_chunks,
    extended_columns_for,
    workbook_columns_for,
)
from checkdata.domain.listing.queries import DEFAULT_PAGE_SIZE, Page, ParticipantQuery, Tally, checked_page
from checkdata.domain.ports import Clock, Storage, UnitOfWork, WorkbookWriter
from checkdata.domain.services.task_steps.download import Download, Pieces, Stop, new_download_id
from checkdata.domain.services.task_steps.receipts import receipt_for
from checkdata.domain.services.task_steps.record_event import record_shown
from checkdata.domain.training.statuses import ACTIVE
from checkdata.domain.values import LeadProviderId


@frozen(kw_only=True)
class ListedPage:
    """A page of participants, what the filters would give, and the import that all of it shows.

    ``tallies`` are those of the scope, ``searched`` of them those that the search finds.
    """

    page: Page
    tallies: Sequence[Tally]
    searched: Sequence[Tally]
    as_of: Import | None


@frozen(kw_only=True)
class LeftOut:
    """How many a communication list leaves out: those who are not active, and of the others those without address."""

    not_active: int
    without_address: int


@frozen(kw_only=True)
class Offer:
    """What there is to download: how many rows, and how many of them each communication list leaves out."""

    rows: int
    left_out: Mapping[FileKind, LeftOut]
    as_of: Import | None


@frozen(kw_only=True)
class CheckParticipants:
    """Looking at participants within a scope that was granted for this very request."""

    storage: Storage
    clock: Clock
    workbook: WorkbookWriter

    def page(
        self,
        acting: Acting,
        query: ParticipantQuery,
        *,
        number: int = 1,
        size: int = DEFAULT_PAGE_SIZE,
        seen: bool = True,
    ) -> ListedPage:
        """One page of what the query finds, on record as viewed where it is *seen*; `PageNotFound` past the end."""
        with self.storage.reading() as work:
            found = work.participants.find(query, max(0, number - 1) * size, size)
        checked_page(number, size, found.number)
        page = Page(participants=found.rows, number=number, size=size, found=found.number)
        counts = {"page": number, "size": size, "rows": len(found.rows), "found": found.number}
        if seen:
            self._record(acting, AuditKind.LIST_VIEWED, query, found.as_of, counts)
        return ListedPage(page=page, tallies=found.tallies, searched=found.searched, as_of=found.as_of)

    def tallies(self, scope: Scope) -> Sequence[Tally]:
        """What the filters would give, without a look at any participant."""
        with self.storage.reading() as work:
            return work.participants.tallies(scope)

    def lead_providers(self, scope: Scope) -> Mapping[LeadProviderId, str]:
        """The names of the lead providers whose participants are in scope, by id."""
        ids = {rule.lead_provider_id for rule in scope.rules}
        if ids <= {None}:
            return {}
        with self.storage.at_once() as work:
            return {lead.id: lead.name for lead in work.organisations.lead_providers() if lead.id in ids}

    def coverage(self, scope: Scope) -> Sequence[Covered]:
        """What the agreements behind a scope cover, and until when; nothing for an appropriate body."""
        if not scope.agreement_ids:
            return ()
        with self.storage.at_once() as work:
            agreements = work.organisations.agreements_of(scope.organisation.id)
        with self.storage.at_once() as work:  # no lead provider of an agreement is ever deleted
            names = {lead.id: lead.name for lead in work.organisations.lead_providers()}
        return coverage_of(scope, agreements, names)

    def offer(self, query: ParticipantQuery) -> Offer:
        """How much a download of what the query finds would hold, without a look at any participant."""
        with self.storage.reading() as work:
            rows = work.participants.count(query)
            left_out = {kind: _left_out(work, query, kind, rows) for kind in (FileKind.CONTACTS, FileKind.ALL_CONTACTS)}
            return Offer(rows=rows, left_out=left_out, as_of=work.participants.as_of())

    def download(self, acting: Acting, query: ParticipantQuery, kind: FileKind = FileKind.CSV) -> Download:
        """All rows that the query finds, on record for certain before the first byte leaves (security.md 39).

        A communication list leaves out those who have no address, and those who are not active unless they were asked
        for (service rule 18). The file has a receipt once
        it has left whole. Where an import was committed meanwhile, the file shows that one, and what it shows is on
        record too.
        """
        asked = _asked(query, kind)
        with self.storage.reading() as work:
            rows = work.participants.count(asked)
            as_of = work.participants.as_of()
        told = {"format": kind.value, "download": new_download_id()}
        self._record(acting, AuditKind.DOWNLOADED, asked, as_of, {**told, "rows": rows})
        stop = Stop()
        pieces = self._pieces(acting, asked, told, as_of, stop)
        return Download(
            rows=rows,
            as_of=as_of,
            id=told["download"],
            stop=stop,
            storage=self.storage,
            acting=acting,
            pieces=pieces,
        )

    def _pieces(
        self, acting: Acting, query: ParticipantQuery, told: Mapping[str, str], recorded: Import | None, stop: Stop
    ) -> Pieces:
        kind = FileKind(told["format"])
        with self.storage.reading() as work, stop.reaching(work):
            as_of = work.participants.as_of()
            if as_of != recorded:
                rows = work.participants.count(query)
                self._record(acting, AuditKind.DOWNLOADED, query, as_of, {**told, "rows": rows})
            receipt = receipt_for(work, query, kind, self.clock, actor=acting.user_id)
            work.participants.slice(query, 0, 0)  # what storage refuses, it refuses before anything is sent
            yield from self._file(work, query, kind)
        return receipt

    def _file(self, work: UnitOfWork, query: ParticipantQuery, kind: FileKind) -> Iterator[bytes]:
        role = query.scope.organisation.role
        match kind:
            case FileKind.EXCEL:
                return self.workbook(work.participants.rows(query), workbook_columns_for(role), SHEETS[role])
            case FileKind.EXTENDED_EXCEL:
                return self.workbook(work.participants.rows(query), extended_columns_for(role), SHEETS[role])
            case FileKind.EXTENDED_CSV:
                rows = csv_chunks(work.participants.rows(query), extended_columns_for(role))
                return chain((BYTE_ORDER_MARK,), rows)
            case FileKind.CHASE:
                return self.workbook(work.participants.rows(query), chase_columns_for(role), "Chase list")
            case FileKind.CONTACTS | FileKind.ALL_CONTACTS:
                rows = csv_chunks(work.participants.rows(query), contact_columns_for(role))
                return chain((BYTE_ORDER_MARK,), rows)
            case _:
                return chain((BYTE_ORDER_MARK,), work.participants.csv(query))

    def _record(
        self,
        acting: Acting,
        kind: AuditKind,
        query: ParticipantQuery,
        as_of: Import | None,
        counts: Mapping[str, str | int],
    ) -> None:
        details = {**query.recorded, **counts}
        record_shown(self.storage, acting, kind, self.clock(), as_of=as_of, details=details)


def _asked(query: ParticipantQuery, kind: FileKind) -> ParticipantQuery:
    """What a file of this kind holds of what a query finds; statuses that the user chose say who is asked for."""
    match kind:
        case FileKind.CONTACTS:
            return evolve(query, with_email=True, chosen={"status": ACTIVE, **query.chosen})
        case FileKind.ALL_CONTACTS:
            return evolve(query, with_email=True)
        case _:
            return query


def _left_out(work: UnitOfWork, query: ParticipantQuery, kind: FileKind, rows: int) -> LeftOut:
    asked = _asked(query, kind)
    with_any = work.participants.count(evolve(asked, with_email=False))
    return LeftOut(not_active=rows - with_any, without_address=with_any - work.participants.count(asked))
