"""The port that counts requests for sign-in links, and tries of codes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from checkdata.domain.sign_in.link_limits import LinkAnswer, LinkLimits, LinkRequester


class LinkRequests(Protocol):
    """Counts recent requests for sign-in links, and tries of codes, in all processes (security.md 13)."""

    def count(self, asking: LinkRequester, limits: LinkLimits, at: datetime, /) -> LinkAnswer:
        """Count a request and return what it may have; of several at once no more pass than the limits allow.

        A request over the limit of its client, or of all users, is not counted, so that it takes nothing from others.
        """

    def running(self, keys: Sequence[str], at: datetime, /) -> str | None:
        """Which of these keyed hashes has a window that is not over; of several the one with most requests."""

    def count_try(self, key: str, window: timedelta, at: datetime, /) -> int:
        """Count one try under a keyed hash; the number so far in its window. Several at once get different numbers."""

    def take_back(self, key: str, /) -> None:
        """Count one try less, because the code was right."""
