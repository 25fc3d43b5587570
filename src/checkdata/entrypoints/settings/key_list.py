"""The keys that a variable lists: several, so that a key can be replaced without a break."""

import re
from collections.abc import Sequence
from typing import Final

from checkdata.domain.errors import InvalidValue
from checkdata.domain.keys import SHORTEST_KEY, Keys
from checkdata.entrypoints.settings.key_strength import easy_to_guess

_HOW_TO_MAKE_SOME: Final = "To make some: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
HOW_TO_MAKE_A_KEY: Final = (
    f"Set it to {SHORTEST_KEY} random characters or more, the same for every process of the service. "
    f"{_HOW_TO_MAKE_SOME}"
)

HOW_TO_LIST: Final = 'A key that has spaces or commas itself stands in double quotes: NEW "the old one, with spaces"'

_LISTED: Final = re.compile(r'"([^"]+)"|([^\s,]+)')
"""A key of a list: in double quotes where it has spaces or commas."""


def keys_in(value: str, *, older_may_be_weak: bool = False) -> Keys:
    """The keys in *value*, with spaces or commas between them; the first signs.

    If no piece is as long as a key has to be, the whole value is one key: a sentence with its spaces. The first has to
    be hard to guess, and so have the others unless *older_may_be_weak*. Raises `InvalidValue` if one is easy to guess,
    too short or repeated; its text follows the name of the variable.
    """
    if len(value) < SHORTEST_KEY:
        raise InvalidValue(f"is too short. {HOW_TO_MAKE_A_KEY}")
    keys = _listed(value)
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise InvalidValue(f"lists several keys, with spaces or commas between them. One is too short. {HOW_TO_LIST}")
    if len(set(keys)) < len(keys):
        raise InvalidValue("lists a key twice. Take one of them out")
    if any(easy_to_guess(key) for key in keys[: 1 if older_may_be_weak else None]):
        raise InvalidValue(f"is easy to guess. {HOW_TO_MAKE_A_KEY}")
    return Keys.of(*keys)


def audit_keys_in(value: str) -> Keys:
    """The keys in *value* as `keys_in` reads them; a weak one only verifies what it sealed earlier."""
    return keys_in(value, older_may_be_weak=True)


def bearer_token(value: str) -> str:
    """A token that another service shows: long, hard to guess, and of characters that a header may have (RFC 6750)."""
    if not re.fullmatch(rf"[A-Za-z0-9._~+/-]{{{SHORTEST_KEY},}}=*", value):
        raise InvalidValue(f"must be {SHORTEST_KEY} letters, digits and - . _ ~ + / or more. {_HOW_TO_MAKE_SOME}")
    if easy_to_guess(value):
        raise InvalidValue(f"is easy to guess. {_HOW_TO_MAKE_SOME}")
    return value


def api_key(value: str) -> str:
    """A key that another service gave us: of characters that a header may have (RFC 6750)."""
    if not re.fullmatch(r"[A-Za-z0-9._~+/-]{8,}=*", value):
        raise InvalidValue("is not an API key: copy all of it, without spaces")
    return value


def _listed(value: str) -> Sequence[str]:
    is_a_list = any(len(piece) >= SHORTEST_KEY for piece in re.split(r"[\s,]+", value))
    return [quoted or plain for quoted, plain in _LISTED.findall(value)] if is_a_list else [value]
