"""The vectors that ship: what they are about, and that they are true today."""

import json
from collections.abc import Mapping
from typing import Any, Final, get_args

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry, Resource

from checkdata.domain.access.decision import RULES_VERSION, Reason
from checkdata.domain.training.states import TrainingState
from checkdata.domain.training.statuses import Status
from checkdata.entrypoints.conformance.answers import ANSWERS, answer_to
from checkdata.entrypoints.conformance.differences import differences
from checkdata.entrypoints.conformance.vectors import SCHEMA, VECTORS, Case, cases
from checkdata.json import SchemaName, schema
from tests.vectors.__main__ import drawn
from tests.vectors.edges import EDGES, edges_of
from tests.vectors.worlds import decisions

CASES: Final = cases()
LARGEST: Final = 1_000_000
LONGEST_LINE: Final = 16_000
"""What a pipe takes on every system, so that a question never waits for a command that answers another one."""


def of_kind(kind: str) -> list[Case]:
    return [case for case in CASES if case.kind == kind]


@pytest.mark.parametrize("kind", ANSWERS)
def test_each_answer_is_that_of_todays_rules(kind: str) -> None:
    wrong = {case.id: [*differences(case.answer, answer_to(case.question))] for case in of_kind(kind)}
    assert {case: found for case, found in wrong.items() if found} == {}


@pytest.mark.parametrize("kind", EDGES)
def test_each_edge_has_a_vector(kind: str) -> None:
    had = {edge for case in of_kind(kind) for edge in edges_of(dict(case.question), dict(case.answer))}
    assert sorted(EDGES[kind] - had) == []


def test_the_edges_that_a_vector_names_are_its_edges() -> None:
    for case in CASES:
        assert case.edges
        assert set(case.edges) <= set(edges_of(dict(case.question), dict(case.answer)))


def test_each_reason_each_state_and_each_status_is_an_answer() -> None:
    assert {case.answer["decision"].get("reason") for case in of_kind("decision")} == {
        None,
        *(reason.value for reason in Reason),
    }
    assert {case.answer["state"] for case in of_kind("status")} == {state.value for state in TrainingState}
    assert {case.answer["status"] for case in of_kind("status")} == {status.value for status in Status}


def test_the_file_is_as_its_schema_says() -> None:
    file = json.loads(VECTORS.read_text(encoding="utf-8"))
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")), registry=registry()).validate(file)
    assert file["rules_version"] == RULES_VERSION


def registry() -> Registry[Mapping[str, Any]]:
    """The schemas of `checkdata.json`, by the names that the schema of the vectors has for them."""
    documents = (Resource.from_contents(schema(name)) for name in get_args(SchemaName))
    return Registry().with_resources((document.id() or "", document) for document in documents)


def test_an_answer_that_is_not_of_its_question_is_not_as_the_schema_says() -> None:
    file = json.loads(VECTORS.read_text(encoding="utf-8"))
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")), registry=registry())
    file["cases"][0]["answer"] = {"state": "left"}
    assert not validator.is_valid(file)


def test_the_file_is_small_and_each_of_its_characters_can_be_told() -> None:
    text = VECTORS.read_text(encoding="utf-8")
    assert len(text) < LARGEST
    assert text.isascii()
    assert max(len(json.dumps(case.question)) for case in CASES) < LONGEST_LINE


def test_a_vector_has_an_id_of_its_own() -> None:
    assert len({case.id for case in CASES}) == len(CASES)


def test_the_same_questions_are_drawn_again() -> None:
    assert drawn(decisions(), 20) == drawn(decisions(), 20)
