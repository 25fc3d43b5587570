"""Signatures on what goes out to a browser and comes back."""

import hmac
from hashlib import sha256

from checkdata.domain.keys import Key, Keys


def signature(keys: Keys, purpose: str, text: str) -> str:
    """The signature of *text* for one purpose, as hex: it proves nothing for another one."""
    return _signature(keys.first, purpose, text)


def is_signed(keys: Keys, purpose: str, text: str, given: str) -> bool:
    """Whether *given* is that signature, with one of the keys; takes the same time for any *given*."""
    fits = [hmac.compare_digest(_signature(key, purpose, text).encode(), given.encode()) for key in keys]
    return any(fits)


def _signature(key: Key, purpose: str, text: str) -> str:
    return hmac.new(key.secret, f"{purpose}\0{text}".encode(), sha256).hexdigest()
