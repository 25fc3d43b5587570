"""The thread of ``serve`` that notes which nominations have waited for too long."""

import logging
from functools import partial
from typing import Final

from checkdata.domain.errors import ChangeRefused, StorageError
from checkdata.domain.services.nominations.nominate import Nominate
from checkdata.entrypoints.background import Rounds
from checkdata.entrypoints.json_log import told_of

LOG: Final = logging.getLogger("checkdata.nominations")

EVERY_SECONDS: Final = 3600.0
"""How long the thread rests; a nomination that is over is refused at once, whether that was noted already or not."""

_AFTER_TROUBLE_SECONDS: Final = 60.0


def expiring_meanwhile(nominating: Nominate) -> Rounds:
    """Note which nominations have expired: at once, then every hour."""
    return Rounds("expiring", partial(_expire_round, nominating))


def _expire_round(nominating: Nominate) -> float:
    """Note what is due and tell how long to rest; whatever goes wrong, the next round is tried."""
    try:
        expired = nominating.expire_due()
    except (StorageError, ChangeRefused) as error:  # somebody else took a step of one of them at this moment
        LOG.warning("nominations expire later", extra={"details": told_of(error)})
        return _AFTER_TROUBLE_SECONDS
    except Exception:
        LOG.exception("nominations could not expire")
        return _AFTER_TROUBLE_SECONDS
    if expired:
        LOG.info("nominations expired", extra={"details": {"number": expired}})
    return EVERY_SECONDS
