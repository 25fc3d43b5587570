"""Tokens from the operating system's randomness, stored as keyed hashes."""

import hmac
import secrets
from hashlib import sha256
from typing import Final

from checkdata.domain import ports

TOKEN_BYTES: Final = 32
"""256 bits of randomness in every token (ASVS 11.5.1, security.md 1)."""


class SecretTokens:
    """Mints tokens that nobody can guess, and digests that nobody can make without *secret_key*.

    Whoever holds a dump of the database holds digests alone: neither can a token be found from one, nor can a token of
    their own be smuggled in by writing its digest (security.md 2 and 17). Another key makes all links and sessions
    worthless, which is how they are all ended at once.
    """

    def __init__(self, secret_key: str) -> None:
        self._key = secret_key.encode()

    def mint(self) -> str:
        """A new token of 43 characters that are safe in an address."""
        return secrets.token_urlsafe(TOKEN_BYTES)

    def digest(self, token: str, /) -> str:
        """The HMAC-SHA256 of the token as 64 hexadecimal digits; any text has one, whoever sent it."""
        return hmac.new(self._key, token.encode(errors="surrogatepass"), sha256).hexdigest()


_conforms: type[ports.Tokens] = SecretTokens
