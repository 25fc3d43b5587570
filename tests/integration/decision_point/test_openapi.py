"""The OpenAPI document is what is answered: what it allows gets an answer that it describes, and all else none."""

from collections import Counter
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from schemathesis import GenerationMode

from checkdata.entrypoints.decision_point.participants import ParticipantDecisions
from checkdata.entrypoints.decision_point.ports import DecisionPoint
from tests.integration.decision_point.conftest import Wire
from tests.integration.decision_point.little_rules import KEY, LittleRules
from tests.integration.web.world import World, with_feed_and_access

ASKED: Final = ("evaluation", "evaluations", "search/subject", "search/resource", "search/action")
HEADERS: Final = {"Authorization": f"Bearer {KEY}"}


def ours() -> DecisionPoint:
    composed = with_feed_and_access(World()).composed
    return ParticipantDecisions(services=composed.answer_services, use_keys=composed.use_keys)


def answers(point: DecisionPoint, endpoint: str, mode: GenerationMode) -> Counter[int]:
    """How many generated requests got each status; raises where an answer is not as the document says."""
    wire, statuses = Wire(point), Counter[int]()
    wire.door.left = 10**6
    operation: Any = schemathesis.openapi.from_asgi("/openapi.json", wire.http.app)[f"/access/v1/{endpoint}"]["POST"]

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:  # noqa: ANN401 - schemathesis's own
        if mode is GenerationMode.POSITIVE:
            _without_token(case)
        response = case.call(headers=HEADERS)
        case.validate_response(response, headers=HEADERS)
        statuses[response.status_code] += 1

    ask()
    return statuses


def _without_token(case: Any) -> None:  # noqa: ANN401 - as above
    """No document can say which tokens a search gave before."""
    if isinstance(case.body, dict) and isinstance(case.body.get("page"), dict):
        case.body["page"].pop("token", None)


@pytest.mark.parametrize("endpoint", ASKED)
@pytest.mark.parametrize("point", [LittleRules, ours])
def test_what_the_document_allows_is_answered_as_it_says(point: Any, endpoint: str) -> None:  # noqa: ANN401
    assert set(answers(point(), endpoint, GenerationMode.POSITIVE)) == {200}


@pytest.mark.parametrize("endpoint", ASKED)
def test_what_the_document_does_not_allow_is_refused(endpoint: str) -> None:
    assert answers(LittleRules(), endpoint, GenerationMode.NEGATIVE)[400]


def test_the_schemas_of_the_document_are_schemas(wire: Wire) -> None:
    document = wire.http.get("/openapi.json").json()
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    paths = {path.removeprefix("/access/v1/") for path in document["paths"] if path.startswith("/access/")}
    assert paths == set(ASKED)
