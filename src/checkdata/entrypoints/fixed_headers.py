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
_OVER_HTTPS: Final = "max-age=31536000"


def fixed_headers(*, secure: bool, whole_host: bool = True) -> Mapping[str, str]:
    """These headers; *secure* where people reach the service over https.

    Unless it has the *whole_host*, it does not say of the subdomains of another service that they are over https.
    """
    if not secure:
        return _ALWAYS
    of_subdomains = "; includeSubDomains" if whole_host else ""
    return {**_ALWAYS, "Strict-Transport-Security": f"{_OVER_HTTPS}{of_subdomains}"}
