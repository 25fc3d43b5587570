"""A digest of what a form showed, which the form sends back, so that a change can check that it still holds.

A change compares under the lock of what it changes (`checkdata.domain.ports.UnitOfWork`). So, of two users at once,
one is always told that the other was faster.
"""

from typing import NewType

from checkdata.domain.errors import Overtaken

FormDigest = NewType("FormDigest", str)
"""A digest of what a form showed; "" if the form sent none, which never matches."""


def form_digest(*shown: object) -> FormDigest:
    """The digest of these values; it changes when any of them does."""
    from hashlib import sha256  # noqa: PLC0415 - it loads OpenSSL, which takes as long as all the rules of access

    return FormDigest(sha256(repr(shown).encode()).hexdigest()[:32])


def check_unchanged(seen: FormDigest | None, now: FormDigest, what: str) -> None:
    """Raise `Overtaken` if *what* ("This access") has changed since it was shown; None: it was not shown."""
    if seen is not None and seen != now:
        raise Overtaken(f"{what} has changed since you looked at it. Check it again before you continue.")
