"""What the standard leaves to a decision point: limits, keys, tokens, and what can't be read."""

import json
from typing import Any, Final

import pytest

from checkdata.domain.services.access.answer_services import Asker
from checkdata.domain.sign_in.api_keys import Question
from checkdata.entrypoints.decision_point.limits import LARGEST_BODY, LARGEST_PAGE, MOST_EVALUATIONS
from tests.integration.decision_point.conftest import Wire
from tests.integration.decision_point.little_rules import KEY
from tests.integration.decision_point.test_certification import ALLOWED, SUBJECTS

ENDPOINTS: Final = ("evaluation", "evaluations", "search/subject", "search/resource", "search/action")
READ: Final = {"action": {"name": "read"}}
WRITE: Final = {"action": {"name": "write"}}
BOB: Final = {"subject": {"type": "user", "id": "bob"}, "resource": ALLOWED["resource"]}
BAD: Final = {"resource": 1}


def decisions(wire: Wire, semantic: str, *evaluations: object) -> list[bool]:
    """Bob reads and does not write."""
    options = {"evaluations_semantic": semantic, "another": "option"}
    told = wire.ask("evaluations", {**BOB, "evaluations": evaluations, "options": options}).json()
    return [each["decision"] for each in told["evaluations"]]


@pytest.mark.parametrize(
    ("semantic", "evaluations", "expected"),
    [
        ("execute_all", [READ, WRITE, BAD, READ], [True, False, False, True]),
        ("deny_on_first_deny", [READ, WRITE, READ], [True, False]),
        ("deny_on_first_deny", [READ, BAD, READ], [True, False]),
        ("deny_on_first_deny", [BAD, READ], [False]),
        ("deny_on_first_deny", [READ, READ], [True, True]),
        ("permit_on_first_permit", [WRITE, BAD, READ, WRITE], [False, False, True]),
        ("permit_on_first_permit", [WRITE, WRITE], [False, False]),
        ("execute_all", [7, "x", None, [], BAD], [False] * 5),
    ],
)
def test_evaluations_end_where_their_semantic_says(
    wire: Wire, semantic: str, evaluations: list[object], expected: list[bool]
) -> None:
    assert decisions(wire, semantic, *evaluations) == expected


def test_an_evaluation_that_cannot_be_read_says_why_and_the_others_are_decided(wire: Wire) -> None:
    told = wire.ask("evaluations", {**BOB, "evaluations": [READ, {"action": {}}]}).json()["evaluations"]
    assert told[0]["decision"] is True
    assert told[1] == {
        "decision": False,
        "context": {"error": {"status": 400, "message": "action.name: is missing."}},
    }


def test_what_is_behind_the_end_is_not_asked(wire: Wire) -> None:
    decisions(wire, "deny_on_first_deny", READ, BAD, READ)
    ((_, asked),) = wire.rules.asked
    assert isinstance(asked, list)
    assert len(asked) == 1


def test_an_entity_of_an_evaluation_replaces_the_common_one_with_its_properties(wire: Wire) -> None:
    common = {"type": "record", "id": "record-2", "properties": {"status": "archived"}}
    evaluation = {"resource": {"id": "record-1"}}
    body = {**ALLOWED, **WRITE, "resource": common, "evaluations": [evaluation]}
    assert wire.ask("evaluations", body).json()["evaluations"][0]["decision"] is True


@pytest.mark.parametrize(
    "change",
    [
        {"evaluations": {}},
        {"evaluations": None},
        {"evaluations": [READ], "options": []},
        {"evaluations": [READ], "options": {"evaluations_semantic": "guess"}},
        {"evaluations": [READ], "options": {"evaluations_semantic": ["execute_all"]}},
        {"evaluations": [READ], "subject": "bob"},
        {"evaluations": [{}] * (MOST_EVALUATIONS + 1)},
    ],
)
def test_a_list_of_evaluations_that_cannot_be_read_is_refused_whole(wire: Wire, change: dict[str, Any]) -> None:
    response = wire.ask("evaluations", {**BOB, **READ, **change})
    assert response.status_code == 400
    assert wire.rules.asked == []


def test_the_most_evaluations_are_decided(wire: Wire) -> None:
    assert len(decisions(wire, "execute_all", *[READ] * MOST_EVALUATIONS)) == MOST_EVALUATIONS


@pytest.mark.parametrize(
    "change",
    [
        {"context": []},
        {"context": None},
        {"subject": {"type": "user", "id": "alice", "properties": []}},
        {"subject": {"type": None, "id": "alice"}},
        {"resource": {"type": "record", "id": 7}},
        {"action": ["read"]},
        {"action": {"name": "read", "properties": "GET"}},
    ],
)
def test_a_field_of_the_wrong_type_is_malformed(wire: Wire, change: dict[str, Any]) -> None:
    assert wire.ask("evaluation", {**ALLOWED, **change}).status_code == 400


@pytest.mark.parametrize(
    "content",
    [
        b'{"subject":{},"subject":{}}',
        json.dumps(ALLOWED).replace("alice", 'bob","id":"alice').encode(),
        b'{"context":{"n":NaN}}',
        b'{"context":{"n":-Infinity}}',
        json.dumps(ALLOWED).encode("utf-16"),
        b"\xef\xbb\xbf" + json.dumps(ALLOWED).encode(),
        json.dumps(ALLOWED).encode().replace(b"alice", b"al\xffce"),
        b"[" * 100_000,
        b'{"a":' * 40_000,
        b'{"context":{"n":' + b"9" * 5000 + b"}}",
    ],
    ids=["twice", "id twice", "NaN", "Infinity", "UTF-16", "BOM", "no UTF-8", "deep", "deep objects", "long number"],
)
def test_json_that_readers_could_read_in_two_ways_or_not_at_all_is_malformed(wire: Wire, content: bytes) -> None:
    assert wire.send("evaluation", content).status_code == 400
    assert wire.rules.asked == []


@pytest.mark.parametrize("identifier", ["", "a\x00b", "\ud800", "ü" * 10_000, "' OR 1=1 --", "alice\n"])
def test_any_string_is_an_id_and_an_unknown_one_is_refused(wire: Wire, identifier: str) -> None:
    body = {**ALLOWED, "subject": {"type": "user", "id": identifier}}
    assert wire.ask("evaluation", body).json()["decision"] is False


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_body_that_is_too_large_is_refused(wire: Wire, endpoint: str) -> None:
    assert wire.send(endpoint, b"[" + b" " * LARGEST_BODY).status_code == 413


def test_the_largest_body_is_read(wire: Wire) -> None:
    content = json.dumps(ALLOWED).encode()
    assert wire.send("evaluation", content + b" " * (LARGEST_BODY - len(content))).status_code == 200


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_only_post_is_answered(wire: Wire, endpoint: str, method: str) -> None:
    response = wire.http.request(method, f"/access/v1/{endpoint}")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ["/", "/access/v1/evaluation/", "/access/v1/search", "/access/v2/evaluation"])
def test_there_is_nothing_at_other_addresses(wire: Wire, path: str) -> None:
    response = wire.http.post(path, json=ALLOWED, headers={"Authorization": "Bearer a-key"})
    assert (response.status_code, response.json()) == (404, "There is nothing at this address.")


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("given", [None, "", "Bearer", "Bearer ", "Bearer unknown", "Basic a-key", "a-key"])
def test_a_request_without_a_known_key_gets_no_answer(wire: Wire, endpoint: str, given: str | None) -> None:
    headers = {} if given is None else {"Authorization": given}
    response = wire.http.post(f"/access/v1/{endpoint}", json=ALLOWED, headers=headers)
    refused = ', error="invalid_token"' if given in {"Bearer ", "Bearer unknown"} else ""
    assert (response.status_code, response.headers["www-authenticate"]) == (401, f'Bearer realm="checkdata"{refused}')
    assert wire.rules.asked == []


def test_two_keys_in_one_request_are_none(wire: Wire) -> None:
    headers = [("Authorization", "Bearer a-key"), ("Authorization", "Bearer another-key")]
    assert wire.http.post("/access/v1/evaluation", json=ALLOWED, headers=headers).status_code == 401


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_key_is_only_for_what_it_is_for(wire: Wire, endpoint: str) -> None:
    question = Question.SEARCH if endpoint.startswith("search") else Question.EVALUATION
    wire.door.may.remove(question)
    assert wire.ask(endpoint, ALLOWED).status_code == 403
    wire.door.may.add(question)
    assert wire.ask(endpoint, ALLOWED).status_code == 200


def test_a_key_that_was_used_too_often_says_when_to_come_back(wire: Wire) -> None:
    wire.door.left = 1
    assert wire.ask("evaluation", ALLOWED).status_code == 200
    response = wire.ask("evaluation", ALLOWED)
    assert (response.status_code, response.headers["retry-after"]) == (429, "30")


def test_the_rules_learn_which_service_asks(wire: Wire) -> None:
    wire.ask("evaluation", ALLOWED, key="another-key")
    assert [caller for caller, _ in wire.rules.asked] == [Asker(key_id="id of another-key", service="payments")]


def token(wire: Wire, **options: Any) -> str:  # noqa: ANN401
    """The token of the second page."""
    told = wire.ask("search/subject", {**SUBJECTS, "page": {"limit": 1}}, **options).json()
    given: str = told["page"]["next_token"]
    return given


def test_a_token_is_of_one_service_and_one_search(wire: Wire) -> None:
    page = {"page": {"token": token(wire)}}
    assert wire.ask("search/subject", {**SUBJECTS, **page}, key="another-key").status_code == 400
    assert wire.ask("search/subject", {**SUBJECTS, **page, **WRITE}).status_code == 400
    assert wire.ask("search/subject", {**SUBJECTS, **page, "context": {"a": 1}}).status_code == 400
    assert wire.ask("search/resource", {**ALLOWED, **page}).status_code == 400
    assert wire.ask("search/subject", {**SUBJECTS, **page, "a new field": 1}).status_code == 200


def test_a_search_however_deep_is_answered_or_refused(wire: Wire) -> None:
    for depth in range(900, 1000):
        nested = {**SUBJECTS, "context": {"deep": 0}}
        body = json.dumps(nested).replace('"deep": 0', f'"deep": {"[" * depth}{"]" * depth}')
        assert wire.send("search/subject", body.encode()).status_code in {200, 400}, depth


def test_the_limit_stays_that_of_the_first_page(wire: Wire) -> None:
    given = token(wire)
    assert wire.ask("search/subject", {**SUBJECTS, "page": {"token": given, "limit": 2}}).status_code == 400
    assert wire.ask("search/subject", {**SUBJECTS, "page": {"token": given, "limit": 1}}).status_code == 200


@pytest.mark.parametrize("given", ["x", "\ud800", "gAAAAA" * 20, "é", "0" * 10_000])
def test_what_is_no_token_is_refused(wire: Wire, given: str) -> None:
    assert wire.ask("search/subject", {**SUBJECTS, "page": {"token": given}}).status_code == 400


@pytest.mark.parametrize(
    "page", [[], None, {"limit": -1}, {"limit": 1.5}, {"limit": True}, {"limit": None}, {"token": 1}]
)
def test_a_page_that_cannot_be_read_is_malformed(wire: Wire, page: object) -> None:
    assert wire.ask("search/subject", {**SUBJECTS, "page": page}).status_code == 400


def test_a_page_of_no_results_says_that_there_are_some(wire: Wire) -> None:
    told = wire.ask("search/subject", {**SUBJECTS, "page": {"limit": 0}}).json()
    assert (told["results"], bool(told["page"]["next_token"])) == ([], True)


def test_a_limit_may_be_written_as_every_whole_number(wire: Wire) -> None:
    told = wire.ask("search/subject", {**SUBJECTS, "page": {"limit": 1.0}}).json()
    assert len(told["results"]) == 1


def test_a_page_has_no_more_results_than_our_limit(wire: Wire) -> None:
    told = wire.ask("search/subject", {**SUBJECTS, "page": {"limit": 10**30}}).json()
    assert len(told["results"]) <= LARGEST_PAGE


def test_an_id_of_what_is_searched_for_is_ignored(wire: Wire) -> None:
    told = wire.ask("search/subject", ALLOWED).json()
    assert [each["id"] for each in told["results"]] == ["alice", "bob"]


def test_a_failure_tells_the_caller_nothing_of_itself(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(type(wire.rules), "evaluate", fails)
    response = wire.ask("evaluation", ALLOWED)
    assert (response.status_code, response.json()) == (500, "Something failed here. Ask again later.")


def test_only_the_metadata_may_be_kept(wire: Wire) -> None:
    assert wire.ask("evaluation", ALLOWED).headers["cache-control"] == "no-store"
    assert wire.http.get("/.well-known/authzen-configuration").headers["cache-control"] == "max-age=3600"


@pytest.mark.parametrize("body", ["{", "[]", "{}", '{"subject": 1}'])
def test_what_cannot_be_read_is_told_only_to_a_caller_whose_key_works(wire: Wire, body: str) -> None:
    for endpoint in ENDPOINTS:
        for key, status in ((KEY, 400), ("no-key", 401)):
            headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            assert wire.http.post(f"/access/v1/{endpoint}", content=body, headers=headers).status_code == status
