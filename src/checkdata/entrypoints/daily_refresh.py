"""Refreshes the statuses each day while the service runs, in a process of its own, so that pages do not wait for it."""

import logging
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Final

from checkdata.domain.errors import StorageError
from checkdata.domain.services.operations.statuses_of_today import StatusesOfToday
from checkdata.entrypoints.json_log import told_of
from checkdata.entrypoints.repeated_work import RepeatedWork

LOG: Final = logging.getLogger("checkdata.refresh")

LOOKING_EVERY_SECONDS: Final = 300.0
"""How long it rests: so long after midnight in London, at most, statuses are of the new day."""

LONGEST_SECONDS: Final = 6 * 3600.0
"""How long a refresh may take before the log says so."""

_COMMAND: Final = (sys.executable, "-m", "checkdata.entrypoints.cli", "refresh")


def repeated_refresh(
    statuses: StatusesOfToday, environment: Mapping[str, str], *, allowed: bool
) -> "Sequence[RepeatedRefresh]":
    """The work of a process that is *allowed* to refresh; nothing, and a line in the log, for one that is not."""
    if allowed:
        return [RepeatedRefresh(statuses.due, environment)]
    LOG.warning("statuses are not refreshed here, because the owner of the tables is not named")
    return []


class RepeatedRefresh(RepeatedWork):
    """Runs ``checkdata refresh`` where it is *due*; one that runs when this ends is ended too, and shows nothing."""

    def __init__(self, due: Callable[[], bool], environment: Mapping[str, str]) -> None:
        super().__init__("refreshing", self._look, longest=LONGEST_SECONDS)
        self._due = due
        self._environment = dict(environment)
        self._lock = Lock()
        self._running: subprocess.Popen[str] | None = None
        self._ended_by_us = False

    def ask_to_end(self) -> None:
        """Begin no other refresh, and end the one that runs."""
        super().ask_to_end()
        with self._lock:
            self._ended_by_us = True
            if self._running is not None:
                self._running.terminate()

    def _look(self) -> float:
        """Refresh if it is due, and return how long to rest; a failed round does not stop the next."""
        try:
            if self._due():
                self._refresh()
        except StorageError as error:
            LOG.warning("the refresh waits for the database", extra={"details": told_of(error)})
        except Exception:
            LOG.exception("statuses could not be refreshed")
        return LOOKING_EVERY_SECONDS

    def _refresh(self) -> None:
        with self._lock:
            if self._ended_by_us:
                return
            self._running = subprocess.Popen(  # noqa: S603 - this program itself
                _COMMAND, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        said, why = self._running.communicate()
        with self._lock:
            code, self._running = self._running.returncode, None
            ended = self._ended_by_us
        if code == 0:
            LOG.info("statuses refreshed", extra={"details": {"said": said.strip()}})
        elif not ended:
            LOG.warning("statuses could not be refreshed", extra={"details": {"code": code, "why": why.strip()}})
