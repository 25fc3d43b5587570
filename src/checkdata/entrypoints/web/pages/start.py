"""The start page."""

from starlette.responses import Response

from checkdata.entrypoints.web.gate import Ask
from checkdata.entrypoints.web.presentation.addresses import SIGN_IN, home


def start(ask: Ask) -> Response:
    """What the service is and who it is for; in the demo, also the users that a visitor can sign in as."""
    begin = SIGN_IN if ask.visit is None else home(ask.visit.acting)
    return ask.page("start/start.html", {"begin": begin, "demo_users": ask.site.settings.demo_users})
