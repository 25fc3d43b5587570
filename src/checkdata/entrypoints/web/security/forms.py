"""Forms come from our own pages, in the browser that they were shown in (security.md 30, ASVS 3.5.1)."""

from typing import Final

from starlette.datastructures import Headers

from checkdata.domain.keys import Keys
from checkdata.entrypoints.web.security.signing import is_signed, signature

FORM_TOKEN: Final = "csrf_token"  # noqa: S105 - the field's name
_PURPOSE: Final = "form"
_OWN_SITE: Final = ("same-origin", "none")
"""What browsers say of a form that was sent from our own page, or sent again by its user."""


class ForeignForm(Exception):
    """A form that did not come from our page, or came from a page shown in another browser (rules.md: 403)."""


def form_token(keys: Keys, browser: str) -> str:
    """The token for the forms shown to the browser with this cookie."""
    return signature(keys, _PURPOSE, browser)


def check_form(keys: Keys, browser: str, token: str, headers: Headers, origins: frozenset[str]) -> None:
    """Raise `ForeignForm` unless the token fits the browser's cookie and no header tells of another site.

    Browsers say ``Origin: null`` for forms of pages that send no referrer, as ours; then Sec-Fetch-Site decides.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    from_elsewhere = site not in (None, *_OWN_SITE)
    if origin is not None and origin not in origins:
        from_elsewhere = from_elsewhere or origin != "null" or site is None
    if from_elsewhere or not browser or not is_signed(keys, _PURPOSE, browser, token):
        raise ForeignForm
