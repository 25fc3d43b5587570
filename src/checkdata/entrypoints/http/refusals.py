"""What the server itself answers if a request never reaches the application: a status and a sentence."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Final

from checkdata.entrypoints.fixed_headers import fixed_headers
from checkdata.entrypoints.request_ids import HEADER

_SENTENCES: Final[Mapping[int, str]] = {
    400: "The request can't be read. Check the address, and try again.",
    408: "The request took too long. Try again.",
    414: "The address is too long. Shorten it, and try again.",
    431: "The headers of the request are too large. Delete the cookies of this site, and try again.",
    501: "The request is in an encoding that this service does not read.",
    503: "The service is busy. Try again later.",
}
_HEADERS: Final = {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Connection": "close",
}


def refusal(status: int, name: str, more: Iterable[tuple[bytes, bytes]] = (), *, secure: bool = False) -> bytes:
    """The whole answer to a request of this name, with these headers beside its own; the connection ends with it."""
    body = f"{_SENTENCES[status]}\n".encode()
    own = {**_HEADERS, **fixed_headers(secure=secure), HEADER: name, "Content-Length": str(len(body))}
    headers = (*more, *((header.lower().encode(), value.encode()) for header, value in own.items()))
    lines = (b"HTTP/1.1 %d %s" % (status, HTTPStatus(status).phrase.encode()), *(b": ".join(each) for each in headers))
    return b"\r\n".join((*lines, b"", body))
