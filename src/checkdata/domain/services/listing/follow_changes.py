"""A user follows what changed: who is new or newly covered, whose status changed, who moved away (service rule 16)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain

from attrs import evolve, frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.receipts import FileKind, Receipt, packed
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.change_columns import change_columns
from checkdata.domain.listing.columns import BYTE_ORDER_MARK, csv_chunks
from checkdata.domain.listing.history import NEWEST_FIRST, ChangeKind, RowChange
from checkdata.domain.listing.queries import DEFAULT_PAGE_SIZE, ParticipantQuery, Tally, checked_page
from checkdata.domain.ports import Clock, Storage
from checkdata.domain.services.task_steps.by_key import ByKey, Leaves, PagesByKey
from checkdata.domain.services.task_steps.download import Download, Pieces, Stop, new_download_id
from checkdata.domain.services.task_steps.receipts import receipt_for
from checkdata.domain.services.task_steps.record_event import record_shown
from checkdata.domain.services.task_steps.scope_then import scope_then
from checkdata.domain.sign_in.sessions import Session
from checkdata.domain.values import ParticipantId, london_date


@frozen(kw_only=True)
class WantedChanges:
    """Of the rows that a query finds now, the changes since a moment, of one kind or of all, the newest first."""

    query: ParticipantQuery
    since: datetime
    kind: ChangeKind | None = None

    @property
    def in_order(self) -> ParticipantQuery:
        """The query in the order of changes, whatever its own is."""
        return evolve(self.query, order=NEWEST_FIRST)

    @property
    def recorded(self) -> dict[str, str | int | bool]:
        """What goes on record of it."""
        kind: dict[str, str | int | bool] = {} if self.kind is None else {"kind": self.kind.value}
        return {**self.query.recorded, "since": self.since.isoformat(), **kind}


@frozen(kw_only=True)
class ChangesPage:
    """A page of changes: how many there are of each kind, and the import that shows them."""

    changes: Sequence[RowChange]
    counts: Mapping[ChangeKind, int]
    tallies: Sequence[Tally]
    number: int
    size: int
    found: int
    as_of: Import | None

    @property
    def recorded(self) -> dict[str, str | int]:
        """What goes on record of it beside what was asked."""
        return {"page": self.number, "size": self.size, "rows": len(self.changes)}


@frozen(kw_only=True)
class FollowChanges:
    """Looking at changes within a scope that was granted for this very request."""

    storage: Storage
    clock: Clock

    def last_visit(self, acting: Acting, session: Session) -> datetime | None:
        """When this user last began to act for this organisation before this session; None if they never did."""
        with self.storage.reading() as work:
            return work.audit.last_visit(acting.user_id, acting.organisation, session.started_at)

    def page(
        self,
        acting: Acting,
        wanted: WantedChanges,
        *,
        number: int = 1,
        size: int = DEFAULT_PAGE_SIZE,
        seen: bool = True,
    ) -> ChangesPage:
        """One page of the changes, on record as viewed where it is *seen*; `PageNotFound` past the end."""
        found = self._page(wanted, number, size)
        if seen:
            self._record(acting, AuditKind.CHANGES_VIEWED, wanted, found.as_of, found.recorded)
        return found

    def page_by_key(
        self, acting: Acting, wanted: WantedChanges, by_key: ByKey, *, number: int, size: int
    ) -> tuple[ChangesPage, Leaves]:
        """The same for a program, and what is called before the page leaves, which puts it on record.

        `Overtaken` where another import is shown than the one that the program began with.
        """
        found = self._page(wanted, number, size, by_key)
        leaves = PagesByKey(storage=self.storage, clock=self.clock).leaving(
            acting,
            wanted.query,
            AuditKind.CHANGES_VIEWED,
            by_key,
            as_of=found.as_of,
            participants=(change.now.participant_id for change in found.changes),
            details={**wanted.recorded, **found.recorded},
        )
        return found, leaves

    def _page(self, wanted: WantedChanges, number: int, size: int, by_key: ByKey | None = None) -> ChangesPage:
        with self.storage.reading() as work:
            as_of = work.participants.as_of()
            if by_key is not None:
                by_key.check(as_of)
            then = scope_then(work, wanted.query.scope, wanted.since)
            counts = work.participants.count_changes(wanted.query, wanted.since, then=then)
            found = sum(counts.values()) if wanted.kind is None else counts[wanted.kind]
            offset = checked_page(number, size, found)
            changes = list(
                work.participants.changes(
                    wanted.in_order, wanted.since, then=then, kind=wanted.kind, offset=offset, limit=size
                )
            )
            tallies = work.participants.tallies(wanted.query.scope)
        return ChangesPage(
            changes=changes, counts=counts, tallies=tallies, number=number, size=size, found=found, as_of=as_of
        )

    def download(self, acting: Acting, wanted: WantedChanges) -> Download:
        """All the changes as CSV, on record before the first byte leaves; its receipt names whom it told of."""
        with self.storage.reading() as work:
            counts = work.participants.count_changes(
                wanted.query, wanted.since, then=scope_then(work, wanted.query.scope, wanted.since)
            )
            rows = sum(counts.values()) if wanted.kind is None else counts[wanted.kind]
            as_of = work.participants.as_of()
        download_id, stop = new_download_id(), Stop()
        counted: dict[str, str | int] = {"format": FileKind.CHANGES.value, "download": download_id, "rows": rows}
        self._record(acting, AuditKind.DOWNLOADED, wanted, as_of, counted)
        pieces = self._pieces(acting, wanted, counted, as_of, stop)
        return Download(
            rows=rows, as_of=as_of, id=download_id, stop=stop, storage=self.storage, acting=acting, pieces=pieces
        )

    def _pieces(
        self,
        acting: Acting,
        wanted: WantedChanges,
        counted: Mapping[str, str | int],
        recorded: Import | None,
        stop: Stop,
    ) -> Pieces:
        told: list[ParticipantId] = []
        with self.storage.reading() as work, stop.reaching(work):
            as_of = work.participants.as_of()
            if as_of != recorded:  # an import came in between, and nobody else tells what is shown of it
                self._record(acting, AuditKind.DOWNLOADED, wanted, as_of, counted)
            receipt = receipt_for(work, wanted.query, FileKind.CHANGES, self.clock, actor=acting.user_id)
            work.participants.slice(wanted.query, 0, 0)  # what storage refuses, it refuses before anything is sent
            then = scope_then(work, wanted.query.scope, wanted.since)
            changes = work.participants.changes(wanted.in_order, wanted.since, then=then, kind=wanted.kind)
            columns = change_columns(acting.role, london_date(wanted.since))
            yield from chain((BYTE_ORDER_MARK,), csv_chunks(_noting(changes, told), columns))
        return lambda digest, size: _of_those(receipt(digest, size), told)

    def _record(
        self,
        acting: Acting,
        kind: AuditKind,
        wanted: WantedChanges,
        as_of: Import | None,
        counts: Mapping[str, str | int],
    ) -> None:
        details = {**wanted.recorded, **counts}
        record_shown(self.storage, acting, kind, self.clock(), as_of=as_of, details=details)


def _noting(changes: Iterator[RowChange], told: list[ParticipantId]) -> Iterator[RowChange]:
    """The same changes; notes the participant of each as it passes."""
    for change in changes:
        told.append(change.now.participant_id)
        yield change


def _of_those(receipt: Receipt, told: Sequence[ParticipantId]) -> Receipt:
    return evolve(receipt, rows=len(told), participants=packed(told))
