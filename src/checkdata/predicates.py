"""The tree of conditions that a scope is, to read, to translate and to send to services in other languages."""

from checkdata.domain.access.predicate_json import from_json, to_json
from checkdata.domain.access.predicates import (
    AllOf,
    AnyOf,
    AtLeast,
    AtMost,
    Blank,
    Equals,
    Predicate,
    Visitor,
    fold,
    holds,
)

__all__ = [
    "AllOf",
    "AnyOf",
    "AtLeast",
    "AtMost",
    "Blank",
    "Equals",
    "Predicate",
    "Visitor",
    "fold",
    "from_json",
    "holds",
    "to_json",
]
