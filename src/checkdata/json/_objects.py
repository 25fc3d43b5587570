"""Objects in JSON: the fields of a class, one of several classes that a tag tells apart, and a whole document."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

from attrs import NOTHING, field, fields_dict, frozen

from checkdata.domain.access.predicate_json import Json
from checkdata.domain.checked_fields import check_type, wrong_at
from checkdata.domain.errors import InvalidValue
from checkdata.json._kinds import Kind

T = TypeVar("T")

VERSION: Final = 1
"""The version of every document; it changes where a reader would misread the next one."""

_LONGEST_SHOWN: Final = 40


@frozen
class ObjectOf:
    """The fields of a class, of which one with a default may be left out; *make* is what builds the value of them."""

    python_type: type
    fields: Mapping[str, Kind]
    make: Callable[..., Any] | None = None
    required: Sequence[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Look once which fields have no default."""
        of_class = fields_dict(self.python_type)
        required = [name for name in self.fields if of_class[name].default is NOTHING]
        object.__setattr__(self, "required", required)

    @property
    def types(self) -> tuple[type, ...]:
        """The class."""
        return (self.python_type,)

    def read(self, value: object, at: str) -> Any:  # noqa: ANN401 - a value of the class
        """The value of the class that has these fields."""
        given = _object(value, at)
        self._check_names(given, at)
        parts = {name: kind.read(given[name], f"{at}/{name}") for name, kind in self.fields.items() if name in given}
        try:
            return (self.make or self.python_type)(**parts)
        except InvalidValue as refusal:
            raise wrong_at(at, str(refusal)) from None

    def _check_names(self, given: Mapping[object, object], at: str) -> None:
        for name in given:
            if name not in self.fields:
                raise wrong_at(f"{at}/{_shown(name)}", f"is not one of the fields: {', '.join(self.fields) or 'none'}")
        for name in self.required:
            if name not in given:
                raise wrong_at(f"{at}/{name}", "is missing")

    def write(self, value: object, at: str) -> dict[str, object]:
        """All of its fields."""
        check_type(at, value, self.python_type)
        return {name: kind.write(getattr(value, name), f"{at}/{name}") for name, kind in self.fields.items()}

    @property
    def schema(self) -> Json:
        """What each field looks like, and that there are no others."""
        return {
            "type": "object",
            "properties": {name: kind.schema for name, kind in self.fields.items()},
            "required": self.required,
            "additionalProperties": False,
        }


@frozen
class OneOf:
    """One of several classes, which the word of a field tells apart."""

    tag: str
    kinds: Mapping[str, ObjectOf]

    @property
    def types(self) -> tuple[type, ...]:
        """The classes."""
        return tuple(kind.python_type for kind in self.kinds.values())

    def read(self, value: object, at: str) -> Any:  # noqa: ANN401 - a value of one of the classes
        """The value of the class that the word tells."""
        given = _object(value, at)
        word = given.get(self.tag)
        if not isinstance(word, str) or word not in self.kinds:
            raise wrong_at(f"{at}/{self.tag}", f"expected one of {', '.join(self.kinds)}")
        return self.kinds[word].read(_without(given, self.tag), at)

    def write(self, value: object, at: str) -> dict[str, object]:
        """The word of its class, and all of its fields."""
        check_type(at, value, *self.types)
        word, kind = next((word, kind) for word, kind in self.kinds.items() if isinstance(value, kind.python_type))
        return {self.tag: word, **kind.write(value, at)}

    @property
    def schema(self) -> Json:
        """What each class looks like."""
        return {"oneOf": [_with(kind.schema, self.tag, {"const": word}) for word, kind in self.kinds.items()]}


@frozen
class Document(Generic[T]):
    """An object that stands by itself, and so has a version."""

    name: str
    kind: ObjectOf | OneOf

    def read(self, document: object) -> T:
        """The value that the document is of."""
        given = _object(document, "")
        version = given.get("version")
        if type(version) is not int or version != VERSION:
            raise wrong_at("/version", f"expected {VERSION}")
        value: T = self.kind.read(_without(given, "version"), "")
        return value

    def write(self, value: T) -> dict[str, object]:
        """The document of a value."""
        check_type(self.name, value, *self.kind.types)
        return {"version": VERSION, **self.kind.write(value, "")}

    @property
    def schema(self) -> Json:
        """What the document looks like."""
        return _with(self.kind.schema, "version", {"const": VERSION})


def _object(value: object, at: str) -> Mapping[object, object]:
    if not isinstance(value, Mapping):
        raise wrong_at(at, "expected an object")
    return value


def _without(given: Mapping[object, object], name: str) -> Mapping[object, object]:
    return {key: value for key, value in given.items() if key != name}


def _with(schema: Json, name: str, described: Json) -> Json:
    """The schema of objects that have one field more, which comes first."""
    if "oneOf" in schema:
        return {"oneOf": [_with(each, name, described) for each in schema["oneOf"]]}
    properties: Json = {name: described, **schema["properties"]}
    required: Sequence[str] = [name, *schema["required"]]
    return {**schema, "properties": properties, "required": required}


def _shown(name: object) -> str:
    """A name that is not ours, where it looks like a field's; else it may be anything, and is not shown."""
    looks_like_one = isinstance(name, str) and name.isascii() and name.isidentifier() and len(name) <= _LONGEST_SHOWN
    return str(name) if looks_like_one else "?"
