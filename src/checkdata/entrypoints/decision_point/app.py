"""The decision point over HTTP: its routes, its middleware and its errors."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import frozen
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from checkdata import __version__
from checkdata.domain.keys import Keys
from checkdata.domain.services.access.answer_services import Asker
from checkdata.domain.sign_in.api_keys import Question
from checkdata.entrypoints.decision_point.answers import Told, answer, decision_told, results_told
from checkdata.entrypoints.decision_point.batches import decisions_told
from checkdata.entrypoints.decision_point.cursors import holder_of, slice_of, token_behind
from checkdata.entrypoints.decision_point.errors import HANDLERS, LastErrors
from checkdata.entrypoints.decision_point.json_bodies import MalformedQuestion, check_is_json, read_object
from checkdata.entrypoints.decision_point.limits import LARGEST_BODY
from checkdata.entrypoints.decision_point.metadata import (
    EVALUATION,
    EVALUATIONS,
    METADATA_PATH,
    METADATA_SECONDS,
    SEARCH_ACTION,
    SEARCH_RESOURCE,
    SEARCH_SUBJECT,
    metadata_of,
)
from checkdata.entrypoints.decision_point.naming_requests import NamedByCallers
from checkdata.entrypoints.decision_point.openapi import OPENAPI_PATH, openapi_document
from checkdata.entrypoints.decision_point.ports import DecisionPoint, Doorkeeper, KeyMissing
from checkdata.entrypoints.decision_point.questions import Action, Evaluation, Resource, Results, Slice, Subject
from checkdata.entrypoints.decision_point.reading import (
    action_search_in,
    evaluation_in,
    evaluations_in,
    page_in,
    resource_search_in,
    subject_search_in,
)
from checkdata.entrypoints.metrics.measures import Measures
from checkdata.entrypoints.settings.base_address import BaseAddress
from checkdata.entrypoints.web.measured_requests import MeasuredRequests
from checkdata.entrypoints.web.security.bodies import body_of
from checkdata.entrypoints.web.security.request_log import RequestLog

_BEARER: Final = "bearer "

Found = Results[Subject] | Results[Resource] | Results[Action]
Search = Callable[[Asker, Mapping[str, Any]], Callable[[Slice], Found]]
"""Reads what is searched for, and searches for a slice of it."""


@frozen(kw_only=True)
class Endpoints:
    """The endpoints of the standard over someone who decides."""

    point: DecisionPoint
    keys: Keys

    def evaluations(self, caller: Asker, told: Mapping[str, Any]) -> Told:
        """A decision for each evaluation, or one if there is no list of them."""
        asked = evaluations_in(told)
        if isinstance(asked, Evaluation):
            return decision_told(self.point.evaluate(caller, asked))
        return decisions_told(asked, lambda some, semantic: self.point.evaluate_all(caller, some, semantic))

    def search_subjects(self, caller: Asker, told: Mapping[str, Any]) -> Told:
        """A page of the subjects who may."""
        asked = subject_search_in(told)
        return self._page(SEARCH_SUBJECT, caller, told, lambda part: self.point.search_subjects(caller, asked, part))

    def search_resources(self, caller: Asker, told: Mapping[str, Any]) -> Told:
        """A page of the resources."""
        asked = resource_search_in(told)
        return self._page(SEARCH_RESOURCE, caller, told, lambda part: self.point.search_resources(caller, asked, part))

    def search_actions(self, caller: Asker, told: Mapping[str, Any]) -> Told:
        """A page of the actions."""
        asked = action_search_in(told)
        return self._page(SEARCH_ACTION, caller, told, lambda part: self.point.search_actions(caller, asked, part))

    def _page(self, kind: str, caller: Asker, told: Mapping[str, Any], find: Callable[[Slice], Found]) -> Told:
        holder = holder_of(caller, kind, told)
        part = slice_of(self.keys, holder, page_in(told))
        found = find(part)
        last = _id_of(found.entities[-1]) if found.entities else part.after
        return results_told(found.entities, token_behind(self.keys, holder, part, last) if found.more else "")


def _id_of(entity: Subject | Resource | Action) -> str:
    return entity.name if isinstance(entity, Action) else entity.id


@frozen(kw_only=True)
class Asked(ABC):
    """Answers one address.

    It admits the caller once the request has come whole, so that a key that was revoked while it came gets no answer.
    """

    doorkeeper: Doorkeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the request, and answer it in a thread, because decisions wait for storage."""
        request = Request(scope, receive)
        key = _key_of(request)
        body = await body_of(request, LARGEST_BODY)
        told = await run_in_threadpool(self.told, key, request.headers.get("content-type", ""), body)
        await answer(told)(scope, receive, send)

    @abstractmethod
    def told(self, key: str, content_type: str, body: bytes) -> Told:
        """What a caller with this key is told."""


@frozen(kw_only=True)
class AskedEvaluation(Asked):
    """Answers whether a subject may; what decides that is looked up along with the key, in one question."""

    point: DecisionPoint

    def told(self, key: str, content_type: str, body: bytes) -> Told:
        """The decision; a request that can't be read is refused as such only if its key works."""
        read = _evaluation_or_error(content_type, body)
        found = None if isinstance(read, MalformedQuestion) else self.point.look_up(read, key)
        with self.doorkeeper.admit(key, Question.EVALUATION, None if found is None else found.key) as caller:
            if isinstance(read, MalformedQuestion):
                raise read
            return decision_told(self.point.evaluate(caller, read, found))


@frozen(kw_only=True)
class AskedOther(Asked):
    """Answers any other question by *answered*."""

    question: Question
    answered: Callable[[Asker, Mapping[str, Any]], Told]

    def told(self, key: str, content_type: str, body: bytes) -> Told:
        """The answer to what the body asks."""
        with self.doorkeeper.admit(key, self.question) as caller:
            check_is_json(content_type)
            return self.answered(caller, read_object(body))


def _evaluation_or_error(content_type: str, body: bytes) -> Evaluation | MalformedQuestion:
    try:
        check_is_json(content_type)
        return evaluation_in(read_object(body))
    except MalformedQuestion as error:
        return error


def _key_of(request: Request) -> str:
    """The key in a request; `KeyMissing` before anything else of the request is read if there is none."""
    given = request.headers.getlist("authorization")
    if len(given) != 1 or not given[0].lower().startswith(_BEARER):
        raise KeyMissing("Send a key as Authorization: Bearer KEY.")
    return given[0][len(_BEARER) :].strip()


def create_decision_point(  # noqa: PLR0913 - what it is made of
    point: DecisionPoint,
    doorkeeper: Doorkeeper,
    base: BaseAddress,
    keys: Keys,
    more: Sequence[Route] = (),
    *,
    measures: Measures | None = None,
) -> Starlette:
    """The application, to be served at this base address; *keys* seal the tokens of pages."""
    endpoints = Endpoints(point=point, keys=keys)
    others = {
        EVALUATIONS: (Question.EVALUATION, endpoints.evaluations),
        SEARCH_SUBJECT: (Question.SEARCH, endpoints.search_subjects),
        SEARCH_RESOURCE: (Question.SEARCH, endpoints.search_resources),
        SEARCH_ACTION: (Question.SEARCH, endpoints.search_actions),
    }
    asked: Mapping[str, Asked] = {
        EVALUATION: AskedEvaluation(doorkeeper=doorkeeper, point=point),
        **{
            path: AskedOther(doorkeeper=doorkeeper, question=question, answered=answered)
            for path, (question, answered) in others.items()
        },
    }
    app = Starlette(
        routes=[
            *(Route(path, each, methods=["POST"]) for path, each in asked.items()),
            _kept(METADATA_PATH, metadata_of(base)),
            _kept(OPENAPI_PATH, openapi_document(base, __version__)),
            *more,
        ],
        middleware=[
            *([] if measures is None else [Middleware(MeasuredRequests, measures=measures)]),
            Middleware(NamedByCallers),
            Middleware(RequestLog),
            Middleware(LastErrors, secure=base.secure),
        ],
        exception_handlers=HANDLERS,
    )
    app.router.redirect_slashes = False
    return app


def _kept(path: str, content: Mapping[str, Any]) -> Route:
    """An address that answers everyone the same, who may keep it for a while."""

    async def kept(_request: Request) -> Response:
        return answer(content, headers={"Cache-Control": f"max-age={METADATA_SECONDS}"})

    return Route(path, kept)
