"""Everything that is stored, as one frozen value, and the draft of the next one that a unit of work writes."""

from collections.abc import Mapping
from datetime import date, datetime

from attrs import field, frozen

from checkdata.domain.access.proposals import Proposal, ProposalId
from checkdata.domain.audit.events import AuditEvent
from checkdata.domain.audit.recalls import Recall, RecalledFile
from checkdata.domain.audit.receipts import Receipt
from checkdata.domain.audit.seals import Anchor, Seal
from checkdata.domain.errors import StorageUnavailable
from checkdata.domain.feed.last_verdict import Reading
from checkdata.domain.jobs import Job
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.counts import PastCount
from checkdata.domain.listing.rows import ListedParticipant, ListingEntry
from checkdata.domain.mail_records import MailState, OutboxEntry
from checkdata.domain.nominations.confirmation_links import ConfirmationLink, ConfirmationVisit
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.notices import Notice, NoticeKind
from checkdata.domain.people.agreement_history import AgreementVersion
from checkdata.domain.people.change_notes import ChangeNote
from checkdata.domain.people.organisations import (
    Agreement,
    AppropriateBody,
    DeliveryPartner,
    LeadProvider,
    Organisation,
    Role,
    School,
    organisation_of,
)
from checkdata.domain.people.school_register import RegisteredSchool, Succession
from checkdata.domain.people.users import Grant, User
from checkdata.domain.sign_in.api_keys import ApiKey
from checkdata.domain.sign_in.identities import BoundAccount
from checkdata.domain.sign_in.sessions import Session, SignInLink
from checkdata.domain.training.records import TrainingRecord, Viewer
from checkdata.domain.training.teacher_answers import AskedTeacher, KeptAnswer, TeacherMessage
from checkdata.domain.training.teacher_records import TeacherRecord
from checkdata.domain.values import LeadProviderId, NominationId, ParticipantId, RecordId, UserId


@frozen(kw_only=True)
class QueuedMail:
    """A message in the outbox: ``due_at`` is None once it is over, ``claimed`` while it is being sent."""

    entry: OutboxEntry
    due_at: datetime | None
    state: MailState = MailState.QUEUED
    claimed: bool = False
    sent_at: datetime | None = None
    bounced_at: datetime | None = None
    failure: str = ""


@frozen(kw_only=True)
class RequestCount:
    """The number of requests in a window that ends then."""

    ends_at: datetime
    number: int


@frozen(kw_only=True)
class Derivation:
    """A participant's rows in the listings: for which day they were derived, and until when they hold.

    ``shown_from`` is for each row the number of the import that began its version. ``departed`` are the listings whose
    view the participant has left.
    """

    rows: Mapping[Viewer, ListingEntry]
    shown_from: Mapping[Viewer, int]
    departed: frozenset[Viewer] = frozenset()
    derived_on: date
    holds_until: date | None


@frozen(kw_only=True)
class PastRow:
    """A row of a listing as it stood from one import, by number, until another one."""

    viewer: Viewer
    listed: ListedParticipant
    shown_from: int
    shown_until: int


@frozen(kw_only=True)
class StoredAnswer:
    """What a directory of teachers answered, and whether it waits for a listing."""

    kept: KeptAnswer
    waits: bool


@frozen(kw_only=True)
class StoredState:
    """Everything that is stored. It is never changed, only followed by another one (`attrs.evolve`)."""

    users: Mapping[UserId, User] = field(factory=dict)
    grants: Mapping[str, Grant] = field(factory=dict)
    links: Mapping[str, SignInLink] = field(factory=dict)
    sessions: Mapping[str, Session] = field(factory=dict)
    api_keys: Mapping[str, ApiKey] = field(factory=dict)
    bound_accounts: tuple[BoundAccount, ...] = ()
    link_requests: Mapping[str, RequestCount] = field(factory=dict)
    outbox: Mapping[str, QueuedMail] = field(factory=dict)
    nominations: Mapping[NominationId, Nomination] = field(factory=dict)
    confirmation_links: Mapping[str, ConfirmationLink] = field(factory=dict)
    confirmation_visits: Mapping[str, ConfirmationVisit] = field(factory=dict)
    proposals: Mapping[ProposalId, Proposal] = field(factory=dict)
    audit: tuple[AuditEvent, ...] = ()
    audit_purged: int = 0
    seals: tuple[Seal, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    recalls: Mapping[str, Recall] = field(factory=dict)
    recalled_files: Mapping[str, RecalledFile] = field(factory=dict)
    change_notes: Mapping[tuple[UserId, Organisation], ChangeNote] = field(factory=dict)
    notices: Mapping[NoticeKind, Notice] = field(factory=dict)
    job_runs: Mapping[Job, datetime] = field(factory=dict)
    lead_providers: Mapping[LeadProviderId, LeadProvider] = field(factory=dict)
    delivery_partners: Mapping[str, DeliveryPartner] = field(factory=dict)
    appropriate_bodies: Mapping[str, AppropriateBody] = field(factory=dict)
    schools: Mapping[str, School] = field(factory=dict)
    register: Mapping[str, RegisteredSchool] = field(factory=dict)
    successions: frozenset[Succession] = frozenset()
    agreements: Mapping[str, Agreement] = field(factory=dict)
    agreement_versions: tuple[AgreementVersion, ...] = ()
    teacher_records: Mapping[str, TeacherRecord] = field(factory=dict)
    teacher_answers: Mapping[AskedTeacher, StoredAnswer] = field(factory=dict)
    teacher_messages: Mapping[str, TeacherMessage] = field(factory=dict)
    training_records: Mapping[RecordId, TrainingRecord] = field(factory=dict)
    listings: Mapping[ParticipantId, Derivation] = field(factory=dict)
    past_rows: tuple[PastRow, ...] = ()
    past_counts: tuple[PastCount, ...] = ()
    reading: Reading | None = None
    imports: tuple[Import, ...] = ()
    """In their order; their numbers begin with 1."""

    def organisation(self, role: Role, organisation_id: str) -> Organisation | None:
        """The organisation with this id in this role, with its name."""
        match role:
            case Role.DELIVERY_PARTNER:
                return self.delivery_partners.get(organisation_id)
            case Role.APPROPRIATE_BODY:
                return self.appropriate_bodies.get(organisation_id)
            case Role.SUPPORT | Role.POLICY:
                return organisation_of(role) if organisation_id == "" else None
            case Role.RELATED_SERVICE:
                return organisation_of(role, organisation_id) if organisation_id else None

    def named(self, organisation: Organisation) -> Organisation:
        """The same organisation as it is called now."""
        return self.organisation(organisation.role, organisation.id) or organisation


class Draft:
    """The state as one unit of work sees and writes it; usable between `begin` and `end`."""

    def __init__(self, *, writable: bool) -> None:
        self._writable = writable
        self._state: StoredState | None = None
        self._interrupted = False

    def begin(self, state: StoredState) -> None:
        """Start from the state that was committed last."""
        self._state = state

    def end(self) -> None:
        """Refuse further questions."""
        self._state = None

    def interrupt(self) -> None:
        """Let every further question raise `StorageUnavailable`."""
        self._interrupted = True

    @property
    def ended(self) -> bool:
        """Whether nothing more may be asked."""
        return self._state is None

    @property
    def state(self) -> StoredState:
        """The state as this unit of work sees it; a `RuntimeError` outside of its ``with`` and after its commit."""
        if self._interrupted:
            raise StorageUnavailable("It was interrupted.")
        if self._state is None:
            msg = "a unit of work is asked inside its `with` and before its commit"
            raise RuntimeError(msg)
        return self._state

    @state.setter
    def state(self, following: StoredState) -> None:
        if not self._writable:
            msg = "a unit of work that reads can't write"
            raise RuntimeError(msg)
        self._state = following
