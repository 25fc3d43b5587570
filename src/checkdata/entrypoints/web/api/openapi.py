"""The OpenAPI document of the API, made of the columns, filters and limits that the code has; printed by ``-m``."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from starlette.responses import JSONResponse, Response

from checkdata.domain.listing.change_columns import CHANGE_LABELS
from checkdata.domain.listing.columns import columns_for
from checkdata.domain.listing.filters import FILTERS, Filter, slug_text
from checkdata.domain.listing.history import ChangeKind
from checkdata.domain.listing.searches import LONGEST_LIST
from checkdata.domain.people.organisations import Role
from checkdata.entrypoints.web.api.asked import PAGE_SIZES, USUAL_SIZE
from checkdata.entrypoints.web.api.endpoint import CHANGES, PARTICIPANTS
from checkdata.entrypoints.web.gate import Ask

OPENAPI: Final = "/api/v1/openapi.json"

Schema = Mapping[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_OTHERS: Final[Mapping[str, Schema]] = {"academic_year": {"type": "string", "pattern": "^20[0-9]{2}$"}}
"""The schemas of filters whose values are not all known."""
_TEXT_OR_NULL: Final[Schema] = {"type": ["string", "null"]}
_MOMENT_OR_NULL: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}
_ROLES: Final = (Role.DELIVERY_PARTNER, Role.APPROPRIATE_BODY)
_CHANGE_COLUMNS: Final[Schema] = {
    "change": {"type": "string", "enum": list(CHANGE_LABELS.values())},
    "changed_on": _TEXT,
    "previous_status": _TEXT,
}


def document(ask: Ask) -> Response:
    """The document, for everybody; mounted below a path, it says below which."""
    prefix = ask.site.settings.base.path
    return JSONResponse({**openapi(), **({"servers": [{"url": prefix}]} if prefix else {})})


def openapi() -> Schema:
    """The document (OpenAPI 3.1)."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Check data for delivery partners",
            "version": "1",
            "description": "What schools told the Department for Education about your own participants, to read only.",
        },
        "security": [{"key": []}],
        "paths": {
            PARTICIPANTS: {"get": _participants()},
            CHANGES: {"get": _changes()},
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Problem": _object(
                    {
                        "title": _TEXT,
                        "status": {"type": "integer"},
                        "detail": _TEXT,
                        "errors": {"type": "object", "additionalProperties": _TEXT},
                    },
                    optional=("errors",),
                ),
                "Organisation": _object(
                    {"role": {"enum": [role.value for role in _ROLES]}, "id": _TEXT, "name": _TEXT}
                ),
                "PartnerParticipant": _row(Role.DELIVERY_PARTNER),
                "BodyParticipant": _row(Role.APPROPRIATE_BODY),
                "PartnerChange": _row(Role.DELIVERY_PARTNER, changed=True),
                "BodyChange": _row(Role.APPROPRIATE_BODY, changed=True),
                "Participants": _page(
                    "participants", "Participant", {"only_updated": {"type": "boolean"}, "updated_since": _TEXT_OR_NULL}
                ),
                "Changes": _page("changes", "Change", {"since": _MOMENT_OR_NULL}),
            },
        },
    }


def _participants() -> Schema:
    since = _word(
        "updated_since",
        "Only those who changed since: the updated_since of an earlier answer with this key, a day of London like "
        "2024-06-30 (its first moment), or a moment with its offset. Some who did not change may be among them, none "
        "who did is left out.",
    )
    return _operation("readParticipants", "Participants, in the order of names", [since], "Participants")


def _changes() -> Schema:
    since = {
        **_word("since", "A day of London like 2024-06-30 (its first moment), or a moment with its offset."),
        "required": True,
    }
    kind = _word("kind", "Only changes of this kind.", {"type": "string", "enum": [kind.value for kind in ChangeKind]})
    words = [since, kind]
    return _operation("readChanges", "What changed of the participants, the newest first", words, "Changes")


def _operation(name: str, summary: str, words: Sequence[Schema], answer: str) -> Schema:
    common = [
        _word("query", "A search, as in the list of the service.", {"type": "string", "maxLength": LONGEST_LIST}),
        *map(_filter_word, FILTERS),
        _word("per_page", f"How many rows; {USUAL_SIZE} unless set.", {"type": "integer", "enum": list(PAGE_SIZES)}),
        _word("cursor", "Where to read on; take the address in next instead of making one."),
    ]
    problems = {
        "400": "A word of the address is wrong; errors names it.",
        "401": "No key, or one that does not work.",
        "403": "The user under whose access the key is has no access.",
        "405": "Nothing can be changed here.",
        "429": "Too many requests with this key; Retry-After says when to ask again.",
        "503": "The service is closed or unavailable; Retry-After says when to ask again.",
    }
    if answer == "Changes":
        problems["409"] = "Data were imported since the first page. Begin again without a cursor."
    known = {"name": "If-None-Match", "in": "header", "schema": _TEXT, "description": "The ETag of an earlier answer."}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [*words, *common, known],
        "responses": {
            "200": {
                "description": "A page",
                "headers": {"ETag": {"schema": _TEXT}},
                "content": {"application/json": {"schema": _ref(answer)}},
            },
            "304": {"description": "The same as what has this ETag."},
            **{status: _problem(told) for status, told in sorted(problems.items())},
        },
    }


def _problem(told: str) -> Schema:
    return {"description": told, "content": {"application/problem+json": {"schema": _ref("Problem")}}}


def _filter_word(of: Filter) -> Schema:
    values = of.values if of.values and isinstance(of.values, tuple) else ()
    item = {"type": "string", "enum": [slug_text(value) for value in values]} if values else _OTHERS.get(of.name, _TEXT)
    roles = " and ".join(role.value.replace("_", " ") for role in of.roles)
    word = _word(of.name, f"{of.label}; for a {roles}. Several values: any of them.", {"type": "array", "items": item})
    return {**word, "style": "form", "explode": True}


def _word(name: str, told: str, schema: Schema = _TEXT) -> Schema:
    return {"name": name, "in": "query", "description": told, "schema": schema}


def _row(role: Role, *, changed: bool = False) -> Schema:
    fields = {column.name: _TEXT for column in columns_for(role)}
    if changed:
        kind = {"type": "string", "enum": [kind.value for kind in ChangeKind]}
        return _object({"participant_id": _TEXT, "kind": kind, **_CHANGE_COLUMNS, **fields})
    return _object({"participant_id": _TEXT, **fields})


def _page(name: str, of: str, more: Mapping[str, Schema]) -> Schema:
    either = [{"type": "array", "items": _ref(f"{whose}{of}")} for whose in ("Partner", "Body")]
    return _object(
        {
            "organisation": _ref("Organisation"),
            "data_as_of": _MOMENT_OR_NULL,
            "import": _TEXT_OR_NULL,
            **more,
            name: {"anyOf": either},
            "next": _TEXT_OR_NULL,
        }
    )


def _object(fields: Mapping[str, Schema], *, optional: Iterable[str] = ()) -> Schema:
    required = [name for name in fields if name not in optional]
    return {"type": "object", "properties": dict(fields), "required": required, "additionalProperties": False}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


if __name__ == "__main__":
    print(json.dumps(openapi(), indent=2, ensure_ascii=False))  # noqa: T201 - this is what it is for
