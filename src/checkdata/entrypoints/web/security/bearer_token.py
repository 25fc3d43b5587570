"""A token that another service shows with its request, because an operator gave it to both (RFC 6750)."""

import hmac

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


def shows_token(request: Request, token: str) -> bool:
    """Whether the request shows it; the comparison takes as long whatever it shows."""
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(shown.strip().encode(), token.encode())


def wrong_token() -> Response:
    """401, for a request that does not show it."""
    return JSONResponse({"error": "Wrong bearer token."}, 401, {"WWW-Authenticate": "Bearer"})
