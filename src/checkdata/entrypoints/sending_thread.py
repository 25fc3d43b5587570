"""The thread of ``serve`` that sends the outbox, so that mail leaves within two seconds."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from checkdata.domain.errors import StorageError
from checkdata.domain.services.sending import Sending

LOG: Final = logging.getLogger("checkdata.sending")

EVERY_SECONDS: Final = 0.5
"""How long the thread rests when nothing waits."""

LAST_SECONDS: Final = 30.0
"""How long the end waits for a mail server that is slow."""

_AFTER_TROUBLE_SECONDS: Final = 5.0


@contextmanager
def sending_meanwhile(sending: Sending) -> Iterator[None]:
    """Send what is due, in a thread, until the block ends, and then the batch that is being handed over.

    What is not handed over within `LAST_SECONDS` of the end is sent by another process, or at the next start.
    """
    ended = threading.Event()
    thread = threading.Thread(target=_send_until, args=(sending, ended), name="sending", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(LAST_SECONDS)


def _send_until(sending: Sending, ended: threading.Event) -> None:
    rest = 0.0
    while not ended.wait(rest):
        rest = _send_batch(sending)


def _send_batch(sending: Sending) -> float:
    """Send one batch and tell how long to rest; whatever goes wrong, the next batch is tried."""
    try:
        done = sending.send_due()
    except StorageError as error:
        LOG.warning("mail waits for the database", extra={"details": {"error": type(error).__name__}})
        return _AFTER_TROUBLE_SECONDS
    except Exception:
        LOG.exception("mail could not be sent")
        return _AFTER_TROUBLE_SECONDS
    for reason in done.reasons:
        LOG.warning("mail could not be handed over", extra={"details": {"reason": reason}})
    return 0.0 if done else EVERY_SECONDS
