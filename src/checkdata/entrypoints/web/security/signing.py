"""Signatures on what goes out to a browser and comes back."""

import hmac
from hashlib import sha256


def signature(key: str, purpose: str, text: str) -> str:
    """The signature of *text* for one purpose, as hex: it proves nothing for another one."""
    return hmac.new(key.encode(), f"{purpose}\0{text}".encode(), sha256).hexdigest()


def is_signed(key: str, purpose: str, text: str, given: str) -> bool:
    """Whether *given* is that signature; takes the same time whatever it is."""
    return hmac.compare_digest(signature(key, purpose, text).encode(), given.encode())
