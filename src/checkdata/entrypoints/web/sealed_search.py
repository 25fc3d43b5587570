"""A long list of TRNs in an address: sealed for its user, so that no address or log tells whom they look for.

So the list is kept nowhere else, and a search for it can be bookmarked, sorted, paged and downloaded like any other.
"""

import json
import zlib
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

from attrs import evolve

from checkdata.domain.errors import InvalidQuery
from checkdata.domain.keys import Keys
from checkdata.domain.listing.searches import LONGEST_SEARCH, Search
from checkdata.domain.sign_in.sessions import Session
from checkdata.entrypoints.web.security.sealing import SealBroken, seal, unseal

_WIDTHS: Final = (5, 6, 7)
"""How many digits the numbers of a list have, as they were typed."""


def search_for_address(keys: Keys, session: Session, search: Search) -> Search:
    """The search as an address can name it: by its text, or sealed if that is long."""
    if search.sealed or len(search.text) <= LONGEST_SEARCH:
        return search
    return evolve(search, sealed=seal(keys, _holder(session), _packed(search.text)))


def opened_search(keys: Keys, session: Session, sealed: str) -> str:
    """The text that was sealed for this user; `InvalidQuery` for anything else."""
    try:
        return _unpacked(unseal(keys, _holder(session), sealed))
    except SealBroken:
        raise InvalidQuery("query", "This link to a list of TRNs does not work for you. Paste the list again") from None


def _holder(session: Session) -> str:
    return f"search\0{session.user_id}"


def _packed(text: str) -> bytes:
    """Numbers in order, each by its distance from the one before: a quarter of the text."""
    words = text.split(" ")
    numbers = {width: sorted(int(word) for word in words if _is_number(word, width)) for width in _WIDTHS}
    others = (word for word in words if not any(_is_number(word, width) for width in _WIDTHS))
    parts = [" ".join(others), *(_distances(numbers[width]) for width in _WIDTHS)]
    return zlib.compress(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode(), zlib.Z_BEST_COMPRESSION)


def _unpacked(packed: bytes) -> str:
    others, *distances = json.loads(zlib.decompress(packed))  # no more than was packed here
    numbers = zip(_WIDTHS, map(accumulate, distances), strict=True)
    words = (f"{number:0{width}}" for width, listed in numbers for number in listed)
    return " ".join(filter(None, (others, *words)))


def _is_number(word: str, width: int) -> bool:
    return len(word) == width and word.isascii() and word.isdigit()


def _distances(numbers: Sequence[int]) -> Iterable[int]:
    return [number - before for before, number in zip([0, *numbers], numbers, strict=False)]
