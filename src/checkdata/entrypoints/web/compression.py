"""What is sent compressed: files that are the same for all users, and lists in which nothing is shown that came typed.

How long a compressed answer is tells whether a text in it repeats another. A page that shows what its address says,
beside a form's token and people's data, would tell them to an attacker who makes a browser ask and sees lengths
(BREACH).
"""

import gzip
import re
import zlib
from collections.abc import Set as AbstractSet
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from checkdata.entrypoints.web.presentation.addresses import ACTING

_NOT_TYPED: Final = frozenset({ACTING, "page", "per_page", "sort", "direction"})
"""The words of the address of a list without a search and filters, whose values are refused unless we made them."""

_REFUSED: Final = re.compile(r"\s*q=0(\.0*)?\s*")
_QUICK: Final = 1
"""A list is compressed for each request: the highest level takes four times as long and saves a seventh."""


def takes_gzip(headers: Headers) -> bool:
    """Whether a client says that it takes gzip (RFC 9110, 12.5.3)."""
    offered = (part.partition(";") for part in headers.get("accept-encoding", "").lower().split(","))
    return any(name.strip() == "gzip" and not _REFUSED.fullmatch(weight) for name, _, weight in offered)


def compressed(content: bytes) -> bytes:
    """A file as gzip has it at its best; the same bytes each time."""
    return gzip.compress(content, mtime=0)


def send_packed(request: Request, words: AbstractSet[str], response: Response) -> None:
    """Compress a list page in answer to an address of these *words*, if nothing in it was typed (security.md 47)."""
    if not words <= _NOT_TYPED:
        return
    response.headers["Vary"] = "Accept-Encoding"
    if takes_gzip(request.headers):
        response.body = zlib.compress(response.body, _QUICK, wbits=zlib.MAX_WBITS + 16)
        response.headers.update({"Content-Encoding": "gzip", "Content-Length": str(len(response.body))})
