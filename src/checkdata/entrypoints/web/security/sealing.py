"""Encrypts and signs what goes to a browser and comes back, so that it is not kept here and no one else can read it."""

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from checkdata.domain.keys import Keys

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


class SealBroken(Exception):
    """What came back is not what was sealed for this holder, or not whole."""


def seal(keys: Keys, holder: str, content: bytes) -> str:
    """*content* encrypted for this holder, in letters that a form field takes; a third longer."""
    return _fernet(keys, holder).encrypt(content).decode()


def unseal(keys: Keys, holder: str, sealed: str) -> bytes:
    """What was sealed for this holder with one of these keys; raises `SealBroken` for anything else."""
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as below

    try:
        return _fernet(keys, holder).decrypt(sealed.encode())
    except InvalidToken:
        raise SealBroken from None


def _fernet(keys: Keys, holder: str) -> "MultiFernet":
    from cryptography.fernet import (  # noqa: PLC0415 - 7 MiB that a worker holds once a user compares a list
        Fernet,
        MultiFernet,
    )

    purpose = f"seal\0{holder}"
    return MultiFernet([Fernet(urlsafe_b64encode(key.secret)) for key in keys.made_for(purpose)])
