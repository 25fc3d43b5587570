"""Error pages: they say what happened and what to do, and nothing else (security.md 41)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from attrs import frozen
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ExceptionHandler

from checkdata.domain.access.decision import AccessRefused
from checkdata.domain.errors import AskedTooOften, PageNotFound, StorageConflict, StorageError
from checkdata.domain.services.sign_in.sign_in import Visit
from checkdata.entrypoints.request_ids import request_id
from checkdata.entrypoints.web.files.downloads_at_once import (
    OF_A_SESSION,
    TooManyDownloadsOfProcess,
    TooManyDownloadsOfSession,
)
from checkdata.entrypoints.web.files.kept_file import NoRoomLeft
from checkdata.entrypoints.web.gate import NoAccessLeft, OtherOrganisation
from checkdata.entrypoints.web.notice_board import UnderMaintenance
from checkdata.entrypoints.web.presentation.addresses import CHOOSE_ORGANISATION, CHOOSE_ROLE
from checkdata.entrypoints.web.presentation.days_and_times import duration
from checkdata.entrypoints.web.problems import API, Problem
from checkdata.entrypoints.web.return_page import remember
from checkdata.entrypoints.web.security.forms import ForeignForm
from checkdata.entrypoints.web.security.lists_at_once import RETRY_SECONDS, TooManyLists
from checkdata.entrypoints.web.security.query_and_form_fields import MalformedRequest
from checkdata.entrypoints.web.security.request_log import log_failure
from checkdata.entrypoints.web.site import Site


@frozen
class _ErrorText:
    """The heading and the paragraphs of an error page."""

    heading: str
    paragraphs: tuple[str, ...]


_WORDS: Final[Mapping[int, _ErrorText]] = {
    400: _ErrorText(
        "There is a problem with the address",
        ("We could not read the address or the form. Check the address, or go back and try again.",),
    ),
    403: _ErrorText(
        "We could not check where this form came from",
        ("Go back to the page, reload it, and try again. Your browser has to accept cookies from this service.",),
    ),
    404: _ErrorText(
        "Page not found",
        (
            "If you typed the web address, check it is correct.",
            "If you pasted the web address, check you copied the entire address.",
        ),
    ),
    405: _ErrorText("This page cannot be used that way", ("Go back and try again with the links and buttons.",)),
    409: _ErrorText(
        "This has changed since you looked at it",
        ("Nothing was changed. Go back, reload the page to see how it is now, and try again.",),
    ),
    413: _ErrorText(
        "That is too large",
        (
            "Nothing was changed. Go back, enter less or choose a smaller file, and try again.",
            "A list can have up to 10 MB.",
        ),
    ),
    500: _ErrorText("Sorry, there is a problem with the service", ("Try again later. Nothing you entered was saved.",)),
    503: _ErrorText("Sorry, the service is unavailable", ("You will be able to use the service later.",)),
}

_OWN_DOWNLOADS: Final = _ErrorText(
    "You have too many downloads at once",
    (
        f"You can have {OF_A_SESSION} downloads on their way at a time, and this one would be one more.",
        "Wait until one of them is done, or cancel one, then try again.",
    ),
)
_TOO_MANY_DOWNLOADS: Final = _ErrorText(
    "Too many people are downloading at the moment",
    ("Wait a minute, then try again. You can still look at the pages of this service.",),
)
DOWNLOAD_AGAIN_SECONDS: Final = 10
"""After how long a download that was refused may be tried again."""


_OWN_LISTS: Final = _ErrorText(
    "We are still working on the lists you sent",
    ("Wait half a minute, then go back and try again. This list was not kept.",),
)
_MANY_LISTS: Final = _ErrorText(
    "Too many lists are being checked at the moment",
    ("Wait half a minute, then go back and try again. Your list was not kept.",),
)


@frozen
class ErrorPages:
    """Answers to the errors that pages raise; each method takes what Starlette's handlers take."""

    site: Site

    def http(self, request: Request, error: Exception) -> Response:
        """An error that is a status."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        response = self._page(request, status if status in _WORDS else 400)
        if status == 405:  # noqa: PLR2004 - the status for a method that a page does not have
            response.headers["Allow"] = _allowed(request)
        return response

    def malformed(self, request: Request, _error: Exception) -> Response:
        """400: the request cannot be read."""
        return self._page(request, 400)

    def foreign_form(self, request: Request, _error: Exception) -> Response:
        """403: the form did not come from the page it belongs to."""
        return self._page(request, 403)

    def page_not_found(self, request: Request, _error: Exception) -> Response:
        """404: a page past the end."""
        return self._page(request, 404)

    def conflict(self, request: Request, _error: Exception) -> Response:
        """409: another user was faster."""
        return self._page(request, 409)

    def asked_too_often(self, request: Request, _error: Exception) -> Response:
        """429: too many sign-in links requested; the same for every address (security.md 13)."""
        window = self.site.services.sign_in.limits.window
        words = _ErrorText(
            "Too many sign-in links requested",
            (
                f"Wait {duration(window)}, then try again.",
                "If you have been sent a link already, it still works.",
            ),
        )
        response = self._page(request, 429, words)
        response.headers["Retry-After"] = str(round(window.total_seconds()))
        return response

    def downloads_of_session(self, request: Request, _error: Exception) -> Response:
        """429: the session has as many downloads on their way as it may have."""
        return self._later(request, 429, _OWN_DOWNLOADS)

    def downloads_of_process(self, request: Request, _error: Exception) -> Response:
        """503: the process has as many downloads on their way as it can, or no room for their files."""
        return self._later(request, 503, _TOO_MANY_DOWNLOADS)

    def too_many_lists(self, request: Request, error: Exception) -> Response:
        """429 if the session's own lists fill its places, else 503: there is no place for one more."""
        own = isinstance(error, TooManyLists) and error.own
        status, words = (429, _OWN_LISTS) if own else (503, _MANY_LISTS)
        return self._later(request, status, words, RETRY_SECONDS)

    def under_maintenance(self, request: Request, error: Exception) -> Response:
        """503: closed for maintenance, with the text that support set and when to come back."""
        if not isinstance(error, UnderMaintenance):
            raise TypeError from error
        left = error.notice.ends_at - self.site.services.service_notices.clock()
        context = {"notice": error.notice, "notices": ()}
        response = self.site.page(
            request, "errors/maintenance.html", self._visit(request), context, status=503, closed=True
        )
        response.headers["Retry-After"] = str(max(1, round(left.total_seconds())))
        return response

    def unavailable(self, request: Request, error: Exception) -> Response:
        """503: no storage, or not migrated; until then no user counts as signed in (security.md 41)."""
        log_failure(request.scope, error)
        request.state.visit = None
        return self._page(request, 503)

    def refused(self, request: Request, error: Exception) -> Response:
        """403: the rules of access say no, in the refusal's own words."""
        refusal = error.refusal if isinstance(error, AccessRefused) else None
        visit = self._visit(request)
        context = {
            "message": "You no longer have access to this service." if refusal is None else refusal.message,
            "has_grant": refusal is not None and not refusal.hides_existence,
            "choices": () if visit is None else visit.choices,
        }
        return self.site.page(request, "errors/no_access.html", visit, context, status=403)

    def other_organisation(self, request: Request, error: Exception) -> Response:
        """409: an old tab's page; a button changes back (service rule 6, security.md 46)."""
        if not isinstance(error, OtherOrganisation):
            raise TypeError from error
        organisation = error.made_for.organisation
        context = {
            "made_for": organisation,
            "action": CHOOSE_ORGANISATION if organisation.id else CHOOSE_ROLE,
        }
        response = self.site.page(request, "errors/other_organisation.html", self._visit(request), context, status=409)
        remember(self.site, request, response)
        return response

    def outermost(self, request: Request, error: Exception) -> Response:
        """Every other error: 400 for a malformed request, else 500, which says nothing and is logged."""
        request.state.visit = None
        if isinstance(error, MalformedRequest):
            return self._page(request, 400)
        log_failure(request.scope, error)
        return self._page(request, 500)

    def _later(
        self, request: Request, status: int, words: _ErrorText, seconds: int = DOWNLOAD_AGAIN_SECONDS
    ) -> Response:
        response = self._page(request, status, words)
        response.headers["Retry-After"] = str(seconds)
        return response

    def _page(self, request: Request, status: int, words: _ErrorText | None = None) -> Response:
        if request.scope["path"].startswith(API):
            return Problem(HTTPStatus(status), (words or _WORDS[status]).paragraphs[0]).answer
        reference = request_id() if status >= 500 else ""  # noqa: PLR2004 - of failures, which the log has
        context = {"words": words or _WORDS[status], "reference": reference}
        return self.site.page(request, "errors/error.html", self._visit(request), context, status=status)

    def _visit(self, request: Request) -> Visit | None:
        """The signed-in user; for an unknown address they have not been looked up yet."""
        if not hasattr(request.state, "visit"):
            try:
                request.state.visit = self.site.visit(request)
            except StorageError:
                request.state.visit = None
        visit: Visit | None = request.state.visit
        return visit


def handlers(pages: ErrorPages) -> Mapping[type[Exception], ExceptionHandler]:
    """The page that answers each error."""
    return {
        HTTPException: pages.http,
        MalformedRequest: pages.malformed,
        ForeignForm: pages.foreign_form,
        AccessRefused: pages.refused,
        NoAccessLeft: pages.refused,
        OtherOrganisation: pages.other_organisation,
        PageNotFound: pages.page_not_found,
        AskedTooOften: pages.asked_too_often,
        TooManyDownloadsOfSession: pages.downloads_of_session,
        TooManyDownloadsOfProcess: pages.downloads_of_process,
        NoRoomLeft: pages.downloads_of_process,
        TooManyLists: pages.too_many_lists,
        UnderMaintenance: pages.under_maintenance,
        StorageConflict: pages.conflict,
        StorageError: pages.unavailable,
    }


def _allowed(request: Request) -> str:
    """The methods that the address has, on whichever of its routes."""
    routes = [route for route in request.app.routes if isinstance(route, Route)]
    ours = [route.methods or () for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    return ", ".join(sorted({method for methods in ours for method in methods}))
