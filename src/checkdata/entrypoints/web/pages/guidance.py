"""Help pages: what the statuses mean, what to do when something is wrong, and the notices of a public service."""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from checkdata.domain.people.organisations import Role
from checkdata.entrypoints.web.gate import Ask
from checkdata.entrypoints.web.presentation.statuses import key_to_statuses
from checkdata.entrypoints.web.security.cookies import Cookie

_COOKIES: Final[Mapping[Cookie, tuple[str, str]]] = {
    Cookie.SESSION: ("Keeps you signed in", "when you sign out, or your session ends"),
    Cookie.BROWSER: ("Makes sure that a form was sent from the page we showed you", "when you close your browser"),
    Cookie.TYPED_ADDRESS: ("Shows you the address you entered, while we send you an email", "when you have signed in"),
    Cookie.CODE: ("Lets only your browser use the code that we email to you", "when you have signed in"),
    Cookie.DEPARTURE: ("Makes sure that you come back from DfE Sign-in to the same browser", "when you have signed in"),
    Cookie.PROOF: ("Signs you out of DfE Sign-in too, when you sign out", "when you sign out"),
    Cookie.CONFIRMATION: ("Lets a lead provider’s contact answer about one person", "when the answer is given"),
    Cookie.ASKED_FOR: ("Takes you to the page you asked for once you have signed in", "when you are there"),
}
"""What each cookie is for, and when it ends."""


def statuses(ask: Ask) -> Response:
    """Each status and who acts next; for an appropriate body in its own words (statuses.md 2 and 3)."""
    acting = None if ask.visit is None else ask.visit.acting
    role = Role.APPROPRIATE_BODY if acting is not None and acting.role is Role.APPROPRIATE_BODY else None
    return ask.page("help/statuses.html", {"key": key_to_statuses(role or Role.DELIVERY_PARTNER), "body": bool(role)})


def wrong_data(ask: Ask) -> Response:
    """Whom to ask, because nothing can be changed here (service rule 14)."""
    return ask.page("help/wrong_data.html")


def contact(ask: Ask) -> Response:
    """The address to write to for each kind of question."""
    return ask.page("help/contact.html")


def roles(ask: Ask) -> Response:
    """How a role is added, taken away or changed, which no user does here by themselves."""
    return ask.page("help/roles.html")


def accessibility(ask: Ask) -> Response:
    """The accessibility statement that public bodies must publish."""
    return ask.page("help/accessibility.html")


def privacy(ask: Ask) -> Response:
    """What is kept about users of the service, and why."""
    return ask.page("help/privacy.html")


def cookies(ask: Ask) -> Response:
    """The cookies of the service, each strictly necessary."""
    name = ask.site.cookies.name
    rows = [(name(cookie), purpose, ends) for cookie, (purpose, ends) in _COOKIES.items()]
    return ask.page("help/cookies.html", {"cookies": rows})
