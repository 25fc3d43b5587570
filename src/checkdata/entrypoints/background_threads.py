"""The threads of ``serve`` beside its pages: mail, seals, nominations that expire, access that lapses, recalls.

Each round returns how long to rest; if one fails, the next is still tried.
"""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock, Semaphore, Thread
from typing import Final, Generic, TypeVar

from attrs import asdict, frozen

from checkdata.domain.errors import ChangeRefused, MailHeldBack, StorageError
from checkdata.domain.mail_records import OutboxEntry
from checkdata.domain.services.access.lapse_access import LapseAccess, LapseResult
from checkdata.domain.services.audit.recall_files import RecallFiles, RecallRound
from checkdata.domain.services.audit.seal_log import Sealed, SealLog
from checkdata.domain.services.listing.note_changes import NoteChanges
from checkdata.domain.services.mail.send_mail import HELD_BACK_FOR, SendingResult, SendMail
from checkdata.domain.services.nominations.nominate import Nominate
from checkdata.entrypoints.json_log import told_of
from checkdata.entrypoints.repeated_work import RepeatedWork

LOG_OF_MAIL: Final = logging.getLogger("checkdata.send_mail")
LOG_OF_AUDIT: Final = logging.getLogger("checkdata.audit")
LOG_OF_ACCESS: Final = logging.getLogger("checkdata.access")
LOG_OF_NOMINATIONS: Final = logging.getLogger("checkdata.nominations")
LOG_OF_RECALLS: Final = logging.getLogger("checkdata.recalls")

HANDS: Final = 8
"""How many messages are handed over at once, so that a server that is slow with one does not keep all waiting."""

SENDING_EVERY_SECONDS: Final = 0.5
"""How long sending rests when no mail waits, so that mail leaves within two seconds."""

SEALING_EVERY_SECONDS: Final = 2.0
"""How long sealing rests when nothing waits to be sealed."""

EXPIRING_EVERY_SECONDS: Final = 3600.0
"""How long expiring rests; a nomination that is over is refused at once, whether that was noted already or not."""

RECALLING_EVERY_SECONDS: Final = 60.0
"""How long recalling rests: so long after a feed ended an agreement, holders of its files are asked at the latest."""

NOTING_EVERY_SECONDS: Final = 600.0
"""How long noting changes rests: so long after 7 in the morning a note is queued at the latest."""

_SENDING_AFTER_TROUBLE_SECONDS: Final = 5.0
_SEALING_AFTER_TROUBLE_SECONDS: Final = 10.0
_AFTER_TROUBLE_SECONDS: Final = 60.0

_OR_OVERTAKEN: Final = (StorageError, ChangeRefused)
"""Also that another user changed the same thing at this moment."""

Done = TypeVar("Done")


def repeated_sending(sending: SendMail, ran: Callable[[], None]) -> RepeatedWork:
    """Send what is due, several messages at once; *ran* is called when mail went out, or none waited."""
    return _Sending(sending, ran)


def send_all(sending: SendMail) -> SendingResult:
    """Send what is due, several messages at once, until nothing is."""
    with ThreadPoolExecutor(HANDS) as hands:
        return sum(hands.map(lambda _: sending.send_due(), range(HANDS)), start=SendingResult())


class _Sending(RepeatedWork):
    """Rounds that also wait, at the end, for the messages that are being handed over."""

    def __init__(self, sending: SendMail, ran: Callable[[], None]) -> None:
        self._hands = _Hands(sending, ran)
        super().__init__("sending", self._hands.take_what_is_due)

    def wait_until_ended(self, seconds: float) -> None:
        """Wait so long for what is being handed over; what takes longer is sent again once its claim is over."""
        until = time.monotonic() + seconds
        super().wait_until_ended(seconds)
        self._hands.finish(until)


class _Hands:
    """Takes no more messages than it has hands free, so that none waits in a claim."""

    def __init__(self, sending: SendMail, ran: Callable[[], None]) -> None:
        self._sending = sending
        self._ran = ran
        self._free = Semaphore(HANDS)
        self._lock = Lock()
        self._done = SendingResult()
        self._held_until = 0.0

    def take_what_is_due(self) -> float:
        """Claim a message for each free hand and return how long to rest; a failed round does not stop the next."""
        self._tell()
        if (held := self._held_until - time.monotonic()) > 0:
            return held
        free = self._all_that_are_free()
        claimed = self._claimed(free)
        for _ in range(free - len(claimed or ())):
            self._free.release()
        for entry in claimed or ():
            Thread(target=self._hand_over, args=(entry,), name="handing over mail", daemon=True).start()
        if claimed is None:
            return _SENDING_AFTER_TROUBLE_SECONDS
        if free == HANDS and not claimed:
            self._ran()
        return 0.0 if claimed or not free else SENDING_EVERY_SECONDS

    def finish(self, until: float) -> None:
        """Wait for what is being handed over, at most until then."""
        for _ in range(HANDS):
            self._free.acquire(timeout=max(0.0, until - time.monotonic()))
        self._tell()

    def _all_that_are_free(self) -> int:
        free = int(self._free.acquire(timeout=SENDING_EVERY_SECONDS))
        while free and self._free.acquire(blocking=False):
            free += 1
        return free

    def _claimed(self, limit: int) -> Sequence[OutboxEntry] | None:
        """The messages that are due; None if the database cannot tell now."""
        try:
            return self._sending.claim(limit) if limit else ()
        except StorageError as error:
            LOG_OF_MAIL.warning("mail waits for the database", extra={"details": told_of(error)})
        except Exception:
            LOG_OF_MAIL.exception("mail could not be sent")
        return None

    def _hand_over(self, entry: OutboxEntry) -> None:
        try:
            done = self._sending.send(entry)
            with self._lock:
                self._done += done
        except MailHeldBack as error:
            self._held_until = time.monotonic() + HELD_BACK_FOR.total_seconds()
            LOG_OF_MAIL.error("mail waits for the mail service", extra={"details": {"reason": str(error)}})  # noqa: TRY400 - a sentence says it all
        except StorageError as error:
            LOG_OF_MAIL.warning("mail waits for the database", extra={"details": told_of(error)})
        except Exception:
            LOG_OF_MAIL.exception("mail could not be sent")
        finally:
            self._free.release()

    def _tell(self) -> None:
        """Tell the log what failed since the last round, by kind and number."""
        with self._lock:
            done, self._done = self._done, SendingResult()
        if done.sent:
            self._ran()
        for reason, number in done.reasons.items():
            LOG_OF_MAIL.warning("mail could not be handed over", extra={"details": {"reason": reason, "mails": number}})
        if done.expired:
            LOG_OF_MAIL.warning("mail was too late to be sent", extra={"details": {"mails": done.expired}})


@frozen(kw_only=True)
class _Round(Generic[Done]):
    """A round, after which it rests for ``every`` seconds, or ``after_trouble``: trouble does not stop the next round.

    ``passing`` are the errors after which it will work again; ``later`` is what the log says of them, ``broken`` what
    it says of others. ``tell`` is called with what was done.
    """

    do: Callable[[], Done]
    tell: Callable[[Done], None]
    log: logging.Logger
    later: str
    broken: str
    every: float
    after_trouble: float = _AFTER_TROUBLE_SECONDS
    passing: tuple[type[Exception], ...] = (StorageError,)

    def __call__(self) -> float:
        """Do what is due and return for how many seconds to rest."""
        try:
            done = self.do()
        except self.passing as error:
            self.log.warning(self.later, extra={"details": told_of(error)})
            return self.after_trouble
        except Exception:
            self.log.exception(self.broken)
            return self.after_trouble
        self.tell(done)
        return self.every


def repeated_sealing(sealing: SealLog, ran: Callable[[], None]) -> RepeatedWork:
    """Seal what was recorded, round after round; *ran* is called after each.

    It logs the heads. If logs are kept elsewhere than the database, the end of the audit log can be checked against
    them: ``checkdata audit verify --head NUMBER:DIGEST``.
    """

    def tell(done: Sealed) -> None:
        ran()
        if done.head is not None:
            head = f"{done.head.number}:{done.head.digest}"
            LOG_OF_AUDIT.info("audit log sealed", extra={"details": {"head": head}})

    one_round = _Round(
        do=sealing.seal_due,
        tell=tell,
        log=LOG_OF_AUDIT,
        later="sealing waits for the database",
        broken="the audit log could not be sealed",
        every=SEALING_EVERY_SECONDS,
        after_trouble=_SEALING_AFTER_TROUBLE_SECONDS,
    )
    return RepeatedWork("sealing", one_round)


def repeated_lapsing(lapsing: LapseAccess) -> RepeatedWork:
    """Warn of access that is to lapse, and end it when its time has come: at once, then every hour."""

    def tell(done: LapseResult) -> None:
        if done.warned or done.lapsed:
            LOG_OF_ACCESS.info("access lapses", extra={"details": {"warned": done.warned, "ended": done.lapsed}})

    one_round = _Round(
        do=lapsing.run,
        tell=tell,
        log=LOG_OF_ACCESS,
        later="access lapses later",
        broken="access could not lapse",
        every=EXPIRING_EVERY_SECONDS,
        passing=_OR_OVERTAKEN,
    )
    return RepeatedWork("lapsing", one_round)


def repeated_expiring(nominating: Nominate) -> RepeatedWork:
    """Note which nominations have expired: at once, then every hour."""

    def tell(expired: int) -> None:
        if expired:
            LOG_OF_NOMINATIONS.info("nominations expired", extra={"details": {"number": expired}})

    one_round = _Round(
        do=nominating.expire_due,
        tell=tell,
        log=LOG_OF_NOMINATIONS,
        later="nominations expire later",
        broken="nominations could not expire",
        every=EXPIRING_EVERY_SECONDS,
        passing=_OR_OVERTAKEN,
    )
    return RepeatedWork("expiring", one_round)


def repeated_noting(noting: NoteChanges) -> RepeatedWork:
    """Queue the notes of changes that are due."""

    def tell(queued: int) -> None:
        if queued:
            LOG_OF_MAIL.info("notes of changes queued", extra={"details": {"mails": queued}})

    one_round = _Round(
        do=noting.queue_due,
        tell=tell,
        log=LOG_OF_MAIL,
        later="notes of changes wait for the database",
        broken="notes of changes could not be made",
        every=NOTING_EVERY_SECONDS,
    )
    return RepeatedWork("noting changes", one_round)


def repeated_recalling(recalling: RecallFiles) -> RepeatedWork:
    """Recall files of agreements that are over, and ask and remind those who hold them."""

    def tell(done: RecallRound) -> None:
        if done != RecallRound():
            LOG_OF_RECALLS.info("files recalled", extra={"details": asdict(done)})

    one_round = _Round(
        do=recalling.do_due,
        tell=tell,
        log=LOG_OF_RECALLS,
        later="recalls wait for the database",
        broken="files could not be recalled",
        every=RECALLING_EVERY_SECONDS,
    )
    return RepeatedWork("recalling", one_round)
