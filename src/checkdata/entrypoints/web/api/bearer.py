"""The API key of a request: in one place only, which nothing writes down (RFC 6750, 2.1 and 5.3)."""

import re
from typing import Final

from starlette.datastructures import Headers

from checkdata.entrypoints.web.problems import Problem, no_key

_BEARER: Final = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)
_NEEDED: Final = "Send your API key as a bearer token in the Authorization header."
NOT_A_KEY: Final = "This API key does not work. It may have expired or been revoked."


def secret_in(headers: Headers) -> str:
    """The secret that a request brings; raises `Problem` where it brings none, or several."""
    given = headers.getlist("authorization")
    if len(given) != 1:
        raise no_key(_NEEDED)
    found = _BEARER.fullmatch(given[0].strip(" \t"))
    if found is None:
        raise no_key(_NEEDED)
    return found[1]


def refused_secret() -> Problem:
    """401 for every key that does not work, whichever reason there is."""
    return no_key(NOT_A_KEY, "invalid_token")
