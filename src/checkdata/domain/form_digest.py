"""A digest of what a form showed, which the form sends back, so that a change can check that it still holds.

A change compares under the lock of what it changes (`checkdata.domain.ports.UnitOfWork`). So, of two users at once,
one is always told that the other was faster.
"""

from hashlib import sha256
from typing import NewType

from checkdata.domain.errors import Overtaken

Seen = NewType("Seen", str)
"""A digest of what a form showed; "" if the form sent none, which never matches."""


def seen_of(*shown: object) -> Seen:
    """The digest of these values; it changes when any of them does."""
    return Seen(sha256(repr(shown).encode()).hexdigest()[:32])


def check_seen(seen: Seen | None, now: Seen, what: str) -> None:
    """Raise `Overtaken` if *what* ("This access") has changed since it was shown; None: it was not shown."""
    if seen is not None and seen != now:
        raise Overtaken(f"{what} has changed since you looked at it. Check it again before you continue.")
