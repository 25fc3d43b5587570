"""Reads the words of an address or a form strictly: what cannot be understood is refused, never guessed."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, unquote_to_bytes

from starlette.types import Scope

Words = Mapping[str, str]
"""Names and values, each name once."""

LARGEST_BODY: Final = 64 * 1024
"""How many bytes a form may have that brings no list (rules.md: more are 413)."""

MOST_WORDS: Final = 50
"""How many fields a form or an address may have."""


class MalformedRequest(Exception):
    """A repeated key, a NUL, bad UTF-8, or no form where one is needed (rules.md: 400; ASVS 15.3.7)."""


def read_words(encoded: bytes, most: int = MOST_WORDS) -> Words:
    """The words of a query string or of a form's body."""
    try:
        pairs = parse_qsl(encoded.decode(), keep_blank_values=True, errors="strict", max_num_fields=most)
    except ValueError:
        raise MalformedRequest from None
    words = dict(pairs)
    if len(words) != len(pairs) or any("\0" in name or "\0" in value for name, value in pairs):
        raise MalformedRequest
    return words


def check_address(scope: Scope) -> None:
    """Refuse an address that is not text, so that pages can rely on its words."""
    path = unquote_to_bytes(scope.get("raw_path") or scope["path"])
    try:
        text = path.decode()
    except UnicodeDecodeError:
        raise MalformedRequest from None
    if "\0" in text:
        raise MalformedRequest
    read_words(scope["query_string"])
