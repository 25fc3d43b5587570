"""The threads of ``serve`` that send the outbox, so that mail leaves within two seconds."""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock, Semaphore, Thread
from typing import Final

from checkdata.domain.errors import StorageError
from checkdata.domain.messages import OutboxEntry
from checkdata.domain.services.mail.send_mail import SendMail, Sent
from checkdata.entrypoints.background import Rounds
from checkdata.entrypoints.json_log import told_of

LOG: Final = logging.getLogger("checkdata.send_mail")

HANDS: Final = 8
"""How many messages are handed over at once, so that a server that is slow with one does not keep all waiting."""

EVERY_SECONDS: Final = 0.5
"""How long the thread rests when nothing waits."""

_AFTER_TROUBLE_SECONDS: Final = 5.0


def sending_meanwhile(sending: SendMail, ran: Callable[[], None]) -> Rounds:
    """Send what is due, several messages at once; *ran* is told when mail went out, or none waited."""
    return _Sending(sending, ran)


def send_all(sending: SendMail) -> Sent:
    """Send what is due, several messages at once, until nothing is."""
    with ThreadPoolExecutor(HANDS) as hands:
        return sum(hands.map(lambda _: sending.send_due(), range(HANDS)), start=Sent())


class _Sending(Rounds):
    """Rounds whose end is that of the messages that are being handed over, too."""

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
        self._done = Sent()

    def take_what_is_due(self) -> float:
        """Claim for each free hand and tell how long to rest; whatever goes wrong, the next round is tried."""
        self._tell()
        free = self._all_that_are_free()
        claimed = self._claimed(free)
        for _ in range(free - len(claimed or ())):
            self._free.release()
        for entry in claimed or ():
            Thread(target=self._hand_over, args=(entry,), name="handing over mail", daemon=True).start()
        if claimed is None:
            return _AFTER_TROUBLE_SECONDS
        if free == HANDS and not claimed:
            self._ran()
        return 0.0 if claimed or not free else EVERY_SECONDS

    def finish(self, until: float) -> None:
        """Wait for what is being handed over, and no longer than until then."""
        for _ in range(HANDS):
            self._free.acquire(timeout=max(0.0, until - time.monotonic()))
        self._tell()

    def _all_that_are_free(self) -> int:
        free = int(self._free.acquire(timeout=EVERY_SECONDS))
        while free and self._free.acquire(blocking=False):
            free += 1
        return free

    def _claimed(self, limit: int) -> Sequence[OutboxEntry] | None:
        """What is due; None where that can't be told now."""
        try:
            return self._sending.claim(limit) if limit else ()
        except StorageError as error:
            LOG.warning("mail waits for the database", extra={"details": told_of(error)})
        except Exception:
            LOG.exception("mail could not be sent")
        return None

    def _hand_over(self, entry: OutboxEntry) -> None:
        try:
            done = self._sending.send(entry)
            with self._lock:
                self._done += done
        except StorageError as error:
            LOG.warning("mail waits for the database", extra={"details": told_of(error)})
        except Exception:
            LOG.exception("mail could not be sent")
        finally:
            self._free.release()

    def _tell(self) -> None:
        """Tell the log what failed since the last round, by kind and number."""
        with self._lock:
            done, self._done = self._done, Sent()
        if done.sent:
            self._ran()
        for reason, number in done.reasons.items():
            LOG.warning("mail could not be handed over", extra={"details": {"reason": reason, "mails": number}})
        if done.expired:
            LOG.warning("mail was too late to be sent", extra={"details": {"mails": done.expired}})
