"""Requests made of the OpenAPI document, and others, get answers that it describes, and never an error of ours."""

from collections import Counter
from datetime import timedelta
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from checkdata.entrypoints.web.api.endpoint import CHANGES, PARTICIPANTS
from checkdata.entrypoints.web.api.openapi import OPENAPI
from tests.integration.web.programs import program_of
from tests.integration.web.world import World, with_feed_and_access

DESCRIBED: Final = (
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)


UNKNOWABLE: Final = ("cursor", "updated_since", "lead_provider", "induction_type", "query")
"""Words of which no document can say which are right: what was given before, of which scope and role, with a letter."""


def answers(place: str, mode: GenerationMode) -> Counter[int]:
    """How many generated requests got each status; raises where an answer is not as the document says."""
    world = with_feed_and_access(World())
    program = program_of(world)
    world.tick = timedelta(seconds=1)  # so that no limit is reached
    headers = {"Authorization": f"Bearer {program.secret}", "Host": "check.example"}
    app, statuses = program.client.http.app, Counter[int]()
    operation: Any = schemathesis.openapi.from_asgi(OPENAPI, app, headers={"Host": "check.example"})[place]["GET"]

    @settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:  # noqa: ANN401 - schemathesis's own
        if mode is GenerationMode.POSITIVE:
            known = {name: word for name, word in case.query.items() if name not in UNKNOWABLE}
            case.query = {**known, "since": "2024-01-01"} if place == CHANGES else known
        response = case.call(headers=headers)
        case.validate_response(response, checks=DESCRIBED)
        statuses[response.status_code] += 1

    ask()
    return statuses


@pytest.mark.parametrize("place", [PARTICIPANTS, CHANGES])
def test_what_the_document_allows_is_answered_as_it_says(place: str) -> None:
    assert set(answers(place, GenerationMode.POSITIVE)) == {200}


@pytest.mark.parametrize("place", [PARTICIPANTS, CHANGES])
def test_what_the_document_does_not_allow_is_refused_as_it_says(place: str) -> None:
    assert answers(place, GenerationMode.NEGATIVE)[400]
