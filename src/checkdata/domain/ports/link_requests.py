"""The port that counts requests for sign-in links."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from checkdata.domain.sign_in.link_limits import Allowed, Asking, LinkLimits


class LinkRequests(Protocol):
    """How often sign-in links were asked for lately, in whichever process (security.md 13)."""

    def count(self, asking: Asking, limits: LinkLimits, at: datetime, /) -> Allowed:
        """Count a request and tell what it may have; of any number at once no more pass than the limits allow.

        One whose client, or everybody, asked often enough before is not counted, so that it takes nothing from others.
        """

    def running(self, keys: Sequence[str], at: datetime, /) -> str | None:
        """Which of these keyed hashes is being counted, its window not over; of several the one asked for most."""
