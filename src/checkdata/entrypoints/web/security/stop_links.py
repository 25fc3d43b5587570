"""The token by which one click in a mail stops notes of changes, without signing in (RFC 8058)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Final

from checkdata.domain.keys import Keys
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import UserId
from checkdata.entrypoints.web.security.signing import is_signed, signature

_PURPOSE: Final = "stop notes of changes"

Stopped = tuple[UserId, Role, str]
"""Whose notes are stopped, and for which organisation: its role and id."""


def stop_token(keys: Keys, user_id: UserId, role: Role, organisation_id: str) -> str:
    """A token that can do nothing but stop these notes; it holds ids and no personal data."""
    said = json.dumps([user_id, role.value, organisation_id], separators=(",", ":"))
    return f"{urlsafe_b64encode(said.encode()).decode()}.{signature(keys, _PURPOSE, said)}"


def opened_stop_token(keys: Keys, token: str) -> Stopped | None:
    """What a token stops; None for one that was not made here."""
    packed, _, signed = token.partition(".")
    try:
        said = urlsafe_b64decode(packed.encode()).decode()
    except (Error, ValueError):
        return None
    if not is_signed(keys, _PURPOSE, said, signed):
        return None
    user_id, role, organisation_id = json.loads(said)
    return UserId(user_id), Role(role), organisation_id
