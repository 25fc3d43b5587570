"""Reads a body within limits: one that is too large is refused with 413 before the rest is read (security.md 33)."""

import re
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request

from checkdata.entrypoints.web.security.query_and_form_fields import MalformedRequest

_LENGTH: Final = re.compile(r"[0-9]{1,15}")


async def body_of(request: Request, most: int) -> bytes:
    """What was posted; b"" for other methods, 413 for more than *most* bytes."""
    if request.method != "POST":
        return b""
    if _announced(request) > most:
        raise HTTPException(413)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise HTTPException(413)
    return bytes(body)


def _announced(request: Request) -> int:
    length = request.headers.get("content-length", "0")
    if not _LENGTH.fullmatch(length):  # our server refuses it sooner
        raise MalformedRequest
    return int(length)
