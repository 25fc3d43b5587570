"""Tokens that are bound to their holder, so that no row of a database gives one to another user.

A database holds the digest of a token, and whose it is. An attacker who can add rows could add one with the digest of
a token that they were given, and another user's id beside it. So a token ends with a mark of what it was made for.
Anyone can make the mark. The digest is of both together, and it cannot be made without the secret key.
"""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Final, TypeVar

from attrs import evolve

from checkdata.domain.nominations.confirmation_links import ConfirmationLink, ConfirmationVisit
from checkdata.domain.ports import Tokens
from checkdata.domain.sign_in.api_keys import ApiKey
from checkdata.domain.sign_in.sessions import Session, SignInLink

Found = TypeVar("Found")
Held = TypeVar("Held", Session, SignInLink, ConfirmationLink, ConfirmationVisit, ApiKey)
"""What is found by a token, and tells what the token was made for."""

_MARK_DIGITS: Final = 32
"""128 bits, so that no other holder has the same mark."""


def with_token(tokens: Tokens, held: Held, prefix: str = "") -> tuple[str, Held]:
    """A new token that begins with *prefix*, and *held* as what is found by it."""
    token = prefix + tokens.mint() + mark_of(held)
    return token, evolve(held, digest=tokens.digest(token))


def found_by(tokens: Tokens, token: str, find: Callable[[str], Held | None]) -> Held | None:
    """What *find* gives for a token under any of the keys; None where it was made for another holder."""
    found = first_found(find, tokens.digests(token))
    return found if found is not None and is_for(token, found) else None


def is_for(token: str, held: Held) -> bool:
    """Whether a token was made for this holder."""
    return token.endswith(mark_of(held))


def first_found(find: Callable[[str], Found | None], digests: Iterable[str]) -> Found | None:
    """The first result of *find* over *digests* that is not None; None if there is none."""
    return next((found for digest in digests if (found := find(digest)) is not None), None)


def mark_of(held: Session | SignInLink | ConfirmationLink | ConfirmationVisit | ApiKey) -> str:
    """The mark of what a token was made for."""
    return sha256("\0".join(held.holder).encode()).hexdigest()[:_MARK_DIGITS]
