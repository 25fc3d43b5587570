"""The vectors: questions, and the answers of the rules of this version."""

import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any, Final

from attrs import frozen

from checkdata.domain.access.predicate_json import Json

VECTORS: Final = files(__package__).joinpath("vectors-1.json")
"""The file; another number where a reader of this one would misread it."""

SCHEMA: Final = files(__package__).joinpath("vectors-1.schema.json")
"""Its JSON Schema (draft 2020-12)."""


@frozen
class Case:
    """A question and its answer; ``edges`` say in words what is there to be got wrong."""

    id: str
    edges: tuple[str, ...]
    question: Json
    answer: Json

    @property
    def kind(self) -> str:
        """What is asked for, such as "decision"."""
        return str(self.question["ask"])


def cases(kinds: Iterable[str] = ()) -> Sequence[Case]:
    """The vectors that ship, or those of some kinds."""
    file: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
    read = [Case(case["id"], tuple(case["edges"]), case["question"], case["answer"]) for case in file["cases"]]
    wanted = frozenset(kinds) or {case.kind for case in read}
    return [case for case in read if case.kind in wanted]
