"""Transactions in memory: a draft of the state that takes its place when it is committed."""

from threading import Lock
from types import TracebackType
from typing import Final, Self

from checkdata.adapters.memory.agreement_history import MemoryAgreementHistory
from checkdata.adapters.memory.api_keys import MemoryApiKeys
from checkdata.adapters.memory.audit_chain import MemoryAuditChain
from checkdata.adapters.memory.audit_log import MemoryAuditLog
from checkdata.adapters.memory.bound_accounts import MemoryBoundAccounts
from checkdata.adapters.memory.change_notes import MemoryChangeNotes
from checkdata.adapters.memory.counts import MemoryCounts
from checkdata.adapters.memory.feed_store import MemoryFeedStore
from checkdata.adapters.memory.job_runs import MemoryJobRuns
from checkdata.adapters.memory.link_requests import MemoryLinkRequests
from checkdata.adapters.memory.nominations import MemoryConfirmations, MemoryNominations
from checkdata.adapters.memory.notices import MemoryNotices
from checkdata.adapters.memory.organisations import MemoryOrganisations
from checkdata.adapters.memory.outbox import MemoryOutbox
from checkdata.adapters.memory.participant_trails import MemoryParticipantTrails
from checkdata.adapters.memory.participants import MemoryParticipants
from checkdata.adapters.memory.proposals import MemoryProposals
from checkdata.adapters.memory.recalls import MemoryRecalls
from checkdata.adapters.memory.receipts import MemoryReceipts
from checkdata.adapters.memory.retention import MemoryRetention
from checkdata.adapters.memory.school_register import MemorySchoolRegister
from checkdata.adapters.memory.sign_ins import MemorySignIns
from checkdata.adapters.memory.state import Draft, StoredState
from checkdata.adapters.memory.teacher_checks import MemoryTeacherChecks
from checkdata.adapters.memory.users import MemoryUsers
from checkdata.domain import ports
from checkdata.domain.errors import StorageUnavailable

PATIENCE_SECONDS: Final = 5.0
"""How long a unit of work that writes waits for its turn."""


class MemoryStorage:
    """Holds everything for as long as this object lives.

    Units of work that write take turns; `StorageUnavailable` after `PATIENCE_SECONDS`, so that one begun inside
    another is an error, not a standstill.
    """

    def __init__(self) -> None:
        self._state = StoredState()
        self._turn = Lock()

    def reading(self) -> "MemoryUnitOfWork":
        """A unit of work that sees the state of its beginning throughout."""
        return MemoryUnitOfWork(self, writes=False)

    def writing(self) -> "MemoryUnitOfWork":
        """A unit of work that writes; only one at a time."""
        return MemoryUnitOfWork(self, writes=True)

    def at_once(self) -> "MemoryUnitOfWork":
        """A unit of work for one question or one change, which lasts."""
        return MemoryUnitOfWork(self, writes=True, lasts=True)

    @property
    def state(self) -> StoredState:
        """What was committed last."""
        return self._state

    def follow(self, state: StoredState) -> None:
        """Let *state* take the place of what was committed last."""
        self._state = state

    def take_turn(self) -> None:
        """Wait until no other unit of work writes."""
        if not self._turn.acquire(timeout=PATIENCE_SECONDS):
            msg = "The storage is busy. Try again later."
            raise StorageUnavailable(msg)

    def leave_turn(self) -> None:
        """Let the next one write."""
        self._turn.release()


class MemoryUnitOfWork:
    """One transaction on a `MemoryStorage`."""

    def __init__(self, storage: MemoryStorage, *, writes: bool, lasts: bool = False) -> None:
        self._storage = storage
        self._writes = writes
        self._lasts = lasts
        self._draft = Draft(writable=writes)
        self.users = MemoryUsers(self._draft)
        self.organisations = MemoryOrganisations(self._draft)
        self.agreement_history = MemoryAgreementHistory(self._draft)
        self.participants = MemoryParticipants(self._draft)
        self.counts = MemoryCounts(self._draft, self.participants)
        self.sign_ins = MemorySignIns(self._draft)
        self.api_keys = MemoryApiKeys(self._draft)
        self.bound_accounts = MemoryBoundAccounts(self._draft)
        self.link_requests = MemoryLinkRequests(self._draft)
        self.outbox = MemoryOutbox(self._draft)
        self.audit = MemoryAuditLog(self._draft)
        self.audit_chain = MemoryAuditChain(self._draft)
        self.retention = MemoryRetention(self._draft)
        self.trails = MemoryParticipantTrails(self._draft)
        self.receipts = MemoryReceipts(self._draft)
        self.recalls = MemoryRecalls(self._draft)
        self.job_runs = MemoryJobRuns(self._draft)
        self.change_notes = MemoryChangeNotes(self._draft)
        self.nominations = MemoryNominations(self._draft)
        self.confirmations = MemoryConfirmations(self._draft)
        self.proposals = MemoryProposals(self._draft)
        self.notices = MemoryNotices(self._draft)
        self.school_register = MemorySchoolRegister(self._draft)
        self.teacher_checks = MemoryTeacherChecks(self._draft)
        self.feed_store = MemoryFeedStore(self._draft)

    def commit(self) -> None:
        """Make the draft what others see."""
        if self._writes:
            self._storage.follow(self._draft.state)
        self._draft.end()

    def interrupt(self) -> None:
        """Refuse further questions; no question takes long here."""
        self._draft.interrupt()

    def __enter__(self) -> Self:
        """Begin a draft; if it will be written, wait for its turn."""
        if self._writes:
            self._storage.take_turn()
        self._draft.begin(self._storage.state)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Drop the draft, unless it is a change that lasts at once."""
        if self._lasts and not self._draft.ended:
            self._storage.follow(self._draft.state)
        self._draft.end()
        if self._writes:
            self._storage.leave_turn()


_storage_conforms: type[ports.Storage] = MemoryStorage
_conforms: type[ports.UnitOfWork] = MemoryUnitOfWork
