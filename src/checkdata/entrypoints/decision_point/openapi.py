"""The OpenAPI 3.1 document of the decision point."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from checkdata.entrypoints.decision_point.json_bodies import JSON
from checkdata.entrypoints.decision_point.limits import LARGEST_PAGE, MOST_EVALUATIONS, PAGE_SIZE
from checkdata.entrypoints.decision_point.metadata import (
    EVALUATION,
    EVALUATIONS,
    METADATA_PATH,
    SEARCH_ACTION,
    SEARCH_RESOURCE,
    SEARCH_SUBJECT,
    metadata_of,
)
from checkdata.entrypoints.decision_point.questions import Semantic
from checkdata.entrypoints.settings.base_address import BaseAddress

OPENAPI_PATH: Final = "/openapi.json"

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_ANY_OBJECT: Final[Schema] = {"type": "object"}


def _object(required: Sequence[str] = (), **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _of(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _entity(*required: str) -> Schema:
    return _object(required, **dict.fromkeys(required, _TEXT), properties=_ANY_OBJECT)


def _asked(*required: str, **properties: Schema) -> Schema:
    return _object(required, **properties, context=_ANY_OBJECT)


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_ONE: Final = {"subject": _of("Subject"), "action": _of("Action"), "resource": _of("Resource")}
_PAGE: Final = _object(
    token={**_TEXT, "description": "The next_token of the page before; blank or left out for the first page."},
    limit={
        "type": "integer",
        "minimum": 0,
        "description": f"{PAGE_SIZE} unless set; no page has more than {LARGEST_PAGE} results. The same for all pages.",
    },
    properties=_ANY_OBJECT,
)
_NEXT_PAGE: Final = _object(
    ("next_token", "count"),
    next_token={**_TEXT, "description": "Blank on the last page."},
    count={"type": "integer", "minimum": 0},
)
_DECISION_CONTEXT: Final = {
    **_object(
        reason=_TEXT,
        message={**_TEXT, "description": "May be shown to the user."},
        rules_version={"type": "integer"},
        holds_until={
            "type": ["string", "null"],
            "format": "date",
            "description": "The answer stays the same until this day begins in London, if nothing is changed or "
            "imported; null is for good.",
        },
        agreements=_array(_TEXT),
        acting=_object(("role", "organisation"), role=_TEXT, organisation=_TEXT),
    ),
    "description": "Why, and until when.",
}

_SCHEMAS: Final[Mapping[str, Schema]] = {
    "Subject": _entity("type", "id"),
    "Action": _entity("name"),
    "Resource": _entity("type", "id"),
    "Wanted": _entity("type"),
    "Evaluation": _asked(*_ONE, **_ONE),
    "Evaluations": {
        "anyOf": [
            {
                "allOf": [
                    _of("Evaluation"),
                    _object(evaluations={"type": "array", "maxItems": 0}, options=_of("Options")),
                ]
            },
            _object(
                ("evaluations",),
                evaluations={
                    "type": "array",
                    "minItems": 1,
                    "maxItems": MOST_EVALUATIONS,
                    "items": {
                        "description": "An Evaluation without what it has in common with the others. One that can't be "
                        "read gets a decision of its own: false, with an error.",
                    },
                },
                **dict.fromkeys(("subject", "action", "resource", "context"), _ANY_OBJECT),
                options=_of("Options"),
            ),
        ],
    },
    "Options": _object(evaluations_semantic={"enum": [each.value for each in Semantic]}),
    "SubjectSearch": _asked(*_ONE, **{**_ONE, "subject": _of("Wanted"), "page": _PAGE}),
    "ResourceSearch": _asked(*_ONE, **{**_ONE, "resource": _of("Wanted"), "page": _PAGE}),
    "ActionSearch": _asked("subject", "resource", subject=_of("Subject"), resource=_of("Resource"), page=_PAGE),
    "Decision": _object(("decision",), decision={"type": "boolean"}, context=_DECISION_CONTEXT),
    "Decisions": {"anyOf": [_of("Decision"), _object(("evaluations",), evaluations=_array(_of("Decision")))]},
    "Subjects": _object(("page", "results"), page=_NEXT_PAGE, results=_array(_of("Subject"))),
    "Resources": _object(("page", "results"), page=_NEXT_PAGE, results=_array(_of("Resource"))),
    "Actions": _object(("page", "results"), page=_NEXT_PAGE, results=_array(_of("Action"))),
}

_ENDPOINTS: Final[Sequence[tuple[str, str, str, str]]] = (
    (EVALUATION, "May this subject?", "Evaluation", "Decision"),
    (EVALUATIONS, "Several evaluations in one request.", "Evaluations", "Decisions"),
    (SEARCH_SUBJECT, "Who may?", "SubjectSearch", "Subjects"),
    (SEARCH_RESOURCE, "With which resources may they?", "ResourceSearch", "Resources"),
    (SEARCH_ACTION, "What may they do?", "ActionSearch", "Actions"),
)
_ERRORS: Final = {
    "400": "The request is malformed.",
    "401": "There is no key in the request, or one that is unknown, expired or revoked.",
    "403": "The key is not for this.",
    "413": "The body is too large.",
    "429": "The key has been used too often; Retry-After says how many seconds to wait.",
    "500": "Something failed.",
    "503": "No decision can be made now; Retry-After says how many seconds to wait.",
}


def _content(schema: Schema) -> Schema:
    return {"content": {JSON: {"schema": schema}}}


def _endpoint(path: str, summary: str, asked: str, told: str) -> Schema:
    errors = {status: {"description": words, **_content(_TEXT)} for status, words in _ERRORS.items()}
    return {
        "post": {
            "operationId": path.removeprefix("/access/v1/").replace("/", "_"),
            "summary": summary,
            "requestBody": {"required": True, **_content(_of(asked))},
            "responses": {"200": {"description": "The answer.", **_content(_of(told))}, **errors},
        }
    }


def openapi_document(base: BaseAddress, version: str) -> Mapping[str, Any]:
    """The document of the decision point at this address."""
    metadata = _object(tuple(metadata_of(base)), **dict.fromkeys(metadata_of(base), _TEXT))
    told = {"200": {"description": "The metadata.", **_content(metadata)}}
    open_to_all = {"operationId": "metadata", "summary": "Where the endpoints are.", "security": [], "responses": told}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "checkdata decision point",
            "version": version,
            "description": "What users of this service may see, by OpenID AuthZEN Authorization API 1.0.",
        },
        "servers": [{"url": str(base)}],
        "security": [{"key": []}],
        "paths": {
            **{path: _endpoint(path, *others) for path, *others in _ENDPOINTS},
            METADATA_PATH: {"get": open_to_all},
        },
        "components": {
            "schemas": dict(_SCHEMAS),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }
