"""Heads of requests, judged by their bytes before any parser sees them: the same answer however they are cut."""

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
    """A request that only the protocol answers, with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def end_of_head(received: bytes | bytearray) -> int:
    """Where the head that begins here ends, 0 where more of it has to come.

    Raises `RefusedHead` as soon as there is no end that would fit: what a beginning is refused for, the whole is too.
    """
    if not 0x41 <= received[0] <= 0x5A:  # noqa: PLR2004 - A to Z: no method begins otherwise, and TLS does not
        raise RefusedHead(400)
    line_feed = received.find(b"\n", 0, LONGEST_LINE + 2)
    if line_feed < 0 and len(received) >= LONGEST_LINE + 2:
        raise RefusedHead(414)
    if line_feed > 0 and received[line_feed - 1] != _CR:  # who ends lines with LF alone would wait for an end in vain
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
    """How many bytes of body these headers announce, None for chunks; `RefusedHead` where two readers may differ.

    One Host, for one address; one length, of digits; chunks and nothing else, and not before HTTP/1.1 (RFC 9112: 3.2,
    6.1, 6.3). That a host is missing or another's, the application says.
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
