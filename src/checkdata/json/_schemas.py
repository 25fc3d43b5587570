"""The JSON Schemas of the documents (draft 2020-12): read from the files that ship, or made of the declarations."""

import json
from importlib.resources import files
from typing import Final, Literal, get_args

from checkdata.domain.access.predicate_json import Json
from checkdata.domain.checked_fields import wrong_at
from checkdata.json._documents import ACTING, DECISION, FACTS, TRAINING_FACTS
from checkdata.json._objects import VERSION

SchemaName = Literal["acting", "decision", "facts", "predicate", "training_facts"]
"""The name of a document."""


def schema(name: SchemaName) -> Json:
    """The JSON Schema of a document, which ships as ``checkdata/json/schemas/NAME.json``; `InvalidValue` of another."""
    if name not in get_args(SchemaName):
        raise wrong_at("name", f"expected one of {', '.join(get_args(SchemaName))}")
    text = files("checkdata.json").joinpath("schemas", f"{name}.json").read_text(encoding="utf-8")
    shipped: Json = json.loads(text)
    return shipped


def _field(operator: str, value: Json) -> Json:
    """A condition on a field: with this operator, and such a value."""
    properties = {
        "type": {"const": "field"},
        "operator": {"const": operator},
        "field": {"type": "string"},
        "value": value,
    }
    return _object(properties)


def _compound(operators: Json, parts: Json) -> Json:
    return _object({"type": {"const": "compound"}, "operator": operators, "value": {"type": "array", **parts}})


def _object(properties: Json) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


def _pair(operator: str, first: Json, second: Json) -> Json:
    """A leaf that is written as two conditions."""
    return _compound({"const": operator}, {"prefixItems": [first, second], "items": False, "minItems": 2})


_NULL: Final[Json] = {"type": "null"}
_WHOLE: Final[Json] = {"type": "integer"}
_PREDICATE: Final[Json] = {
    "description": "A condition on the fields of a row, as UCAST has it.",
    "anyOf": [
        _field("eq", {"type": "string"}),
        _pair("or", _field("eq", _NULL), _field("eq", {"const": ""})),
        _pair("and", _field("ne", _NULL), _field("gte", _WHOLE)),
        _pair("and", _field("ne", _NULL), _field("lte", _WHOLE)),
        _compound({"enum": ["and", "or"]}, {"items": {"$ref": "#/$defs/predicate"}}),
    ],
}
_OF_PREDICATE: Final[Json] = {"$ref": "#/$defs/predicate"}


def made(name: SchemaName) -> Json:
    """The schema of a document as its declaration has it, which is what ships."""
    of_document = {document.name: document.schema for document in (ACTING, DECISION, FACTS, TRAINING_FACTS)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:checkdata:schema:{name}:{VERSION}",
        **of_document.get(name, _OF_PREDICATE),
        **({"$defs": {"predicate": _PREDICATE}} if name in ("decision", "predicate") else {}),
    }
