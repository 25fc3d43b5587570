"""What every answer tells a browser, whichever part of the service gives it (security.md 31 and 32, ASVS 3.4)."""

from collections.abc import Mapping
from typing import Final

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_OVER_HTTPS: Final = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def fixed_headers(*, secure: bool) -> Mapping[str, str]:
    """These headers; *secure* where people reach the service over https."""
    return {**_ALWAYS, **(_OVER_HTTPS if secure else {})}
