"""The port that makes the secrets of links and cookies."""

from collections.abc import Sequence
from typing import Protocol


class Tokens(Protocol):
    """Secrets that go out in links and cookies (security.md 1 and 2)."""

    def mint(self) -> str:
        """A new token of 256 bits, safe in an address."""

    def six_digits(self) -> str:
        """A code that a person can type: each of the million with the same chance."""

    def digest(self, token: str, /) -> str:
        """What is stored in place of a token; the token can't be found from it."""

    def digests(self, token: str, /) -> Sequence[str]:
        """All that may be stored in its place: `digest` first, then those under earlier keys."""
