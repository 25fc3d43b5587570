"""What every page uses: the services, the settings, and how a page is drawn."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from secrets import token_urlsafe
from typing import Final

from attrs import field, frozen
from jinja2 import Environment
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from checkdata.domain.services.sign_in.sign_in import Visit
from checkdata.entrypoints.web.files.downloads_at_once import RunningDownloads
from checkdata.entrypoints.web.mounting import page_below
from checkdata.entrypoints.web.notice_board import NoticeBoard
from checkdata.entrypoints.web.page_frame import PageFrames
from checkdata.entrypoints.web.presentation.addresses import FOOTER, GET_HELP, acting_word, address
from checkdata.entrypoints.web.presentation.navigation import NavigationLink, navigation, navigation_while_closed
from checkdata.entrypoints.web.presentation.session_end import session_end
from checkdata.entrypoints.web.security.cookies import Cookie, Cookies
from checkdata.entrypoints.web.security.forms import form_token
from checkdata.entrypoints.web.security.headers import nonce_of
from checkdata.entrypoints.web.security.lists_at_once import ListsAtOnce
from checkdata.entrypoints.web.settings import WebServices, WebSettings
from checkdata.entrypoints.web.templating import templates

SERVICE_NAME: Final = "Check data for delivery partners"


@frozen(kw_only=True)
class Site:
    """The services and settings of one application, and its pages' common parts."""

    services: WebServices
    settings: WebSettings
    cookies: Cookies
    templates: Environment = field(factory=templates)
    page_frames: PageFrames = field(init=False)
    lists: ListsAtOnce = field(init=False, factory=ListsAtOnce)

    notice_board: NoticeBoard = field(init=False)
    downloads: RunningDownloads = field(init=False)

    @notice_board.default
    def _make_notice_board(self) -> NoticeBoard:
        return NoticeBoard(self.services.service_notices)

    @downloads.default
    def _make_downloads(self) -> RunningDownloads:
        measures = self.services.measures
        return RunningDownloads() if measures is None else RunningDownloads(tell=measures.downloads)

    @page_frames.default
    def _make_page_frames(self) -> PageFrames:
        return PageFrames(
            self.templates,
            {
                "service_name": SERVICE_NAME,
                "settings": self.settings,
                "lifetimes": self.services.sign_in.lifetimes,
                "footer": FOOTER,
            },
        )

    def visit(self, request: Request) -> Visit | None:
        """The signed-in user, looked up now; None if there is none or the session is over (service rule 3)."""
        token = self.cookies.read(request, Cookie.SESSION)
        if not token:
            return None
        with self.step("access"):
            return self.services.sign_in.resume(token)

    def step(self, name: str, **notes: str) -> AbstractContextManager[object]:
        """A step of a request, for those who watch where its time goes."""
        spans = self.services.spans
        return nullcontext() if spans is None else spans.step(name, **notes)

    def page(  # noqa: PLR0913 - what a page is made of
        self,
        request: Request,
        template: str,
        visit: Visit | None,
        context: Mapping[str, object],
        *,
        status: int = 200,
        closed: bool = False,
    ) -> Response:
        """Draw a page; a browser that is new gets the cookie that its forms are tied to.

        Where the service is *closed* the page has no links to others, because those do not answer.
        """
        known = self.cookies.read(request, Cookie.BROWSER)
        browser = known or token_urlsafe(32)
        common = self._common(request, visit, browser, closed=closed)
        with self.step("page", template=template):
            drawn = self.templates.get_template(template).render({**common, **context})
        response = HTMLResponse(page_below(self.settings.base.path, drawn), status)
        if not known:
            self.cookies.write(response, Cookie.BROWSER, browser)
        return response

    def _common(self, request: Request, visit: Visit | None, browser: str, *, closed: bool) -> dict[str, object]:
        organisation = None if visit is None else visit.session.organisation
        csrf_token = form_token(self.settings.secret_keys, browser)
        links = navigation_while_closed(visit) if closed else navigation(visit, request.url.path)
        return {
            "service_name": SERVICE_NAME,
            "settings": self.settings,
            "lifetimes": self.services.sign_in.lifetimes,
            "has_mailbox": self.services.mailbox is not None,
            "page_frame": partial(self._around, request, visit, csrf_token, links, closed=closed),
            "navigation": links,
            "nonce": nonce_of(request),
            "tables": [],
            "csrf_token": csrf_token,
            "visit": visit,
            "organisation": organisation,
            "acting": "" if organisation is None else acting_word(organisation),
            "link": partial(address, organisation=organisation),
            "errors": {},
            "notices": self.notice_board.shown(),
        }

    def _around(
        self, request: Request, visit: Visit | None, csrf_token: str, links: Sequence[NavigationLink], *, closed: bool
    ) -> Sequence[Markup]:
        filled = {
            "nonce": nonce_of(request),
            "csrf_token": csrf_token,
            "name": "" if visit is None else visit.user.name,
            "get_help": _help_with(request, visit),
        }
        return self.page_frames.around(links, None if visit is None else session_end(visit), filled, closed=closed)


def _help_with(request: Request, visit: Visit | None) -> str:
    """Where users ask support for help with this page."""
    page = getattr(request.state, "page", "")
    organisation = None if visit is None else visit.session.organisation
    return address(GET_HELP, organisation, {"page": page} if page else {})


def redirect(place: str) -> Response:
    """Go on to another page of ours with GET."""
    return RedirectResponse(place, 303)
