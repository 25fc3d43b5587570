"""The scenario by which the standard's foundation certifies decision points, level by level."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.integration.decision_point.conftest import BASE, Wire

CASES: Final[list[dict[str, Any]]] = json.loads(Path(__file__).with_name("certification.json").read_text())
ALLOWED: Final = {
    "subject": {"type": "user", "id": "alice"},
    "action": {"name": "read"},
    "resource": {"type": "record", "id": "record-1"},
}
SUBJECTS: Final = {**ALLOWED, "subject": {"type": "user"}}


@pytest.mark.parametrize("case", CASES, ids=[f"{case['level']}: {case['section']}" for case in CASES])
def test_each_request_of_the_scenario_is_answered_as_it_demands(wire: Wire, case: dict[str, Any]) -> None:
    response = wire.ask(case["endpoint"], case["body"])
    expected = case["expect"]
    assert response.status_code == expected.get("status", 200)
    assert response.headers["content-type"] == "application/json"
    told = response.json()
    match expected:
        case {"status": _}:
            assert isinstance(told, str)
        case {"decision": decision}:
            assert told["decision"] is decision
        case {"decisions": decisions}:
            given = [each["decision"] for each in told["evaluations"]]
            assert len(given) == len(decisions)
            assert all(
                type(one) is bool and wanted in {None, one} for one, wanted in zip(given, decisions, strict=True)
            )
        case {"nothing": True}:
            assert told["results"] == []
        case {"results": wanted, "type": kind}:
            assert {each["type"] for each in told["results"]} == {kind}
            assert set(wanted) <= {each["id"] for each in told["results"]}
        case {"results": wanted}:
            assert set(wanted) <= {each["name"] for each in told["results"]}


@pytest.mark.parametrize(
    "content_type", ["text/plain", "text/json", "application/jsonp", "application/json; charset=utf-16", ""]
)
def test_another_content_type_is_malformed(wire: Wire, content_type: str) -> None:
    assert wire.send("evaluation", json.dumps(ALLOWED).encode(), content_type).status_code == 400


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON", "application/json; charset=utf-8"])
def test_json_in_utf_8_is_read(wire: Wire, content_type: str) -> None:
    assert wire.send("evaluation", json.dumps(ALLOWED).encode(), content_type).json()["decision"] is True


@pytest.mark.parametrize("content", [b"", b"{", b"{,}", b'{"subject":', b"[]", b'"alice"', b"null"])
def test_what_is_no_json_object_is_malformed(wire: Wire, content: bytes) -> None:
    assert wire.send("evaluation", content).status_code == 400


@pytest.mark.parametrize("given", ["bfe9eb29-ab87-4ca3-be83-a1d5d8305716", "1", "ein Wort & zwei; <3", "x" * 500])
@pytest.mark.parametrize("body", [ALLOWED, {}])
def test_the_callers_request_id_comes_back_as_it_was(wire: Wire, given: str, body: object) -> None:
    response = wire.ask("evaluation", body, headers={"X-Request-ID": given})
    assert response.headers.get_list("x-request-id") == [given]


def test_a_request_without_an_id_gets_one(wire: Wire) -> None:
    assert wire.ask("evaluation", ALLOWED).headers["x-request-id"]


def test_the_same_question_gets_the_same_answer_each_time(wire: Wire) -> None:
    assert len({wire.ask("evaluation", ALLOWED).content for _ in range(5)}) == 1


def test_a_search_is_gone_through_by_its_tokens(wire: Wire) -> None:
    first = wire.ask("search/subject", {**SUBJECTS, "page": {"limit": 1}}).json()
    second = wire.ask("search/subject", {**SUBJECTS, "page": {"token": first["page"]["next_token"]}}).json()
    assert [each["id"] for each in (*first["results"], *second["results"])] == ["alice", "bob"]
    assert first["page"]["next_token"] != ""
    assert second["page"] == {"next_token": "", "count": 1}


def test_the_metadata_says_where_everything_is(wire: Wire) -> None:
    response = wire.http.get("/.well-known/authzen-configuration")
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    told = response.json()
    assert told.pop("policy_decision_point") == str(BASE)
    paths = {name: address.removeprefix(f"{BASE}/access/v1/") for name, address in told.items()}
    assert paths == {
        "access_evaluation_endpoint": "evaluation",
        "access_evaluations_endpoint": "evaluations",
        "search_subject_endpoint": "search/subject",
        "search_resource_endpoint": "search/resource",
        "search_action_endpoint": "search/action",
    }


def test_the_scenario_is_there_whole() -> None:
    levels = {case["level"] for case in CASES}
    assert levels == {f"{level} {part}" for level in ("basic", "batch", "search") for part in ("core", "properties")}
    assert len(CASES) == 47
