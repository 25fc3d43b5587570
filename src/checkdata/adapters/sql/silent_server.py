"""Whether the server is silent; all connections of an engine share this, so that not each of them waits in vain."""

from threading import Lock
from time import monotonic

from checkdata.adapters.sql.error_causes import SILENT
from checkdata.adapters.sql.errors import storage_error
from checkdata.adapters.sql.waits import SILENCE_RETRY_SECONDS


class ServerSilence:
    """While it lasts, one connection asks the server again every `SILENCE_RETRY_SECONDS`; the others fail at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.lasts = False
        """Whether the server has not answered lately."""
        self._asked_at = 0.0

    def begin(self) -> None:
        """Note that it did not answer in time."""
        with self._lock:
            self.lasts, self._asked_at = True, monotonic()

    def end(self) -> None:
        """Note that it answered."""
        self.lasts = False

    def check(self) -> None:
        """Return if the server answers, or if it is time to ask it again; else raise `StorageUnavailable`."""
        if not self.lasts:
            return
        with self._lock:
            if monotonic() - self._asked_at < SILENCE_RETRY_SECONDS:
                raise storage_error(SILENT)
            self._asked_at = monotonic()
