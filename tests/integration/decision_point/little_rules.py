"""A decision point over the few rules that the certification scenario asks for, and nothing of ours."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeVar

from attrs import define, field

from checkdata.domain.services.access.answer_services import Asker
from checkdata.domain.sign_in.api_keys import Question
from checkdata.entrypoints.decision_point.ports import AskedTooMuch, KeyRefused, NotForThisKey
from checkdata.entrypoints.decision_point.questions import (
    Action,
    ActionSearch,
    Decision,
    Evaluation,
    Resource,
    ResourceSearch,
    Results,
    Semantic,
    Slice,
    Subject,
    SubjectSearch,
)

Entity = TypeVar("Entity")

KEY: Final = "a-key"
SUBJECTS: Final = (
    Subject(type="user", id="alice"),
    Subject(type="user", id="bob", properties={"role": "admin"}),
)
RESOURCES: Final = (
    Resource(type="record", id="record-1", properties={"status": "active"}),
    Resource(type="record", id="record-2", properties={"status": "archived"}),
)
ACTIONS: Final = tuple(Action(name=name) for name in ("read", "write"))


def allowed(subject: Subject, action: Action, resource: Resource) -> bool:
    """The rules: alice writes what is not archived, an administrator what is; both read, and alice deletes softly."""
    known = any((each.type, each.id) == (subject.type, subject.id) for each in SUBJECTS)
    if not known or not any((each.type, each.id) == (resource.type, resource.id) for each in RESOURCES):
        return False
    archived = resource.properties.get("status") == "archived"
    match action.name:
        case "read":
            return True
        case "write":
            return subject.properties.get("role") == "admin" if archived else subject.id == "alice"
        case _:
            return action.name == "delete" and subject.id == "alice" and action.properties.get("soft") is True


@define
class LittleRules:
    """Conforms to the port; ``asked`` are the requests that reached it, by their callers."""

    asked: list[tuple[Asker, object]] = field(factory=list)

    def look_up(self, _asked: Evaluation, _key: str, /) -> None:
        return None

    def evaluate(self, caller: Asker, asked: Evaluation, _found: object = None, /) -> Decision:
        self.asked.append((caller, asked))
        return _decided(asked)

    def evaluate_all(self, caller: Asker, asked: list[Evaluation], semantic: Semantic, /) -> list[Decision]:
        self.asked.append((caller, asked))
        decided = []
        for each in asked:
            decided.append(_decided(each))
            if semantic.ends_with(allowed=decided[-1].allowed):
                break
        return decided

    def search_subjects(self, caller: Asker, asked: SubjectSearch, part: Slice, /) -> Results[Subject]:
        self.asked.append((caller, asked))
        known = [each for each in SUBJECTS if each.type == asked.subject.type]
        may = [each for each in known if allowed(each, asked.action, asked.resource)]
        return _cut(may, part, lambda each: each.id)

    def search_resources(self, caller: Asker, asked: ResourceSearch, part: Slice, /) -> Results[Resource]:
        self.asked.append((caller, asked))
        known = [each for each in RESOURCES if each.type == asked.resource.type]
        may = [each for each in known if allowed(asked.subject, asked.action, each)]
        return _cut(may, part, lambda each: each.id)

    def search_actions(self, caller: Asker, asked: ActionSearch, part: Slice, /) -> Results[Action]:
        self.asked.append((caller, asked))
        may = [each for each in ACTIONS if allowed(asked.subject, each, asked.resource)]
        return _cut(may, part, lambda each: each.name)


def _decided(asked: Evaluation) -> Decision:
    return Decision(allowed=allowed(asked.subject, asked.action, asked.resource))


def _cut(found: Iterable[Entity], part: Slice, id_of: Callable[[Entity], str]) -> Results[Entity]:
    behind: Sequence[Entity] = [each for each in found if part.after is None or id_of(each) > part.after]
    return Results(entities=behind[: part.limit], more=len(behind) > part.limit)


@define
class LittleDoor:
    """Admits the services with these keys; a test changes what they may."""

    services: dict[str, str] = field(factory=lambda: {KEY: "register", "another-key": "payments"})
    may: set[Question] = field(factory=lambda: set(Question))
    left: int = 1000

    @contextmanager
    def admit(self, key: str, question: Question, _found: object = None, /) -> Iterator[Asker]:
        if key not in self.services:
            raise KeyRefused("This key is not known.")
        if question not in self.may:
            raise NotForThisKey("This key is not for that.")
        self.left -= 1
        if self.left < 0:
            raise AskedTooMuch(30)
        yield Asker(key_id=f"id of {key}", service=self.services[key])
