"""Checks request heads before any parser sees them, so that the answer is the same however they are cut."""

import re
from collections.abc import Sequence
from typing import Final

from checkdata.entrypoints.http.limits import LARGEST_HEAD, LONGEST_LINE, MOST_HEADERS

Headers = Sequence[tuple[bytes, bytes]]
"""Names in small letters, and values, in the order in which they came."""

_CR: Final = ord("\r")
_LINE_END: Final = b"\r\n"
_HEAD_END: Final = b"\r\n\r\n"
_LINE: Final = re.compile(rb"[A-Z-]+ [!-~]+ HTTP/1\.[01]\r\n")
_ONCE: Final = frozenset((b"host", b"content-length", b"transfer-encoding"))
_LENGTH: Final = re.compile(rb"[0-9]{1,15}")


class RefusedHead(Exception):
    """A request that the protocol itself refuses, with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def end_of_head(received: bytes | bytearray) -> int:
    """Where the head that begins here ends; 0 if more of it has to come.

    Raises `RefusedHead` as soon as no end could make it valid: if a beginning is refused, the whole is too.
    """
    if not 0x41 <= received[0] <= 0x5A:  # noqa: PLR2004 - A to Z: every method begins so, and TLS does not
        raise RefusedHead(400)
    line_feed = received.find(b"\n", 0, LONGEST_LINE + 2)
    if line_feed < 0 and len(received) >= LONGEST_LINE + 2:
        raise RefusedHead(414)
    if line_feed > 0 and received[line_feed - 1] != _CR:  # such a client would wait in vain for the end
        raise RefusedHead(400)
    end = received.find(_HEAD_END, 0, LARGEST_HEAD)
    if end < 0 and len(received) >= LARGEST_HEAD:
        raise RefusedHead(431)
    return end + len(_HEAD_END) if end >= 0 else 0


def check_head(head: bytes) -> None:
    """Raise `RefusedHead` unless a whole head begins with a request of HTTP/1 and has no more headers than it may."""
    if not _LINE.match(head):
        raise RefusedHead(400)
    if head.count(_LINE_END) > MOST_HEADERS + 2:
        raise RefusedHead(431)


def length_of_body(headers: Headers, target: bytes, version: str) -> int | None:
    """How many bytes of body these headers announce, None for chunks; `RefusedHead` if two readers may differ.

    There may be one Host, because there is one address; one length, of digits; or only chunks, and not before HTTP/1.1
    (RFC 9112: 3.2, 6.1, 6.3). The application refuses a request whose host is missing or another one.
    """
    named = dict[bytes, bytes]()
    for name, value in headers:
        if name in _ONCE:
            if name in named:
                raise RefusedHead(400)
            named[name] = value
    _check_target(target, named.get(b"host", b""))
    if b"transfer-encoding" in named:
        if named[b"transfer-encoding"].lower() != b"chunked":
            raise RefusedHead(501)
        if version != "1.1":
            raise RefusedHead(400)
        return None
    length = named.get(b"content-length", b"0")
    if not _LENGTH.fullmatch(length):
        raise RefusedHead(400)
    return int(length)


def _check_target(target: bytes, host: bytes) -> None:
    """An address begins with a slash, or with the host that is named beside it."""
    if not target.startswith(b"/") and not target.lower().startswith(b"http://" + host.lower() + b"/"):
        raise RefusedHead(400)
