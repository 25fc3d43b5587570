"""Tokens that are the same in every run."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from itertools import count

from checkdata.domain import ports


class MemoryTokens:
    """Mints the same tokens in the same order each time: for tests, never for people."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def mint(self) -> str:
        """A token that was not minted before."""
        return urlsafe_b64encode(sha256(f"token {next(self._numbers)}".encode()).digest()).decode().rstrip("=")

    def six_digits(self) -> str:
        """The number of tokens so far, as six digits."""
        return f"{next(self._numbers):06d}"

    def digest(self, token: str, /) -> str:
        """The SHA-256 of the token, as hex."""
        return sha256(token.encode()).hexdigest()

    def digests(self, token: str, /) -> Sequence[str]:
        """Only that digest."""
        return [self.digest(token)]


_conforms: type[ports.Tokens] = MemoryTokens
