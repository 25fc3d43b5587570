"""Reads the fields of an address or a form strictly: what cannot be understood is refused, never guessed."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final
from urllib.parse import parse_qsl, unquote_to_bytes

from starlette.types import Scope

from checkdata.domain.listing.filters import BETWEEN_VALUES, FILTER_NAMED

Fields = Mapping[str, str]
"""Names and values, each name once; several values of a filter are one word (`BETWEEN_VALUES`)."""

LARGEST_BODY: Final = 64 * 1024
"""How many bytes a form may have that brings no list (rules.md: more are 413)."""

MOST_FIELDS: Final = 100
"""How many fields a form or an address may have."""


class MalformedRequest(Exception):
    """A repeated key that is no filter's, a NUL, bad UTF-8, or no form where one is needed (rules.md: 400)."""


def read_fields(encoded: bytes, most: int = MOST_FIELDS, several: AbstractSet[str] = frozenset()) -> Fields:
    """The fields of a query string or of a form's body; only those named in *several* may be repeated."""
    try:
        pairs = parse_qsl(encoded.decode(), keep_blank_values=True, errors="strict", max_num_fields=most)
    except ValueError:
        raise MalformedRequest from None
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise MalformedRequest
    fields = dict[str, str]()
    for name, value in pairs:
        if name in fields and name not in several:
            raise MalformedRequest
        fields[name] = BETWEEN_VALUES.join(filter(None, (fields.get(name), value)))
    return fields


def check_address(scope: Scope) -> None:
    """Refuse an address that is not text, so that pages can rely on its fields."""
    path = unquote_to_bytes(scope.get("raw_path") or scope["path"])
    try:
        text = path.decode()
    except UnicodeDecodeError:
        raise MalformedRequest from None
    if "\0" in text:
        raise MalformedRequest
    read_fields(scope["query_string"], several=FILTER_NAMED.keys())
