"""What the domain asks of the world, as Protocols; adapters conform to them.

Every method may raise `StorageUnavailable` or `NotMigrated` where a storage is behind it; other errors are named.
Arguments are positional-only, so that an adapter's names are its own.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import Protocol, Self

from checkdata.domain.access import AccessFacts, Scope
from checkdata.domain.audit import AuditEvent
from checkdata.domain.confirmations import ConfirmationLink, ConfirmationVisit
from checkdata.domain.downloads import Column, Row
from checkdata.domain.exports import Manifest, WrittenFile
from checkdata.domain.imports import (
    Changes,
    DueParticipant,
    Fault,
    FeedRow,
    Import,
    KnownIds,
    NamedIds,
    References,
)
from checkdata.domain.listings import ListedParticipant, ListingEntry, Names
from checkdata.domain.messages import MailRecord, Message, OutboxEntry, QueuedMessage
from checkdata.domain.nominations import Nomination
from checkdata.domain.organisations import Agreement, LeadProvider, Organisation, Role
from checkdata.domain.participants import Viewer
from checkdata.domain.queries import ParticipantQuery, Tally
from checkdata.domain.signing_in import Session, SignInLink
from checkdata.domain.teacher_records import TeacherRecord
from checkdata.domain.their_list import TheirRow
from checkdata.domain.users import Grant, User
from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId, ParticipantId, UserId
from checkdata.domain.written_records import CheckedRow

Clock = Callable[[], datetime]
"""The time now, with its offset."""


class Users(Protocol):
    """The people who may sign in, and their grants."""

    def get(self, user_id: UserId, /) -> User | None:
        """The user with this id."""

    def with_email(self, email: EmailAddress, /) -> User | None:
        """The user who signs in at this address."""

    def facts(self, user_id: UserId, /) -> AccessFacts:
        """Everything that a decision about this user needs: grants ended or not, agreements of their partners."""

    def hold(self, user_id: UserId, /) -> None:
        """Let nobody else hold this user until the unit of work ends; what is read of them afterwards is up to date."""

    def add(self, user: User, /) -> None:
        """Add a user; `StorageConflict` where the id or the address is taken."""

    def replace(self, user: User, /) -> None:
        """Write a user that exists anew."""

    def add_grant(self, grant: Grant, /) -> None:
        """Add a grant; `StorageConflict` where the user has an active one for the same organisation."""

    def replace_grant(self, grant: Grant, /) -> None:
        """Write a grant that exists anew; that is how one ends."""

    def grants_of(self, user_id: UserId, /) -> Sequence[Grant]:
        """The user's grants, ended or not, oldest first; organisations carry their names."""

    def active_grants(self, on: date, /) -> Sequence[Grant]:
        """Everybody's grants that are active on that day, by user, each user's oldest first, organisations named."""

    def search(self, text: str, /) -> Sequence[User]:
        """Users whose name or address, or an organisation of theirs, holds *text* folded; all for ""; by address."""


class Organisations(Protocol):
    """The organisations that the feed told of, and agreements, of the feed and by hand."""

    def find(self, role: Role, organisation_id: str, /) -> Organisation | None:
        """The organisation with this id in this role; teams are always there."""

    def all(self, role: Role, /) -> Sequence[Organisation]:
        """Every organisation of this role, by id."""

    def lead_provider(self, lead_provider_id: LeadProviderId, /) -> LeadProvider | None:
        """The lead provider with this id."""

    def lead_providers(self) -> Sequence[LeadProvider]:
        """Every lead provider, by name."""

    def agreements_of(self, delivery_partner_id: str, /) -> Sequence[Agreement]:
        """The agreements of a delivery partner, in force or not."""

    def agreements(self) -> Sequence[Agreement]:
        """Every agreement, in force or not, by id."""

    def agreement(self, agreement_id: str, /) -> Agreement | None:
        """The agreement with this id."""

    def add_agreement(self, agreement: Agreement, /) -> None:
        """Add an agreement by hand; `StorageConflict` where its id is taken or who makes it is not known."""

    def end_agreement(self, agreement_id: str, ended_on: date, /) -> None:
        """Let an agreement not be in force from that day on; `StorageConflict` where it ends by then already.

        A feed that names it later changes nothing about that.
        """


class Participants(Protocol):
    """The listings: participants as organisations see them. There is no way to ask without a scope."""

    def count(self, query: ParticipantQuery, /) -> int:
        """How many rows match."""

    def slice(self, query: ParticipantQuery, offset: int, limit: int, /) -> Sequence[ListedParticipant]:
        """The matching rows from *offset*, at most *limit*, in the order of the listing."""

    def find(self, query: ParticipantQuery, offset: int, limit: int, /) -> tuple[Sequence[ListedParticipant], int]:
        """The slice from *offset*, and how many rows match in all: one search for both."""

    def rows(self, query: ParticipantQuery, /) -> Iterator[ListedParticipant]:
        """All matching rows in the order of the listing, streamed; close the iterator or exhaust it."""

    def csv(self, query: ParticipantQuery, /, *, safe: bool = True) -> Iterator[bytes]:
        """`checkdata.domain.downloads.csv_chunks` of the rows, in the columns of the organisation's role.

        *safe* neutralises cells for spreadsheets. Close the iterator or exhaust it.
        """

    def one(self, scope: Scope, participant_id: ParticipantId, /) -> ListedParticipant | None:
        """The row of one participant; None where it is unknown or not in scope, without a difference."""

    def tallies(self, scope: Scope, /) -> Sequence[Tally]:
        """How many rows in scope there are of each role, academic year and status; those of none are left out."""

    def as_of(self) -> Import | None:
        """The import that the listings show."""


class SignIns(Protocol):
    """Sign-in links and sessions; both are known by the digest of their token."""

    def add_link(self, link: SignInLink, /) -> None:
        """Keep a link."""

    def link(self, digest: str, /) -> SignInLink | None:
        """The link with this digest."""

    def use_link(self, digest: str, at: datetime, /) -> SignInLink | None:
        """Mark a usable link used and return it, else None; of any number at once, one gets it (security.md 5)."""

    def end_links(self, user_id: UserId, at: datetime, /) -> None:
        """End every link of a user that is still unused (security.md 9)."""

    def add_session(self, session: Session, /) -> None:
        """Keep a session."""

    def session(self, digest: str, /) -> Session | None:
        """The session with this digest; its organisation carries its name."""

    def touch(self, digest: str, at: datetime, /) -> None:
        """Note that a session was seen."""

    def end_session(self, digest: str, /) -> None:
        """Delete a session; none is no error."""

    def end_sessions(self, user_id: UserId, /) -> int:
        """Delete every session of a user; how many there were."""

    def sessions_of(self, user_id: UserId, /) -> Sequence[Session]:
        """A user's sessions, the newest first, over by time or not; organisations carry their names."""


class Outbox(Protocol):
    """Messages that wait to be sent, written in the same transaction as what they tell of."""

    def queue(self, to: EmailAddress, message: QueuedMessage, at: datetime, /) -> None:
        """Add a message."""

    def claim(self, at: datetime, until: datetime, limit: int, /) -> Sequence[OutboxEntry]:
        """Take up to *limit* messages that are due, oldest first; nobody else gets them before *until*."""

    def sent(self, entry_id: str, at: datetime, /) -> None:
        """The message was handed over."""

    def dropped(self, entry_id: str, /) -> None:
        """The message is not to be sent after all."""

    def failed(self, entry_id: str, retry_at: datetime | None, /) -> None:
        """The message could not be handed over; try again then, or never (None)."""

    def last_sent(self, to: EmailAddress, kind: type[QueuedMessage], /) -> datetime | None:
        """When a message of this kind was last sent to this address."""

    def last_to(self, to: EmailAddress, limit: int, /) -> Sequence[MailRecord]:
        """What became of the last messages to this address, the newest first."""


class AuditLog(Protocol):
    """What was recorded; nothing in it is ever changed."""

    def record(self, event: AuditEvent, /) -> None:
        """Add an event."""

    def recent(self, limit: int, /) -> Sequence[AuditEvent]:
        """The newest events, newest first."""

    def about(self, user_id: UserId, /) -> Sequence[AuditEvent]:
        """The events whose subject is this user, oldest first."""

    def last_sign_in(self, user_id: UserId, /) -> datetime | None:
        """When this user last signed in."""

    def last_used(self, user_id: UserId, organisation: Organisation, /) -> datetime | None:
        """When a session of this user last began to act for this organisation."""


class Nominations(Protocol):
    """Nominations with their steps; organisations carry their names."""

    def get(self, nomination_id: NominationId, /) -> Nomination | None:
        """The nomination with this id."""

    def add(self, nomination: Nomination, /) -> None:
        """Add a nomination; `StorageConflict` where the id is taken, or the person has an open one there already."""

    def replace(self, nomination: Nomination, /) -> None:
        """Write a nomination with one more step; `StorageConflict` where somebody else took a step meanwhile."""

    def open_for(self, email: EmailAddress, organisation: Organisation, /) -> Nomination | None:
        """The open nomination of the person at this address for this organisation."""

    def open(self) -> Sequence[Nomination]:
        """Every open nomination, the oldest first."""

    def closed(self, limit: int, /) -> Sequence[Nomination]:
        """Nominations that are not open any more, those closed last first."""

    def of_person(self, email: EmailAddress, /) -> Sequence[Nomination]:
        """Every nomination of the person at this address, the newest first."""


class Confirmations(Protocol):
    """Confirmation links, and the browsers in which one was opened; both are known by the digest of their token."""

    def add_link(self, link: ConfirmationLink, /) -> None:
        """Keep a link."""

    def link(self, digest: str, /) -> ConfirmationLink | None:
        """The link with this digest."""

    def use_link(self, digest: str, at: datetime, /) -> ConfirmationLink | None:
        """Mark a usable link used and return it, else None; of any number at once, one gets it (security.md 5)."""

    def links_of(self, nomination_id: NominationId, /) -> Sequence[ConfirmationLink]:
        """The links sent for a nomination, the newest first."""

    def add_visit(self, visit: ConfirmationVisit, /) -> None:
        """Keep a visit."""

    def visit(self, digest: str, /) -> ConfirmationVisit | None:
        """The visit with this digest."""

    def end(self, nomination_id: NominationId, at: datetime, /) -> None:
        """End every link of a nomination that is still unused, and every visit."""


Relisted = tuple[DueParticipant, Sequence[ListingEntry], date | None]
"""A due participant, its rows in listings, and until when they hold."""

Derive = Callable[[DueParticipant], Relisted]
"""Derives the rows of a participant."""


class FeedStore(Protocol):
    """Training records and reference data as loaded, and the listings made of them.

    An import stages its rows first, which no reader sees, then merges them; all in one unit of work.
    """

    def known_ids(self) -> KnownIds:
        """The ids loaded before."""

    def names(self) -> Names:
        """The names of schools and lead providers as they stand now, this import's among them."""

    def put_references(self, references: References, /) -> Changes:
        """Add and change reference data; what is not named stays."""

    def put_teacher_records(self, records: Iterable[TeacherRecord], /) -> Changes:
        """Add and change teacher records; what is not named stays."""

    def teacher_record(self, trn: str, /) -> TeacherRecord | None:
        """The teacher record with this TRN."""

    def teacher_records_of(self, person_key: str, /) -> Sequence[TeacherRecord]:
        """The teacher records of this person (`checkdata.domain.teacher_records.person_key`)."""

    def stage(self, rows: Iterable[FeedRow | CheckedRow], /) -> None:
        """Take the rows of a feed in, refused ones too, for their keys count."""

    def duplicate_line(self) -> int | None:
        """The line of a staged row whose record id stands on an earlier line too, the first such; None without one."""

    def role_conflicts(self, *, complete: bool) -> Sequence[int]:
        """Lines of staged rows, refused ones too, whose participant is in two roles, in order.

        In two roles among the rows of the feed and the stored records that stay beside them: with *complete*, those
        alone that refused rows name.
        """

    def unstage(self, lines: Iterable[int], /) -> None:
        """Refuse staged rows after all; their records stay as they were."""

    def missing(self) -> int:
        """How many stored training records the staged feed does not name, refused rows counting as named."""

    def stored(self) -> int:
        """How many training records are stored."""

    def merge(self, *, complete: bool) -> Changes:
        """Write the staged records that are new or differ; with *complete*, delete stored ones that are missing."""

    def delete_missing_references(self, named: NamedIds, /) -> tuple[Changes, Sequence[str]]:
        """Delete reference data that is not named; what is still in use stays, a warning each."""

    def derive_alike(self, derive: Derive, /) -> None:
        """Have participants derived many at once who are listed for the first time, as an example of each kind is.

        Which ones is the adapter's own affair, and it may be nobody; they are not `due` any more, and `relist` lists
        them with the others.
        """

    def due(self, today: date, /) -> Iterator[DueParticipant]:
        """Participants whose listings may differ from what is stored, for that day.

        Those whose records, teacher record or names changed in this unit of work, who lost a record, whose day has
        come, or who were derived for a later day.
        """

    def relist(self, listed: Iterable[Relisted], today: date, /) -> int:
        """Replace the listings of due participants by these entries, each with the day until which they hold.

        Returns how many rows were added, changed or removed. Positions and tallies are right again afterwards.
        """

    def record_import(self, done: Import, /) -> None:
        """Make this the import that the listings show."""


class UnitOfWork(Protocol):
    """One transaction: what is written in it is seen by others at once and whole, or never.

    Leaving without `commit` rolls back. After `commit` nothing more may be asked of it.
    """

    @property
    def users(self) -> Users:
        """People and grants."""

    @property
    def organisations(self) -> Organisations:
        """Organisations and agreements."""

    @property
    def participants(self) -> Participants:
        """Listings."""

    @property
    def sign_ins(self) -> SignIns:
        """Links and sessions."""

    @property
    def outbox(self) -> Outbox:
        """Messages that wait."""

    @property
    def audit(self) -> AuditLog:
        """What was recorded."""

    @property
    def nominations(self) -> Nominations:
        """Nominations."""

    @property
    def confirmations(self) -> Confirmations:
        """The links by which lead providers answer."""

    @property
    def feed_store(self) -> FeedStore:
        """What imports write."""

    def commit(self) -> None:
        """Make everything that was written lasting and visible."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """End; what was not committed is undone."""


class Storage(Protocol):
    """Begins units of work; two kinds, so that readers never wait for writers, nor fail because of them."""

    def reading(self) -> UnitOfWork:
        """A unit of work that sees one state throughout, whatever is committed meanwhile; it can't write.

        SQL: PostgreSQL REPEATABLE READ READ ONLY, SQLite a deferred transaction (a WAL snapshot).
        """

    def writing(self) -> UnitOfWork:
        """A unit of work that writes, and sees what was committed before each statement.

        SQL: PostgreSQL READ COMMITTED, SQLite BEGIN IMMEDIATE (writers take turns).
        """


class Feed(Protocol):
    """A feed folder, read once and in order; `FeedRefused` where all of it is refused (feed.md)."""

    def references(self, known: KnownIds, /) -> References:
        """The reference files that are present; faulty rows are told to the `Rejections` and left out."""

    def teacher_records(self) -> Iterator[TeacherRecord]:
        """The rows of ``teacher_records.csv``; none where it is absent."""

    def training_records(self, known: KnownIds, /) -> Iterator[FeedRow | CheckedRow]:
        """The rows of ``training_records.csv``, streamed; faulty rows are told to the `Rejections`.

        A row whose record id can't be read is told to them alone.
        """

    @property
    def has_unnamed_rows(self) -> bool:
        """Whether such a row was met: then nothing may be taken for gone, for it may be what the row was about."""

    @property
    def warnings(self) -> Sequence[str]:
        """Sentences about what was ignored so far."""


class Rejections(Protocol):
    """Where the faults of refused rows go."""

    def add(self, fault: Fault, /) -> None:
        """Note a fault."""

    @property
    def rows(self) -> int:
        """How many rows were refused so far; a row with several faults counts once."""


class Mailer(Protocol):
    """Hands mail over."""

    def send(self, to: EmailAddress, message: Message, /) -> None:
        """Send one message; `DeliveryFailed` where it could not be handed over."""


class Tokens(Protocol):
    """Secrets that go out in links and cookies (security.md 1 and 2)."""

    def mint(self) -> str:
        """A new token of 256 bits, safe in an address."""

    def digest(self, token: str, /) -> str:
        """What is stored in a token's place; the token can't be found from it."""


class ExportFolder(Protocol):
    """The folder into which a batch export goes."""

    def begin(self) -> None:
        """Take the old manifest away, so that nothing half-done looks whole; `FolderNotWritable`."""

    def write(self, viewer: Viewer, chunks: Iterable[bytes], /) -> WrittenFile:
        """Write one organisation's file, under its name only when it is whole; `FolderNotWritable`."""

    def finish(self, manifest: Manifest, /) -> None:
        """Remove files that the old manifest names and the new one does not, then write the new one."""


ReadList = Callable[[bytes], Sequence[TheirRow]]
"""The rows of a file that a user chose, CSV or .xlsx, in memory and within limits; `ListRefused` (service rule 17)."""


class WorkbookWriter(Protocol):
    """Makes an Excel workbook for a download, in which every cell is text (service rule 13)."""

    def __call__(self, rows: Iterable[Row], columns: Sequence[Column[Row]], sheet: str, /) -> Iterator[bytes]:
        """The workbook in pieces, the first as soon as the first rows are there; *sheet* is its sheet's name."""
