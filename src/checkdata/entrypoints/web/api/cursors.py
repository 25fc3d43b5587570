"""Cursors and markers: where a program reads on, signed for its key and for what it asked.

They hold ids of imports and numbers, and nothing of a person. One text always gives the same, so that the same answer
has the same ETag.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any, Final

from checkdata.domain.errors import InvalidQuery
from checkdata.domain.form_digest import FormDigest, form_digest
from checkdata.domain.keys import Keys
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.services.listing.read_listing import Marker, Place, scope_digest
from checkdata.domain.values import ImportId
from checkdata.entrypoints.web.security.signing import is_signed, signature

_MARK: Final = "~"
OTHER_CURSOR: Final = "This cursor is not one that we gave you for these words. Begin again without it"
SCOPE_CHANGED: Final = "What you can see has changed since the first page. Begin again without a cursor"


def bound_to(key_id: str, query: ParticipantQuery, *more: object) -> str:
    """What a cursor is signed for: the key and all that was asked, whichever scope it has by now."""
    return f"cursor\0{key_id}\0{form_digest(query.search.text, sorted(query.filters.items()), *more)}"


def cursor_of(keys: Keys, bound: str, query: ParticipantQuery, place: Place) -> str:
    """The cursor of a place."""
    return _signed(keys, bound, [place.import_id, place.after, place.rows, scope_digest(query.scope)])


def place_of(keys: Keys, bound: str, query: ParticipantQuery, cursor: str) -> Place:
    """The place of a cursor; `InvalidQuery` for any other text, and where the scope is another one by now."""
    told = _opened(keys, bound, cursor)
    if told is None:
        raise InvalidQuery("cursor", OTHER_CURSOR)
    import_id, after, rows, scope = told
    if scope != scope_digest(query.scope):
        raise InvalidQuery("cursor", SCOPE_CHANGED)
    return Place(import_id=ImportId(import_id), after=None if after is None else ImportId(after), rows=rows)


def marker_of(keys: Keys, key_id: str, query: ParticipantQuery, import_id: ImportId) -> str:
    """The marker with which a program asks later for those who changed."""
    return _MARK + _signed(keys, f"marker\0{key_id}", [import_id, scope_digest(query.scope)])


def marker_in(keys: Keys, key_id: str, word: str) -> Marker | None:
    """The marker that a word is, None for a word that is none of ours."""
    told = _opened(keys, f"marker\0{key_id}", word.removeprefix(_MARK)) if word.startswith(_MARK) else None
    return None if told is None else Marker(import_id=ImportId(told[0]), scope=FormDigest(told[1]))


def _signed(keys: Keys, purpose: str, told: Sequence[str | int | None]) -> str:
    packed = urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).decode().rstrip("=")
    return f"{packed}.{signature(keys, purpose, packed)}"


def _opened(keys: Keys, purpose: str, text: str) -> list[Any] | None:
    packed, _, given = text.partition(".")
    if not packed or not is_signed(keys, purpose, packed, given):
        return None
    opened: list[Any] = json.loads(urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    return opened
