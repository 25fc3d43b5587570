"""The only way to what programs read: a key is looked up, and access decided, on every request (service rule 3)."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from attrs import field, frozen
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from checkdata.domain.access.decision import Refused
from checkdata.domain.errors import InvalidQuery, PageNotFound, StorageError
from checkdata.entrypoints.web.api import reading
from checkdata.entrypoints.web.api.asked import Asked, refuse_key_in_address, words_in
from checkdata.entrypoints.web.api.bearer import refused_secret, secret_in
from checkdata.entrypoints.web.api.limits import ReadsOfKeys
from checkdata.entrypoints.web.problems import Problem, later
from checkdata.entrypoints.web.security.query_and_form_fields import MalformedRequest
from checkdata.entrypoints.web.security.request_log import log_failure
from checkdata.entrypoints.web.site import Site

METHODS: Final = ("GET", "HEAD")
PARTICIPANTS: Final = "/api/v1/participants"
CHANGES: Final = "/api/v1/changes"

_UNAVAILABLE: Final = 30
"""After how many seconds a program may ask again when the database did not answer."""


def api_routes(site: Site) -> Iterable[Route]:
    """The addresses of the API, each behind the same check; what is none of them does not exist."""
    reads = ReadsOfKeys()
    known = (
        (PARTICIPANTS, reading.participants, reading.PARTICIPANTS_WORDS),
        (CHANGES, reading.changes, reading.CHANGES_WORDS),
    )
    for path, read, words in known:
        yield Route(path, ApiEndpoint(site, reads, path, words, read))
    yield Route("/api/{rest:rest}", ApiEndpoint(site, reads, "", (), _nothing))


def _nothing(_site: Site, _asked: Asked) -> reading.Answer:
    raise Problem(HTTPStatus.NOT_FOUND, "There is no such address.")


@frozen
class ApiEndpoint:
    """Answers a program; it reads no cookie and sets none, and no other site's script may ask (no CORS)."""

    site: Site
    reads: ReadsOfKeys
    path: str
    words: Iterable[str]
    read: reading.Read = field(repr=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in a thread, because services wait for storage."""
        response = await run_in_threadpool(self._answer, Request(scope, receive))
        response.headers["Vary"] = "Authorization"
        await response(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        try:
            return self._told(request)
        except Problem as problem:
            return problem.answer
        except MalformedRequest:
            return Problem(HTTPStatus.BAD_REQUEST, "We could not read the address.").answer
        except InvalidQuery as error:
            told = "The address has a word that is not understood."
            return Problem(HTTPStatus.BAD_REQUEST, told, errors={error.field: str(error)}).answer
        except PageNotFound:
            return Problem(HTTPStatus.NOT_FOUND, "There is no such page.").answer
        except StorageError as error:
            log_failure(request.scope, error)
            return later(HTTPStatus.SERVICE_UNAVAILABLE, "The service is unavailable.", _UNAVAILABLE).answer

    def _told(self, request: Request) -> Response:
        if request.method not in METHODS:
            allowed = {"Allow": ", ".join(METHODS)}
            raise Problem(HTTPStatus.METHOD_NOT_ALLOWED, "Nothing can be changed here.", headers=allowed)
        refuse_key_in_address(request.scope["query_string"])
        self._check_open()
        use_keys = self.site.services.use_keys
        with self.site.step("access"):
            found = use_keys.under_grant(secret_in(request.headers))
        if found is None:
            raise refused_secret()
        with self.reads.one_more(found[0].id, use_keys.clock()):
            visit = use_keys.decided(*found)
            request.state.decision = visit.decision
            if isinstance(visit.decision, Refused):
                raise Problem(HTTPStatus.FORBIDDEN, visit.decision.message)
            asked = Asked(
                visit=visit,
                scope=visit.decision.scope,
                path=f"{self.site.settings.base.path}{self.path}",
                words=words_in(request.scope["query_string"], self.words),
            )
            return _unless_known(request, self.read(self.site, asked))

    def _check_open(self) -> None:
        board = self.site.notice_board
        board.look()
        notice = board.maintenance
        if notice is not None:
            left = notice.ends_at - board.notices.clock()
            raise later(HTTPStatus.SERVICE_UNAVAILABLE, notice.text, round(left.total_seconds()))


def _unless_known(request: Request, answer: reading.Answer) -> Response:
    """304 without data where the program has the same answer already (RFC 9110, 13.1.2); that is not on record as seen.

    HEAD tells as much as GET, by the length and the tag of the answer.
    """
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if answer.tag in known:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": answer.tag})
    return answer.sent()
