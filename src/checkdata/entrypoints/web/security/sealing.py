"""What goes out to a browser and comes back, and is meant for nobody else: encrypted and signed, kept nowhere here."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


class SealBroken(Exception):
    """What came back is not what was sealed for this holder, or not whole."""


def seal(key: str, holder: str, content: bytes) -> str:
    """*content* for this holder alone, in letters that a form field takes; a third longer."""
    return _fernet(key, holder).encrypt(content).decode()


def unseal(key: str, holder: str, sealed: str) -> bytes:
    """What was sealed for this holder with this key; raises `SealBroken` for anything else."""
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as below

    try:
        return _fernet(key, holder).decrypt(sealed.encode())
    except InvalidToken:
        raise SealBroken from None


def _fernet(key: str, holder: str) -> "Fernet":
    from cryptography.fernet import Fernet  # noqa: PLC0415 - 7 MiB that a worker holds once somebody compares a list

    return Fernet(urlsafe_b64encode(hmac.digest(key.encode(), f"seal\0{holder}".encode(), sha256)))
