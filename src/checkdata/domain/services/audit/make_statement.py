"""Makes a statement of who has seen a participant, for the teacher who asks (service rule 15)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256

from attrs import evolve, field, frozen

from checkdata.domain.access.decision import Acting, scope_of
from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.statement_seals import sealed_statement
from checkdata.domain.audit.statements import Statement, StatementLine, agreement_in_words, statement_csv
from checkdata.domain.audit.tracing import ParticipantSightings, Sighting, Trail
from checkdata.domain.keys import Keys
from checkdata.domain.people.agreement_history import AgreementVersion, agreements_as_known
from checkdata.domain.people.organisations import Agreement, DeliveryPartner, Role
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.audit.trace import sightings_of
from checkdata.domain.services.task_steps.record_event import record
from checkdata.domain.values import ParticipantId, london_date

OPERATOR = "An operator of the service"


@frozen(kw_only=True)
class MadeStatement:
    """A statement, and the same as a sealed CSV file."""

    statement: Statement
    file: bytes = field(repr=False)


@frozen(kw_only=True)
class MakeStatement:
    """Makes statements, seals them with the log's key, and records that it did: ``by``, or an operator."""

    storage: Storage
    clock: Clock
    keys: Keys

    def make(
        self,
        participant_id: ParticipantId,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        by: Acting | None = None,
    ) -> MadeStatement:
        """The statement about a participant; `ChangeRefused` for an id that was never listed.

        It is on record, with the file's SHA-256, before it is handed over.
        """
        made_at = self.clock()
        with self.storage.reading() as work:
            found = sightings_of(work, participant_id, start=start, end=end)
            anchor, head = work.audit_chain.anchor(), work.audit_chain.head()
            statement = Statement(
                participant_id=participant_id,
                made_at=made_at,
                start=start,
                end=end,
                kept_from=None if anchor is None else anchor.before,
                head="" if head is None else f"{head.number}:{head.digest}",
                lines=list(_Lines(work, found, work.trails.trail(participant_id))),
            )
        file = sealed_statement(statement_csv(statement), self.keys.first)
        self._record(statement, file, by)
        return MadeStatement(statement=statement, file=file)

    def _record(self, statement: Statement, file: bytes, by: Acting | None) -> None:
        event = AuditEvent(
            kind=AuditKind.STATEMENT_MADE,
            at=statement.made_at,
            participant_id=statement.participant_id,
            details={"sha256": sha256(file).hexdigest(), "lines": len(statement.lines)},
        )
        if by is not None:
            event = evolve(event, actor=by.user_id, role=by.role, organisation_id=by.organisation.id)
        record(self.storage, event)


@frozen
class _Lines:
    """The lines of a statement: those who certainly saw the participant first."""

    work: UnitOfWork
    found: ParticipantSightings
    trail: Trail
    _versions: dict[str, Sequence[AgreementVersion]] = field(init=False, factory=dict)

    def __iter__(self) -> Iterator[StatementLine]:
        for sighting in self.found.certainly:
            yield self._line(sighting, evolve(sighting, at=sighting.last), sighting.times, certain=True)
        for each in self.found.possibly:
            yield self._line(each.first, each.last, each.times, certain=False)

    def _line(self, first: Sighting, last: Sighting, times: int, *, certain: bool) -> StatementLine:
        place = None if first.role is None else self.work.organisations.find(first.role, first.organisation_id)
        covering = dict.fromkeys(self._agreements(sighting) for sighting in (first, last))
        return StatementLine(
            first=first.at,
            last=last.at,
            times=times,
            certain=certain,
            who=self._who(first),
            role=first.role,
            organisation="" if place is None else place.name,
            organisation_id=first.organisation_id,
            how=first.how,
            agreements=tuple(dict.fromkeys(words for each in covering for words in each)),
            sha256="" if first.receipt is None else first.receipt.sha256,
        )

    def _who(self, sighting: Sighting) -> str:
        actor = sighting.actor
        if actor is None:
            return f"The service {sighting.service}" if sighting.service else OPERATOR
        user = self.found.users.get(actor)
        return f"A user who is gone ({actor})" if user is None else user.name

    def _agreements(self, sighting: Sighting) -> tuple[str, ...]:
        """The agreements that covered the participant then, as they were known then; a body needs none."""
        if sighting.role is not Role.DELIVERY_PARTNER:
            return ()
        partner = DeliveryPartner(sighting.organisation_id)
        known = agreements_as_known(self._versions_of(partner.id), sighting.at)
        return tuple(agreement_in_words(each) for each in known if self._covers(each, partner, sighting))

    def _covers(self, agreement: Agreement, partner: DeliveryPartner, sighting: Sighting) -> bool:
        scope = scope_of(partner, [agreement], on=london_date(sighting.at))
        shown = self.trail.row_of(partner, sighting.at)
        return isinstance(scope, Scope) and (shown is None or scope.covers(shown))

    def _versions_of(self, partner_id: str) -> Sequence[AgreementVersion]:
        if partner_id not in self._versions:
            self._versions[partner_id] = self.work.agreement_history.of_partner(partner_id)
        return self._versions[partner_id]
