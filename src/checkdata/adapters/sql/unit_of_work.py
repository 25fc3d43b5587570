"""Units of work on an SQL database, and the storage that begins them."""

from functools import cached_property
from types import TracebackType
from typing import Final, Self

from sqlalchemy import Engine, select

from checkdata.adapters.sql.agreement_history import SqlAgreementHistory
from checkdata.adapters.sql.api_keys import SqlApiKeys
from checkdata.adapters.sql.audit_chain import SqlAuditChain
from checkdata.adapters.sql.audit_log import SqlAuditLog
from checkdata.adapters.sql.bound_accounts import SqlBoundAccounts
from checkdata.adapters.sql.change_notes import SqlChangeNotes
from checkdata.adapters.sql.confirmations import SqlConfirmations
from checkdata.adapters.sql.counts import SqlCounts
from checkdata.adapters.sql.error_causes import OTHER_VERSION
from checkdata.adapters.sql.errors import storage_error
from checkdata.adapters.sql.generations import Generations
from checkdata.adapters.sql.job_runs import SqlJobRuns
from checkdata.adapters.sql.kept_counts import KeptCounts
from checkdata.adapters.sql.link_requests import SqlLinkRequests
from checkdata.adapters.sql.nominations import SqlNominations
from checkdata.adapters.sql.notices import SqlNotices
from checkdata.adapters.sql.organisations import SqlOrganisations
from checkdata.adapters.sql.outbox import SqlOutbox
from checkdata.adapters.sql.page_statements import PageStatements
from checkdata.adapters.sql.participant_trails import SqlParticipantTrails
from checkdata.adapters.sql.participants import SqlParticipants
from checkdata.adapters.sql.proposals import SqlProposals
from checkdata.adapters.sql.recalls import SqlRecalls
from checkdata.adapters.sql.receipts import SqlReceipts
from checkdata.adapters.sql.retention import SqlRetention
from checkdata.adapters.sql.schema import REVISION, SERVES_FROM, meta, revisions
from checkdata.adapters.sql.school_register import SqlSchoolRegister
from checkdata.adapters.sql.sign_ins import SqlSignIns
from checkdata.adapters.sql.teacher_checks import SqlTeacherChecks
from checkdata.adapters.sql.transaction import Transaction, TransactionKind
from checkdata.adapters.sql.users import SqlUsers
from checkdata.domain import ports

_VERSIONS: Final = select(
    revisions.c.version_num, select(meta.c.value).where(meta.c.name == SERVES_FROM).scalar_subquery()
)
"""The revision of the tables, and that of the earliest version whose code can serve on them."""


class SqlStorage:
    """An SQL database: `checkdata.adapters.sql.engine.open_engine` opens it, ``migrate`` makes its tables.

    The first unit of work checks the tables' version; `NotMigrated` where it is another, unless it is a later one that
    lets the code of this one serve. On that, this version loads no feed: its listings might lack what the later reads.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._counts = KeptCounts()
        self._pages = PageStatements(self._counts)
        self._generations = Generations(engine)
        self._checked = False
        self._is_earlier = False

    def reading(self) -> "SqlUnitOfWork":
        """A unit of work that sees one state throughout."""
        self._check()
        return self._unit_of_work(TransactionKind.READING)

    def writing(self) -> "SqlUnitOfWork":
        """A unit of work that writes."""
        self._check()
        return self._unit_of_work(TransactionKind.WRITING)

    def at_once(self) -> "SqlUnitOfWork":
        """A unit of work for one question or one change."""
        self._check()
        return self._unit_of_work(TransactionKind.AT_ONCE)

    def _unit_of_work(self, kind: TransactionKind) -> "SqlUnitOfWork":
        transaction = Transaction(self.engine, kind, self._generations)
        return SqlUnitOfWork(transaction, self._pages, self._counts, loads_feeds=not self._is_earlier)

    def _check(self) -> None:
        if self._checked:
            return
        with self.engine.connect() as connection:
            found, serves_from = connection.execute(_VERSIONS).first() or ("", None)
        if not (found == REVISION or (serves_from or found) <= REVISION < found):
            raise storage_error(OTHER_VERSION)
        self._is_earlier = found > REVISION
        self._checked = True


class SqlUnitOfWork:
    """One transaction on an SQL database."""

    def __init__(
        self, transaction: Transaction, pages: PageStatements, counts: KeptCounts, *, loads_feeds: bool = True
    ) -> None:
        self._transaction = transaction
        self._loads_feeds = loads_feeds
        self.users = SqlUsers(transaction)
        self.organisations = SqlOrganisations(transaction)
        self.agreement_history = SqlAgreementHistory(transaction)
        self.participants = SqlParticipants(transaction, pages)
        self.counts = SqlCounts(transaction, self.participants, counts)
        self.sign_ins = SqlSignIns(transaction)
        self.api_keys = SqlApiKeys(transaction)
        self.bound_accounts = SqlBoundAccounts(transaction)
        self.link_requests = SqlLinkRequests(transaction)
        self.outbox = SqlOutbox(transaction)
        self.audit = SqlAuditLog(transaction)
        self.audit_chain = SqlAuditChain(transaction)
        self.retention = SqlRetention(transaction)
        self.trails = SqlParticipantTrails(transaction)
        self.receipts = SqlReceipts(transaction)
        self.recalls = SqlRecalls(transaction)
        self.job_runs = SqlJobRuns(transaction)
        self.change_notes = SqlChangeNotes(transaction)
        self.nominations = SqlNominations(transaction)
        self.confirmations = SqlConfirmations(transaction)
        self.proposals = SqlProposals(transaction)
        self.notices = SqlNotices(transaction)
        self.school_register = SqlSchoolRegister(transaction)
        self.teacher_checks = SqlTeacherChecks(transaction)

    @cached_property
    def feed_store(self) -> ports.FeedStore:
        """The store that a feed is loaded into; made once, because it holds what an import has taken in."""
        if not self._loads_feeds:
            raise storage_error(OTHER_VERSION)
        from checkdata.adapters.sql.feed_store import SqlFeedStore  # noqa: PLC0415 - only for imports, and large

        return SqlFeedStore(self._transaction)

    def commit(self) -> None:
        """Make everything that was written lasting and visible, and end."""
        self._transaction.commit()

    def interrupt(self) -> None:
        """End the statement that runs, and let no other begin."""
        self._transaction.interrupt()

    def __enter__(self) -> Self:
        """Begin."""
        self._transaction.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """End; what was not committed is undone."""
        try:
            if kind is None:
                self._transaction.end_snapshot()
        finally:
            self._transaction.end()


_storage_conforms: type[ports.Storage] = SqlStorage
_conforms: type[ports.UnitOfWork] = SqlUnitOfWork
