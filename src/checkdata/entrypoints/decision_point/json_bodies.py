"""Reads the body of a request as JSON, strictly (RFC 8259, and RFC 7493 about names that come twice)."""

import json
from typing import Any, Final

JSON: Final = "application/json"
NESTED_TOO_DEEPLY: Final = "The body is nested too deeply."


class MalformedQuestion(Exception):
    """The request is not one of the standard (400); the text says what to change, and holds nothing of the request."""


def check_is_json(content_type: str) -> None:
    """Raise `MalformedQuestion` unless this says JSON, in UTF-8 if it names an encoding."""
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    if kind != JSON or any(parameter not in {"", "charset=utf-8", 'charset="utf-8"'} for parameter in parameters):
        raise MalformedQuestion(f"The Content-Type must be {JSON}.")


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object that a body is; raises `MalformedQuestion` for anything else."""
    try:
        read = json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_refuse_constant)
    except MalformedQuestion:
        raise
    except RecursionError:
        raise MalformedQuestion(NESTED_TOO_DEEPLY) from None
    except ValueError:  # not UTF-8, not JSON, or a number of thousands of digits
        raise MalformedQuestion("The body must be JSON, in UTF-8.") from None
    if not isinstance(read, dict):
        raise MalformedQuestion("The body must be a JSON object.")
    return read


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that comes twice, because two readers of it could decide about different things."""
    read = dict(pairs)
    if len(read) < len(pairs):
        raise MalformedQuestion("An object in the body has the same name twice.")
    return read


def _refuse_constant(_word: str) -> Any:  # noqa: ANN401 - json's own
    raise MalformedQuestion("The body must be JSON: NaN and Infinity are not.")
