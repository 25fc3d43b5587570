"""A name for each request, by which its lines in the log, its answer and its error page are found again."""

import re
from contextvars import ContextVar
from secrets import token_hex
from typing import Final

HEADER: Final = "X-Request-Id"

_SAFE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}")
"""The ids that a proxy may give: long enough to be unique, and without characters that mean something to a log or a
page."""

_of_this_request: Final = ContextVar("_of_this_request", default="")


def request_id() -> str:
    """The id of the request that is being answered; "" where none is."""
    return _of_this_request.get()


def begin_request(given: str) -> str:
    """Set the id of the request that is being answered: the *given* one if that is safe, else a new one."""
    made = given if _SAFE.fullmatch(given) else token_hex(8)
    _of_this_request.set(made)
    return made
