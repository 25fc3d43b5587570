"""What the server answers by itself, where a request never reaches the application: a status and a sentence."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Final

_SENTENCES: Final[Mapping[int, str]] = {
    400: "The request can't be read. Check the address, and try again.",
    408: "The request took too long. Try again.",
    414: "The address is too long. Shorten it, and try again.",
    431: "The headers of the request are too large. Delete the cookies of this site, and try again.",
    501: "The request is in an encoding that this service does not read.",
    503: "The service is busy. Try again later.",
}
_HEADERS: Final = (
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"connection", b"close"),
)


def refusal(status: int, more: Iterable[tuple[bytes, bytes]] = ()) -> bytes:
    """The whole answer, with these headers beside its own; the connection ends with it."""
    body = f"{_SENTENCES[status]}\n".encode()
    headers = (*more, *_HEADERS, (b"content-length", b"%d" % len(body)))
    lines = (b"HTTP/1.1 %d %s" % (status, HTTPStatus(status).phrase.encode()), *(b": ".join(each) for each in headers))
    return b"\r\n".join((*lines, b"", body))
