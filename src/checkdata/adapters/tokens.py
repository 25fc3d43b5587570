"""Tokens from the operating system's randomness, stored as keyed hashes."""

import hmac
import secrets
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from checkdata.domain import ports
from checkdata.domain.keys import Key, Keys

TOKEN_BYTES: Final = 32
"""256 bits of randomness in every token (ASVS 11.5.1, security.md 1)."""


class SecretTokens:
    """Mints tokens that cannot be guessed, and digests that cannot be made without one of *keys*.

    A dump of the database holds only digests: a token cannot be found from one, nor can an attacker's token be smuggled
    in by writing its digest (security.md 2 and 17). What was stored under a key is worthless once the key is removed;
    this is how all links and sessions are ended at once.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def mint(self) -> str:
        """A new token of 43 characters that are safe in an address."""
        return secrets.token_urlsafe(TOKEN_BYTES)

    def six_digits(self) -> str:
        """Six digits that nobody can foresee."""
        return f"{secrets.randbelow(10**6):06d}"

    def digest(self, token: str, /) -> str:
        """The HMAC-SHA256 of the token as 64 hexadecimal digits; any text has one."""
        return _digest(self._keys.first, token)

    def digests(self, token: str, /) -> Sequence[str]:
        """The same under each key, the first first."""
        return [_digest(key, token) for key in self._keys]


def _digest(key: Key, token: str) -> str:
    return hmac.new(key.secret, token.encode(errors="surrogatepass"), sha256).hexdigest()


_conforms: type[ports.Tokens] = SecretTokens
