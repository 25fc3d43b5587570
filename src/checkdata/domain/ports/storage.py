"""Units of work over all that is stored."""

from types import TracebackType
from typing import Protocol, Self

from checkdata.domain.ports.agreement_history import AgreementHistory
from checkdata.domain.ports.api_keys import ApiKeys
from checkdata.domain.ports.audit_chain import AuditChain
from checkdata.domain.ports.audit_log import AuditLog
from checkdata.domain.ports.bound_accounts import BoundAccounts
from checkdata.domain.ports.change_notes import ChangeNotes
from checkdata.domain.ports.confirmations import Confirmations
from checkdata.domain.ports.counts import Counts
from checkdata.domain.ports.feed_store import FeedStore
from checkdata.domain.ports.job_runs import JobRuns
from checkdata.domain.ports.link_requests import LinkRequests
from checkdata.domain.ports.nominations import Nominations
from checkdata.domain.ports.notices import Notices
from checkdata.domain.ports.organisations import Organisations
from checkdata.domain.ports.outbox import Outbox
from checkdata.domain.ports.participant_trails import ParticipantTrails
from checkdata.domain.ports.participants import Participants
from checkdata.domain.ports.proposals import Proposals
from checkdata.domain.ports.recalls import Recalls
from checkdata.domain.ports.receipts import Receipts
from checkdata.domain.ports.retention import Retention
from checkdata.domain.ports.school_register import SchoolRegister
from checkdata.domain.ports.sign_ins import SignIns
from checkdata.domain.ports.teacher_checks import TeacherChecks
from checkdata.domain.ports.users import Users


class UnitOfWork(Protocol):
    """One transaction: others see all that is written in it, at once, or none of it.

    Leaving without `commit` rolls back. After `commit` nothing more may be asked of it.

    What a change rests on is locked first, and then read. To avoid deadlocks, all take their locks in one
    order: users (those of one unit of work at once), a nomination, links and visits, a
    proposal, an agreement, agreements, mail.
    """

    @property
    def users(self) -> Users:
        """People and grants."""

    @property
    def organisations(self) -> Organisations:
        """Organisations and agreements."""

    @property
    def agreement_history(self) -> AgreementHistory:
        """Every version of every agreement."""

    @property
    def participants(self) -> Participants:
        """Listings."""

    @property
    def counts(self) -> Counts:
        """Counts of listings that imports keep."""

    @property
    def sign_ins(self) -> SignIns:
        """Links and sessions."""

    @property
    def api_keys(self) -> ApiKeys:
        """Keys of programs."""

    @property
    def bound_accounts(self) -> BoundAccounts:
        """Accounts at identity providers."""

    @property
    def link_requests(self) -> LinkRequests:
        """Counts of requested links."""

    @property
    def outbox(self) -> Outbox:
        """Messages that wait."""

    @property
    def audit(self) -> AuditLog:
        """What was recorded."""

    @property
    def audit_chain(self) -> AuditChain:
        """The seals of what was recorded."""

    @property
    def receipts(self) -> Receipts:
        """The receipts of files that left."""

    @property
    def recalls(self) -> Recalls:
        """The recalls of files that left."""

    @property
    def job_runs(self) -> JobRuns:
        """When jobs ran last."""

    @property
    def change_notes(self) -> ChangeNotes:
        """Who wants notes of changes."""

    @property
    def trails(self) -> ParticipantTrails:
        """What listings ever showed of one participant."""

    @property
    def retention(self) -> Retention:
        """What deletes things that are past their time."""

    @property
    def nominations(self) -> Nominations:
        """Nominations."""

    @property
    def confirmations(self) -> Confirmations:
        """The links by which lead providers answer."""

    @property
    def proposals(self) -> Proposals:
        """Changes that wait for a second support user."""

    @property
    def notices(self) -> Notices:
        """What every user is told."""

    @property
    def school_register(self) -> SchoolRegister:
        """The department's register of schools."""

    @property
    def teacher_checks(self) -> TeacherChecks:
        """What a directory of teachers is asked, and answered."""

    @property
    def feed_store(self) -> FeedStore:
        """What imports write."""

    def commit(self) -> None:
        """Make everything that was written lasting and visible."""

    def interrupt(self) -> None:
        """End the current statement from another thread; later statements raise `StorageUnavailable` too.

        Call it only between entering and leaving. It takes a second at most. It may miss a statement that is about to
        begin: then call it again.
        """

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """End; what was not committed is undone."""


class Storage(Protocol):
    """Begins units of work of three kinds, so that readers never wait for writers, nor fail because of them."""

    def reading(self) -> UnitOfWork:
        """A unit of work that sees one state throughout, whatever others commit; it can't write.

        SQL: PostgreSQL REPEATABLE READ READ ONLY, SQLite a deferred transaction (a WAL snapshot).
        """

    def writing(self) -> UnitOfWork:
        """A unit of work that writes, and sees what was committed before each statement.

        SQL: PostgreSQL READ COMMITTED, SQLite BEGIN IMMEDIATE (writers take turns).
        """

    def at_once(self) -> UnitOfWork:
        """A unit of work for one statement: it holds no snapshot, and a change is lasting without a commit.

        SQL: one statement without a transaction around it, which would take three times as long; a second one is a
        `RuntimeError`.
        """
