"""Reads the questions of the standard out of JSON objects; unknown fields are ignored, as it demands."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from checkdata.entrypoints.decision_point.json_bodies import MalformedQuestion
from checkdata.entrypoints.decision_point.limits import LARGEST_PAGE, MOST_EVALUATIONS, PAGE_SIZE
from checkdata.entrypoints.decision_point.questions import (
    Action,
    ActionSearch,
    Evaluation,
    Properties,
    Resource,
    ResourceSearch,
    Semantic,
    Subject,
    SubjectSearch,
    Wanted,
)

_IDENTIFYING: Final[Mapping[str, Sequence[str]]] = {
    "subject": ("type", "id"),
    "action": ("name",),
    "resource": ("type", "id"),
}
"""The entities, and the fields without which one is not known."""

ENTITIES: Final = (*_IDENTIFYING, "context")
"""The fields of an evaluation."""


@frozen
class MalformedEvaluation:
    """One of several evaluations that can't be read, and why."""

    message: str


@frozen(kw_only=True)
class Evaluations:
    """Several evaluations in one request, in order."""

    parts: Sequence[Evaluation | MalformedEvaluation]
    semantic: Semantic


@frozen(kw_only=True)
class AskedPage:
    """The page that a search asks for: the token of the one before, and how many results it may have at most.

    ``limit`` is None if the request has none.
    """

    token: str
    limit: int | None

    @property
    def size(self) -> int:
        """How many results the first page has at most."""
        return PAGE_SIZE if self.limit is None else min(self.limit, LARGEST_PAGE)


def evaluation_in(told: Mapping[str, Any]) -> Evaluation:
    """One evaluation; raises `MalformedQuestion`."""
    return Evaluation(
        subject=_subject(told), action=_action(told), resource=_resource(told), context=_properties(told, "context")
    )


def evaluations_in(told: Mapping[str, Any]) -> Evaluation | Evaluations:
    """Several evaluations with what they have in common, or one if there is no list; raises `MalformedQuestion`."""
    items = told.get("evaluations", [])
    if not isinstance(items, list):
        raise MalformedQuestion("evaluations: must be an array.")
    semantic = _semantic(_properties(told, "options"))
    if not items:
        return evaluation_in(told)
    if len(items) > MOST_EVALUATIONS:
        raise MalformedQuestion(f"evaluations: one request may have {MOST_EVALUATIONS} at most.")
    common = {name: _properties(told, name) for name in ENTITIES if name in told}
    return Evaluations(parts=[_part(common, item) for item in items], semantic=semantic)


def subject_search_in(told: Mapping[str, Any]) -> SubjectSearch:
    """A search for subjects; raises `MalformedQuestion`."""
    return SubjectSearch(
        subject=_wanted(told, "subject"),
        action=_action(told),
        resource=_resource(told),
        context=_properties(told, "context"),
    )


def resource_search_in(told: Mapping[str, Any]) -> ResourceSearch:
    """A search for resources; raises `MalformedQuestion`."""
    return ResourceSearch(
        subject=_subject(told),
        action=_action(told),
        resource=_wanted(told, "resource"),
        context=_properties(told, "context"),
    )


def action_search_in(told: Mapping[str, Any]) -> ActionSearch:
    """A search for actions; raises `MalformedQuestion`."""
    return ActionSearch(subject=_subject(told), resource=_resource(told), context=_properties(told, "context"))


def page_in(told: Mapping[str, Any]) -> AskedPage:
    """The page that a search asks for; raises `MalformedQuestion`."""
    page = _properties(told, "page")
    token = page.get("token", "")
    if not isinstance(token, str):
        raise MalformedQuestion("page.token: must be a string.")
    _properties(page, "properties", "page.properties")
    return AskedPage(token=token, limit=_whole(page["limit"]) if "limit" in page else None)


def _whole(limit: object) -> int:
    """A whole number as JSON may write it: 10 and 10.0 are one."""
    number = int(limit) if isinstance(limit, float) and limit.is_integer() else limit
    if type(number) is not int or number < 0:
        raise MalformedQuestion("page.limit: must be a whole number, 0 or more.")
    return number


def _part(common: Mapping[str, Any], item: object) -> Evaluation | MalformedEvaluation:
    if not isinstance(item, dict):
        return MalformedEvaluation("It must be an object.")
    try:
        return evaluation_in({**common, **{name: _merged(name, common, item) for name in ENTITIES if name in item}})
    except MalformedQuestion as error:
        return MalformedEvaluation(str(error))


def _merged(name: str, common: Mapping[str, Any], item: Mapping[str, Any]) -> object:
    """An entity of one evaluation: it replaces the common one, which only lends it what it can't do without."""
    own = item[name]
    if not isinstance(own, dict):
        return own
    lent = {key: common[name][key] for key in _IDENTIFYING.get(name, ()) if key in common.get(name, {})}
    return {**lent, **own}


def _semantic(options: Properties) -> Semantic:
    try:
        return Semantic(options.get("evaluations_semantic", Semantic.EXECUTE_ALL.value))
    except ValueError:
        words = ", ".join(each.value for each in Semantic)
        raise MalformedQuestion(f"options.evaluations_semantic: must be one of {words}.") from None


def _subject(told: Mapping[str, Any]) -> Subject:
    entity, (kind, identifier) = _entity(told, "subject")
    return Subject(type=kind, id=identifier, properties=_properties(entity, "properties", "subject.properties"))


def _resource(told: Mapping[str, Any]) -> Resource:
    entity, (kind, identifier) = _entity(told, "resource")
    return Resource(type=kind, id=identifier, properties=_properties(entity, "properties", "resource.properties"))


def _action(told: Mapping[str, Any]) -> Action:
    entity, (name,) = _entity(told, "action")
    return Action(name=name, properties=_properties(entity, "properties", "action.properties"))


def _wanted(told: Mapping[str, Any], name: str) -> Wanted:
    """What is searched for; the id of it is ignored, as the standard demands."""
    entity = _object(told, name)
    kind = _text(entity, name, "type")
    return Wanted(type=kind, properties=_properties(entity, "properties", f"{name}.properties"))


def _entity(told: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], Sequence[str]]:
    entity = _object(told, name)
    return entity, [_text(entity, name, part) for part in _IDENTIFYING[name]]


def _object(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    if name not in told:
        raise MalformedQuestion(f"{name}: is missing.")
    return _properties(told, name)


def _properties(told: Mapping[str, Any], name: str, called: str = "") -> Properties:
    """The object under a name, empty if there is none."""
    found = told.get(name, {})
    if not isinstance(found, dict):
        raise MalformedQuestion(f"{called or name}: must be an object.")
    return found


def _text(entity: Mapping[str, Any], name: str, part: str) -> str:
    if part not in entity:
        raise MalformedQuestion(f"{name}.{part}: is missing.")
    if not isinstance(entity[part], str):
        raise MalformedQuestion(f"{name}.{part}: must be a string.")
    text: str = entity[part]
    return text
