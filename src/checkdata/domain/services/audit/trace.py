"""Tells who has seen a participant, where a file came from, and who has to delete which file (service rule 15)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from attrs import evolve, frozen

from checkdata.domain.access.decision import Acting, scope_of
from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.events import AuditEvent, AuditKind, AuditQuery
from checkdata.domain.audit.held_files import FilesOf, query_of_receipt
from checkdata.domain.audit.receipts import READ_BY_KEY, FileKind, Receipt
from checkdata.domain.audit.tracing import (
    ROWS_OF_THE_LISTING,
    FileOrigin,
    HeldFile,
    ParticipantOutOfScope,
    ParticipantSightings,
    Sighting,
    SightingKind,
    Trail,
)
from checkdata.domain.audit.wanted import NO_PARTICIPANT_HAS_ID
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.people.organisations import DeliveryPartner, Organisation, organisation_of
from checkdata.domain.people.users import User
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.task_steps.record_event import record
from checkdata.domain.values import ParticipantId, UserId, london_date

_HOW_READ: Final = {FileKind.API: SightingKind.BY_KEY, FileKind.DECISIONS: SightingKind.BY_SERVICE}


@frozen(kw_only=True)
class Trace:
    """Answers from the log and the receipts, and records who asked: ``by``, or an operator."""

    storage: Storage
    clock: Clock

    def seen(
        self,
        participant_id: ParticipantId,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        by: Acting | None = None,
    ) -> ParticipantSightings:
        """Who certainly and who possibly saw a participant, from *start* on and before *end*.

        Certainly: users who opened their page, took a file that held them, or let a program read them. Possibly: users
        who looked at a list, or broke off a download, that may have held them. `ChangeRefused` for an id that was never
        listed.
        """
        with self.storage.reading() as work:
            found = sightings_of(work, participant_id, start=start, end=end)
        self._record(AuditKind.PARTICIPANT_TRACED, by, participant_id=participant_id)
        return found

    def origins(self, sha256: str, *, by: Acting | None = None) -> Sequence[FileOrigin]:
        """Where a file of these bytes came from, the newest first: the same bytes may have left more than once."""
        with self.storage.reading() as work:
            found = [self._origin(work, receipt) for receipt in work.receipts.of_file(sha256)]
        self._record(AuditKind.FILE_TRACED, by, details={"sha256": sha256, "known": bool(found)})
        return found

    def files_under(self, agreement_id: str) -> Sequence[HeldFile]:
        """The files that left under an agreement, oldest first, whether they have to be deleted or not.

        Of what was read with a key only the last page, as of one copy. Also of an agreement that a feed removed.
        `ChangeRefused` for an id that was never known.
        """
        with self.storage.reading() as work:
            versions = work.agreement_history.of_agreement(agreement_id)
            if not versions:
                raise ChangeRefused("There is no such agreement.")
            partners = dict.fromkeys(DeliveryPartner(each.agreement.delivery_partner_id) for each in versions)
            receipts = (receipt for partner in partners for receipt in work.receipts.of_organisation(partner))
            under = (evolve(each, participants=None) for each in receipts if agreement_id in each.agreement_ids)
            each_once = {receipt.key_id or number: receipt for number, receipt in enumerate(under)}
            in_order = sorted(each_once.values(), key=lambda receipt: receipt.at)
            return [HeldFile(receipt=receipt, user=_user(work, receipt.actor)) for receipt in in_order]

    def _origin(self, work: UnitOfWork, receipt: Receipt) -> FileOrigin:
        organisation = work.organisations.find(receipt.role, receipt.organisation_id)
        known = organisation or query_of_receipt(receipt).scope.organisation
        return FileOrigin(
            receipt=receipt,
            organisation=known,
            user=_user(work, receipt.actor),
            gone=self._gone(work, receipt, known),
        )

    def _gone(
        self, work: UnitOfWork, receipt: Receipt, organisation: Organisation
    ) -> Sequence[ParticipantOutOfScope] | None:
        """The participants in a file who are not in scope today."""
        ids = _participants_of(work, receipt)
        if ids is None:
            return None
        agreements = work.organisations.agreements_of(organisation.id)
        scope = scope_of(organisation, agreements, on=london_date(self.clock()))
        visible = set(work.participants.ids(ParticipantQuery(scope=scope))) if isinstance(scope, Scope) else set()
        in_rows = receipt.kind in ROWS_OF_THE_LISTING
        return [
            ParticipantOutOfScope(participant_id=participant_id, row=row if in_rows else None)
            for row, participant_id in enumerate(ids, start=2)
            if participant_id not in visible
        ]

    def _record(
        self,
        kind: AuditKind,
        by: Acting | None,
        *,
        participant_id: ParticipantId | None = None,
        details: dict[str, str | int | bool] | None = None,
    ) -> None:
        event = AuditEvent(kind=kind, at=self.clock(), participant_id=participant_id, details=details or {})
        if by is not None:
            event = evolve(event, actor=by.user_id, role=by.role, organisation_id=by.organisation.id)
        record(self.storage, event)


def sightings_of(
    work: UnitOfWork, participant_id: ParticipantId, *, start: datetime | None = None, end: datetime | None = None
) -> ParticipantSightings:
    """As `Trace.seen`, from one snapshot; its caller puts the question on record."""
    trail = work.trails.trail(participant_id)
    if not trail.stood:
        raise ChangeRefused(NO_PARTICIPANT_HAS_ID)
    tracer = _Tracer(work, participant_id, trail, start, end)
    certainly = sorted(tracer.certainly(), key=lambda sighting: sighting.at)
    possibly = work.trails.views(trail, start, end)
    ids = {s.actor for s in (*certainly, *(each.first for each in possibly)) if s.actor is not None}
    users = work.users.with_ids(ids)
    return ParticipantSightings(participant_id=participant_id, certainly=certainly, possibly=possibly, users=users)


@frozen
class _Tracer:
    """One participant's trail, and the part of the log that is looked through for it."""

    work: UnitOfWork
    participant_id: ParticipantId
    trail: Trail
    start: datetime | None
    end: datetime | None

    def certainly(self) -> Iterator[Sighting]:
        """Who opened their page, and who took a file that held them."""
        own = AuditQuery(
            participant_id=self.participant_id, kind=AuditKind.PARTICIPANT_VIEWED, start=self.start, end=self.end
        )
        for found in self.work.audit.matching(own):
            yield _sighting(found.event, SightingKind.OWN_PAGE)
        files, pages = FilesOf(self.participant_id, self.trail), dict[tuple[object, ...], Sighting]()
        for role, organisation_id in self.trail.organisations:
            organisation = organisation_of(role, organisation_id)
            for receipt in self.work.receipts.of_organisation(organisation, self.start, self.end):
                if files.held(receipt):
                    if receipt.kind in READ_BY_KEY:
                        key = receipt.key_id, organisation, receipt.import_id
                        known = pages.get(key)
                        pages[key] = _sighting_of_file(receipt) if known is None else known.with_page(receipt.at)
                    else:
                        yield _sighting_of_file(receipt)
        yield from pages.values()


def _participants_of(work: UnitOfWork, receipt: Receipt) -> Sequence[ParticipantId] | None:
    """The participants in a file, in the order of its rows; None if that is no longer known."""
    if receipt.participant_ids is not None or receipt.import_id is None:
        return receipt.participant_ids
    query = query_of_receipt(receipt)
    rows = query.order.arranged(work.participants.rows_at(query, receipt.import_id))
    return [row.participant_id for row in rows] or (None if receipt.rows else ())


def _sighting(event: AuditEvent, how: SightingKind) -> Sighting:
    return Sighting(
        at=event.at,
        actor=event.actor,
        role=event.role,
        organisation_id=event.organisation_id or "",
        import_id=event.import_id,
        how=how,
    )


def _sighting_of_file(receipt: Receipt) -> Sighting:
    """Without who was in the file: many sightings are held at once, and a file may have had everybody."""
    return Sighting(
        at=receipt.at,
        actor=receipt.actor,
        role=receipt.role,
        organisation_id=receipt.organisation_id,
        import_id=receipt.import_id,
        how=_HOW_READ.get(receipt.kind, SightingKind.FILE),
        receipt=receipt if receipt.participants is None else evolve(receipt, participants=None),
    )


def _user(work: UnitOfWork, user_id: UserId | None) -> User | None:
    return None if user_id is None else work.users.get(user_id)
