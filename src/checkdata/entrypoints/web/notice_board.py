"""The notices that pages show, looked up now and then, so that no page waits long for them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Thread
from typing import Final

from attrs import define

from checkdata.domain.errors import StorageError
from checkdata.domain.notices import Notice, NoticeKind
from checkdata.domain.services.operations.service_notices import ServiceNotices

KEPT: Final = timedelta(seconds=5)
"""For how long what was found is shown without another look."""
LONGEST_SECONDS: Final = 0.5
"""How long a page waits for a look; if the database does not answer, it shows what was found last."""


class UnderMaintenance(Exception):
    """The service is closed for maintenance; ``notice`` says until when (rules.md: 503)."""

    def __init__(self, notice: Notice) -> None:
        super().__init__()
        self.notice = notice


@define
class NoticeBoard:
    """The notices of one process."""

    notices: ServiceNotices
    _found: Sequence[Notice] = ()
    _looked_at: datetime | None = None
    _look: Thread | None = None

    def look(self) -> None:
        """Look again where the last look is too long ago."""
        now = self.notices.clock()
        if self._looked_at is not None and now - self._looked_at < KEPT:
            return
        if self._look is None or not self._look.is_alive():
            self._looked_at = now
            self._look = Thread(target=self._read, daemon=True)
            self._look.start()
            self._look.join(LONGEST_SECONDS)

    def look_at_once(self) -> None:
        """Look again now, because a notice was changed here."""
        self._looked_at = None
        self.look()

    def shown(self) -> Sequence[Notice]:
        """The notices that users see now, as they were found last."""
        now = self.notices.clock()
        return [notice for notice in self._found if notice.shows(now)]

    @property
    def maintenance(self) -> Notice | None:
        """The notice for which the service is closed now; None while it is open."""
        return next((notice for notice in self.shown() if notice.kind is NoticeKind.MAINTENANCE), None)

    def _read(self) -> None:
        try:
            self._found = self.notices.standing()
        except StorageError:
            return
