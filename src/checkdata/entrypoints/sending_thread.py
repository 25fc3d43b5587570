"""The thread of ``serve`` that sends the outbox, so that mail leaves within two seconds."""

import logging
from functools import partial
from typing import Final

from checkdata.domain.errors import StorageError
from checkdata.domain.services.sending import Sending
from checkdata.entrypoints.background import Rounds

LOG: Final = logging.getLogger("checkdata.sending")

EVERY_SECONDS: Final = 0.5
"""How long the thread rests when nothing waits."""

_AFTER_TROUBLE_SECONDS: Final = 5.0


def sending_meanwhile(sending: Sending) -> Rounds:
    """Send what is due, batch after batch."""
    return Rounds("sending", partial(_send_batch, sending))


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
