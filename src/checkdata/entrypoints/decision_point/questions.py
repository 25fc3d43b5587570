"""What the standard lets a service ask, and what it gets for an answer."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final, Generic, TypeVar

from attrs import field, frozen

Entity_co = TypeVar("Entity_co", covariant=True)

Properties = Mapping[str, Any]
"""What a caller, or an answer, tells of an entity beside its id: any JSON."""


@frozen(kw_only=True)
class _Entity:
    """What a caller or an answer names; its id is unique among its type."""

    type: str
    id: str
    properties: Properties = field(factory=dict)


@frozen(kw_only=True)
class Subject(_Entity):
    """Who acts."""


@frozen(kw_only=True)
class Action:
    """What they do."""

    name: str
    properties: Properties = field(factory=dict)


@frozen(kw_only=True)
class Resource(_Entity):
    """What they do it with."""


@frozen(kw_only=True)
class Wanted:
    """The subjects or resources that are searched for: those of a type."""

    type: str
    properties: Properties = field(factory=dict)


@frozen(kw_only=True)
class _Question:
    """A question, and what a caller tells of the moment in which it asks."""

    context: Properties = field(factory=dict)


@frozen(kw_only=True)
class Evaluation(_Question):
    """Asks whether a subject may."""

    subject: Subject
    action: Action
    resource: Resource


@frozen(kw_only=True)
class Decision:
    """Yes or no, and what the caller may go by: ``context`` is any JSON object."""

    allowed: bool
    context: Properties = field(factory=dict)


class Semantic(Enum):
    """How far a list of evaluations is gone through."""

    EXECUTE_ALL = "execute_all"
    DENY_ON_FIRST_DENY = "deny_on_first_deny"
    PERMIT_ON_FIRST_PERMIT = "permit_on_first_permit"

    def ends_with(self, *, allowed: bool) -> bool:
        """Whether nothing behind such a decision is asked."""
        return self is _ENDING_WITH[allowed]


_ENDING_WITH: Final = {False: Semantic.DENY_ON_FIRST_DENY, True: Semantic.PERMIT_ON_FIRST_PERMIT}


@frozen(kw_only=True)
class SubjectSearch(_Question):
    """Asks who may."""

    subject: Wanted
    action: Action
    resource: Resource


@frozen(kw_only=True)
class ResourceSearch(_Question):
    """Asks with which resources a subject may."""

    subject: Subject
    action: Action
    resource: Wanted


@frozen(kw_only=True)
class ActionSearch(_Question):
    """Asks what a subject may do."""

    subject: Subject
    resource: Resource


@frozen(kw_only=True)
class Slice:
    """Which of the results a page has: at most ``limit`` of those behind ``after`` (None: from the first one)."""

    limit: int
    after: str | None = None


@frozen(kw_only=True)
class Results(Generic[Entity_co]):
    """A slice of what a search finds, and whether more of it comes behind."""

    entities: Sequence[Entity_co]
    more: bool
