"""The start page, and the first page of a role that has no tasks here yet."""

from starlette.responses import Response

from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.presentation.places import SIGN_IN, home


def start(ask: Ask) -> Response:
    """What the service is and whom it is for; in the demo, as whom one can sign in."""
    begin = SIGN_IN if ask.visit is None else home(ask.visit.acting)
    return ask.page("start/start.html", {"begin": begin, "demo_users": ask.site.settings.demo_users})


def policy(ask: Ask, access: Access) -> Response:  # noqa: ARG001 - the gate has asked for it
    """The first page of a policy user."""
    return ask.page("start/policy.html")
