"""Predicates as JSON: UCAST, the conditions that readers in other languages evaluate or translate into their queries.

A field condition is ``{"type": "field", "operator": "eq", "field": …, "value": …}``, a compound one
``{"type": "compound", "operator": "and", "value": […]}``. Only ``eq``, ``ne``, ``gte``, ``lte``, ``and`` and ``or`` are
used. Where a number is compared, ``ne`` null stands before it, because null is 0 in some languages.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from checkdata.domain.access.predicates import AllOf, AnyOf, AtLeast, AtMost, Blank, Equals, Predicate, fold
from checkdata.domain.checked_fields import wrong_at

Json = Mapping[str, Any]
"""An object of JSON."""

DEEPEST: Final = 100
"""How deep a tree that is read may be; a scope's is three deep."""


class _Written:
    """Writes each kind of predicate."""

    def equals(self, field: str, value: str) -> Json:
        return _field("eq", field, value)

    def blank(self, field: str) -> Json:
        return _compound("or", [_field("eq", field, None), _field("eq", field, "")])

    def at_least(self, field: str, value: int) -> Json:
        return _compound("and", [_field("ne", field, None), _field("gte", field, value)])

    def at_most(self, field: str, value: int) -> Json:
        return _compound("and", [_field("ne", field, None), _field("lte", field, value)])

    def all_of(self, parts: Sequence[Json]) -> Json:
        return _compound("and", parts)

    def any_of(self, parts: Sequence[Json]) -> Json:
        return _compound("or", parts)


def _field(operator: str, field: str, value: str | int | None) -> Json:
    return {"type": "field", "operator": operator, "field": field, "value": value}


def _compound(operator: str, parts: Sequence[Json]) -> Json:
    return {"type": "compound", "operator": operator, "value": [*parts]}


def to_json(predicate: Predicate) -> Json:
    """The predicate as UCAST, of objects, lists, texts, numbers and None, as `json.dumps` takes them."""
    return fold(predicate, _Written())


def from_json(condition: Json) -> Predicate:
    """The predicate that `to_json` wrote; `InvalidValue` for any other condition, which names the place."""
    return read_condition(condition, "")


def read_condition(condition: object, at: str, deep: int = 0) -> Predicate:
    """The predicate at a place of a document, so many trees deep."""
    match condition:
        case {"type": "field", "operator": "eq", "field": str(field), "value": str(value), **rest} if not rest:
            return Equals(field, value)
        case {"type": "compound", "operator": "and" | "or" as operator, "value": [*parts], **rest} if not rest:
            if leaf := _leaf(operator, parts):
                return leaf
            if deep == DEEPEST:
                raise wrong_at(at, f"no tree is more than {DEEPEST} deep")
            kind = AllOf if operator == "and" else AnyOf
            return kind([read_condition(part, f"{at}/value/{number}", deep + 1) for number, part in enumerate(parts)])
        case _:
            raise wrong_at(at, "this is not a condition that to_json writes")


def _leaf(operator: str, parts: Sequence[Any]) -> Predicate | None:
    """The leaf that is written as these two conditions; None where they are the parts of a tree."""
    match operator, parts:
        case "or", [{"field": str(field), "value": None}, _]:
            leaf: Predicate = Blank(field)
        case "and", [_, {"operator": "gte", "field": str(field), "value": int(value)}] if type(value) is int:
            leaf = AtLeast(field, value)
        case "and", [_, {"operator": "lte", "field": str(field), "value": int(value)}] if type(value) is int:
            leaf = AtMost(field, value)
        case _:
            return None
    return leaf if to_json(leaf) == _compound(operator, parts) else None
