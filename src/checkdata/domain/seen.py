"""What a form showed, in a word that it brings back: whether that still holds is asked where it is changed.

A change compares under the lock of what it changes (`checkdata.domain.ports.UnitOfWork`), so that of two people at once
one is told that somebody else was faster, whatever the interleaving.
"""

from hashlib import sha256
from typing import NewType

from checkdata.domain.errors import Overtaken

Seen = NewType("Seen", str)
"""A word for what a form showed; "" where it did not say, which is never what there is."""


def seen_of(*shown: object) -> Seen:
    """One word for these values: another one as soon as one of them differs."""
    return Seen(sha256(repr(shown).encode()).hexdigest()[:32])


def check_seen(seen: Seen | None, now: Seen, what: str) -> None:
    """Raise `Overtaken` where *what* is no longer as it was shown; None says that nothing was, as to an operator."""
    if seen is not None and seen != now:
        raise Overtaken(f"Somebody else {what} meanwhile. Look at it again before you go on.")
