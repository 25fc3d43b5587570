"""What an answer has otherwise than a vector."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from checkdata.domain.access.predicate_json import Json
from checkdata.domain.typed_text import displayed

_LONGEST_SHOWN: Final = 200


def differences(expected: Json, answered: Json, place: str = "") -> Iterator[str]:
    """A sentence for each field of the expected answer that the other does not have, or has otherwise.

    Further fields are no difference, nor is the order of agreements or of the parts of a predicate, or a part twice.
    """
    for name, value in expected.items():
        at = f"{place}/{name}"
        if name not in answered:
            yield f"{at} is missing"
            continue
        told = answered[name]
        if isinstance(value, Mapping) and isinstance(told, Mapping) and name != "predicate":
            yield from differences(value, told, at)
        elif _comparable(name, value) != _comparable(name, told):
            yield f"{at}: expected {_shown(value)}, answered {_shown(told)}"


def _comparable(name: str, value: object) -> str:
    """As text, in which true is not 1."""
    if name == "agreement_ids" and isinstance(value, list):
        value = sorted(map(json.dumps, value))
    return json.dumps(_in_one_order(value) if name == "predicate" else value, sort_keys=True)


def _in_one_order(condition: object) -> object:
    if not isinstance(condition, Mapping):
        return condition
    parts = condition.get("value")
    if not isinstance(parts, list):
        return condition
    ordered = {json.dumps(part, sort_keys=True): part for part in map(_in_one_order, parts)}
    return {**condition, "value": [ordered[text] for text in sorted(ordered)]}


def _shown(value: object) -> str:
    text = displayed(json.dumps(value))
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
