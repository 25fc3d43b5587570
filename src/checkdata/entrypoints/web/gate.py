"""Every address has a rule of access, checked on every request before its page (service rule 3, security.md 24)."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from attrs import field, frozen
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from checkdata.domain.access.decision import AccessRefused, Acting, Refused
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.filters import FILTER_NAMED, filters_for
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.sign_in.sign_in import Visit
from checkdata.entrypoints.web.notice_board import UnderMaintenance
from checkdata.entrypoints.web.presentation.addresses import (
    ACTING,
    CHOOSE_ROLE,
    PROVIDER_RETURN,
    SIGN_IN,
    acting_word,
)
from checkdata.entrypoints.web.presentation.listing_areas import OrganisationArea
from checkdata.entrypoints.web.return_page import remember
from checkdata.entrypoints.web.security.bodies import body_of
from checkdata.entrypoints.web.security.cookies import Cookie
from checkdata.entrypoints.web.security.form_reading import SMALL, FormLimits, Posted, form_of
from checkdata.entrypoints.web.security.forms import FORM_TOKEN, check_form
from checkdata.entrypoints.web.security.query_and_form_fields import Fields, read_fields
from checkdata.entrypoints.web.site import Site, redirect


@frozen(kw_only=True)
class Ask:
    """A request that may be answered: its query fields, its form and file, and its user if signed in."""

    site: Site
    request: Request
    fields: Fields
    form: Fields
    file: bytes = field(default=b"", repr=False)
    visit: Visit | None

    @property
    def only_headers(self) -> bool:
        """Whether it is HEAD: its answer shows nothing, so nothing is recorded as seen."""
        return self.request.method == "HEAD"

    def page(self, template: str, context: Mapping[str, object] | None = None, *, status: int = 200) -> Response:
        """Draw a page in answer."""
        return self.site.page(self.request, template, self.visit, context or {}, status=status)


@frozen(kw_only=True)
class Access:
    """A user acting for an organisation, and what they may see of it, decided for this request."""

    visit: Visit
    acting: Acting
    scope: Scope

    @property
    def place(self) -> OrganisationArea:
        """The pages of their role, for their organisation."""
        return OrganisationArea.of(self.acting)


@frozen
class Public:
    """Anyone may ask."""

    page: Callable[[Ask], Response]


@frozen
class ByToken:
    """Anyone who has the address may ask, by a form that a mail program makes too: the token in it is the proof."""

    page: Callable[[Ask], Response]


@frozen
class SignedIn:
    """Every signed-in user may ask."""

    page: Callable[[Ask, Visit], Response]


@frozen
class ActingAs:
    """Users acting in this role may ask; for others the address does not exist (service rule 6)."""

    role: Role
    page: Callable[[Ask, Access], Response]


Rule = Public | ByToken | SignedIn | ActingAs


OPEN_DURING_MAINTENANCE: Final = frozenset(
    {
        "/sign-in",
        "/sign-in/check-your-email",
        "/sign-in/{token}",
        PROVIDER_RETURN,
        "/sign-out",
        "/signed-out",
        "/stay-signed-in",
        "/change-role",
        "/choose-role",
        "/choose-organisation",
        "/mailbox",
    }
)
"""What support needs to sign in; everyone else learns behind it that the service is closed."""


class NoAccessLeft(Exception):
    """A user is signed in and no longer has access to anything (service rule 7)."""


class OtherOrganisation(Exception):
    """A page made for an organisation that the session no longer acts for (rules.md: 409); it is ``made_for``."""

    def __init__(self, made_for: Acting) -> None:
        super().__init__()
        self.made_for = made_for


@frozen
class Gate:
    """The only way to a page: checks its rule, then asks the page."""

    site: Site
    rule: Rule
    limits: FormLimits = SMALL
    path: str = ""
    """The pattern of the address, in which there is no id: what a question to support says of the page."""

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Answer a request in a thread, because pages and services wait for storage."""
        request = Request(scope, receive)
        request.state.page = self.path
        answered = self._small if self.limits is SMALL or request.method != "POST" else self._with_list
        response = await answered(request)
        await response(scope, receive, send)

    async def _small(self, request: Request) -> Response:
        return await run_in_threadpool(self._answer, request, await body_of(request, self.limits.size))

    async def _with_list(self, request: Request) -> Response:
        """Read a form with a list only for a signed-in user, and only if there is room for one more."""
        visit = await run_in_threadpool(self.site.visit, request)
        if visit is None:
            return await run_in_threadpool(self._answer, request, b"")
        with self.site.lists.place(visit.session.digest):
            async with self.site.lists.arriving():
                body = await body_of(request, self.limits.size)
            async with self.site.lists.turn:
                return await run_in_threadpool(self._answer, request, body)

    def _answer(self, request: Request, body: bytes) -> Response:
        visit = request.state.visit = self.site.visit(request)
        self._check_open(visit)
        several = _several(self.rule)
        reads_form = (visit is not None or self.limits is SMALL) and not isinstance(self.rule, ByToken)
        fields = read_fields(request.scope["query_string"], several=several)
        posted = form_of(request, body, self.limits, several) if reads_form else Posted()
        ask = Ask(site=self.site, request=request, fields=fields, form=posted.fields, file=posted.file, visit=visit)
        match self.rule:
            case Public(page) | ByToken(page):
                if isinstance(self.rule, Public):
                    _check_form(ask)
                return page(ask)
            case SignedIn(page):
                if visit is None:
                    return sign_in_first(ask)
                _check_form(ask)
                return page(ask, visit)
            case ActingAs(role, page):
                if visit is None:
                    return sign_in_first(ask)
                if visit.acting is None:
                    return _choose_first(ask, visit)
                access = _access(ask, visit, visit.acting, role)
                _check_form(ask)
                return page(ask, access)

    def _check_open(self, visit: Visit | None) -> None:
        """Raise `UnderMaintenance` while the service is closed.

        Support has its pages, and everyone the way to sign in and the links in mail, which a mail program tries once.
        """
        board = self.site.notice_board
        board.look()
        notice = board.maintenance
        if notice is None or self.path in OPEN_DURING_MAINTENANCE or isinstance(self.rule, ByToken):
            return
        if visit is None or visit.acting is None or visit.acting.role is not Role.SUPPORT:
            raise UnderMaintenance(notice)


def _several(rule: Rule) -> AbstractSet[str]:
    """The fields that may be repeated: the filters, where the role has lists."""
    return FILTER_NAMED.keys() if isinstance(rule, ActingAs) and filters_for(rule.role) else frozenset()


def _access(ask: Ask, visit: Visit, acting: Acting, role: Role) -> Access:
    _check_made_for(ask, visit, acting)
    if acting.role is not role:
        raise HTTPException(404)
    decision = ask.request.state.decision = visit.decide(acting)
    if isinstance(decision, Refused):
        raise AccessRefused(decision)
    return Access(visit=visit, acting=acting, scope=decision.scope)


def _check_made_for(ask: Ask, visit: Visit, acting: Acting) -> None:
    """An old tab gets no answer about another organisation; what is not the user's does not exist (row 22, 46)."""
    for word in filter(None, (ask.fields.get(ACTING), ask.form.get(ACTING))):
        if word != acting_word(acting.organisation):
            made_for = next((choice for choice in visit.choices if acting_word(choice.organisation) == word), None)
            raise HTTPException(404) if made_for is None else OtherOrganisation(made_for)


def _check_form(ask: Ask) -> None:
    if ask.request.method == "POST":
        settings, browser = ask.site.settings, ask.site.cookies.read(ask.request, Cookie.BROWSER)
        token = ask.form.get(FORM_TOKEN, "")
        check_form(settings.secret_keys, browser, token, ask.request.headers, settings.base.origins)


def sign_in_first(ask: Ask) -> Response:
    """A user who is not signed in is sent to sign in, and then to the page that they asked for."""
    response = redirect(SIGN_IN)
    remember(ask.site, ask.request, response)
    return response


def _choose_first(ask: Ask, visit: Visit) -> Response:
    if not visit.choices:
        raise NoAccessLeft
    response = redirect(CHOOSE_ROLE)
    remember(ask.site, ask.request, response)
    return response
