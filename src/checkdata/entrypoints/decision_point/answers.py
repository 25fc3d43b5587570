"""The answers of the standard as JSON."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from checkdata.entrypoints.decision_point.json_bodies import JSON
from checkdata.entrypoints.decision_point.questions import Action, Decision, Properties, Resource, Subject
from checkdata.entrypoints.decision_point.reading import MalformedEvaluation

Told = dict[str, Any]


def answer(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON in ASCII, because an id that a caller sent may hold what UTF-8 can't carry."""
    body = json.dumps(content, separators=(",", ":"), allow_nan=False).encode()
    return Response(body, status, headers, media_type=JSON)


def decision_told(decision: Decision) -> Told:
    """A decision."""
    return {"decision": decision.allowed, **({"context": decision.context} if decision.context else {})}


def malformed_told(part: MalformedEvaluation) -> Told:
    """The decision about one of several evaluations that could not be read."""
    return {"decision": False, "context": {"error": {"status": 400, "message": part.message}}}


def results_told(entities: Sequence[Subject | Resource | Action], next_token: str) -> Told:
    """A page of results; the page comes first, so that a reader knows how many follow."""
    told = [_action(each) if isinstance(each, Action) else _entity(each) for each in entities]
    return {"page": {"next_token": next_token, "count": len(told)}, "results": told}


def _entity(entity: Subject | Resource) -> Told:
    return {"type": entity.type, "id": entity.id, **_with(entity.properties)}


def _action(action: Action) -> Told:
    return {"name": action.name, **_with(action.properties)}


def _with(properties: Properties) -> Told:
    return {"properties": properties} if properties else {}
