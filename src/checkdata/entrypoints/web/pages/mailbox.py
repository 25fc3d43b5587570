"""The demo's mailbox: what the service would have mailed (security.md 44)."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.entrypoints.web.gate import Ask


def mails(ask: Ask) -> Response:
    """The mails, newest first; outside the demo there is no such page."""
    mailbox = ask.site.services.mailbox
    if mailbox is None:
        raise HTTPException(404)
    return ask.page("mailbox/mails.html", {"mails": mailbox()})
