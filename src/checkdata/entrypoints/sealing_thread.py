"""The thread of ``serve`` that seals the audit log, and tells the log of the process the head of the chain."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Final

from checkdata.domain.errors import StorageError
from checkdata.domain.services.audit.seal_log import SealLog
from checkdata.entrypoints.background import Rounds
from checkdata.entrypoints.json_log import told_of

LOG: Final = logging.getLogger("checkdata.audit")

EVERY_SECONDS: Final = 2.0
"""How long the thread rests when nothing waits to be sealed."""

_AFTER_TROUBLE_SECONDS: Final = 10.0


def sealing_meanwhile(sealing: SealLog, ran: Callable[[], None]) -> Rounds:
    """Seal what was recorded, round after round, each of which *ran* is told of.

    The heads that it logs are what the end of the audit log can be held against, where logs are kept elsewhere than the
    database: ``checkdata audit verify --head NUMBER:DIGEST``.
    """
    return Rounds("sealing", partial(_seal_round, sealing, ran))


def _seal_round(sealing: SealLog, ran: Callable[[], None]) -> float:
    """Seal one round and tell how long to rest; whatever goes wrong, the next round is tried."""
    try:
        done = sealing.seal_due()
    except StorageError as error:
        LOG.warning("sealing waits for the database", extra={"details": told_of(error)})
        return _AFTER_TROUBLE_SECONDS
    except Exception:
        LOG.exception("the audit log could not be sealed")
        return _AFTER_TROUBLE_SECONDS
    ran()
    if done.head is not None:
        LOG.info("audit log sealed", extra={"details": {"head": f"{done.head.number}:{done.head.digest}"}})
    return EVERY_SECONDS
