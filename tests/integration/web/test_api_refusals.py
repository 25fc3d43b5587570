"""Who has no key that works, asks too much or asks wrongly gets nothing, and is told why in JSON (docs/api.md)."""

import json
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

import pytest

from checkdata.domain.notices import NoticeKind
from checkdata.domain.services.access.issue_keys import NewKey
from checkdata.domain.sign_in.api_keys import LONGEST_LIFE, CallingService, Question
from checkdata.entrypoints.counted_requests import AGAIN_SECONDS
from checkdata.entrypoints.web.api.endpoint import PARTICIPANTS
from checkdata.entrypoints.web.api.limits import AT_ONCE, READS_IN_A_WINDOW, ReadsOfKeys
from checkdata.entrypoints.web.problems import Problem, later
from tests.integration.web.client import Client
from tests.integration.web.programs import Program, bearer, many, program_of
from tests.integration.web.world import ANN, BEA, BODY, NORTH, World


def test_what_is_no_key_gets_the_same_401_whatever_it_is(world: World, program: Program) -> None:
    secret = program.secret
    service = world.issue_keys.issue_to_service(
        CallingService("Register", [Question.SEARCH]),
        NewKey(name="Production", expires_on=world.now.date() + LONGEST_LIFE, reason="Ticket 12"),
    )
    known = {"If-None-Match": program.ask(PARTICIPANTS).headers["etag"]}
    refused = []
    for other in (
        secret[:-1],
        secret[:-1] + ("0" if secret[-1] != "0" else "1"),
        service.secret,
        "x",
        "checkdata-" + "a" * 84,
    ):
        response = program.client.http.get(PARTICIPANTS, headers={**bearer(other), **known})
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == 'Bearer realm="checkdata", error="invalid_token"'
        refused.append(response.content)
    program.world.issue_keys.revoke(program.key_id, reason="Lost")
    response = program.ask(PARTICIPANTS, 401, **known)
    assert {*refused, response.content} == {response.content}
    assert secret not in response.text


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic {secret}"},
        {"Authorization": "Token {secret}"},
        {"Authorization": "{secret}"},
        {"Authorization": "Bearer {secret} {secret}"},
        {"Authorization": "Bearer {secret},"},
        {"X-Api-Key": "{secret}"},
        {"Cookie": "checkdata={secret}"},
    ],
)
def test_a_key_is_taken_from_one_place_only(program: Program, given: Mapping[str, str]) -> None:
    headers = {name: value.format(secret=program.secret) for name, value in given.items()}
    response = program.client.http.get(PARTICIPANTS, headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="checkdata"'
    assert response.headers["content-type"] == "application/problem+json"
    assert "set-cookie" not in response.headers


def test_the_scheme_is_read_in_any_case_and_two_headers_are_none(program: Program) -> None:
    for scheme in ("bearer", "BEARER", "Bearer  "):
        headers = {"Authorization": f"{scheme} {program.secret}"}
        assert program.client.http.get(PARTICIPANTS, headers=headers).status_code == 200
    two = [("Authorization", f"Bearer {program.secret}")] * 2
    assert program.client.http.get(PARTICIPANTS, headers=two).status_code == 401


@pytest.mark.parametrize("name", ["key", "access_token", "query", "cursor"])
def test_a_key_in_an_address_is_refused_with_what_to_do_and_never_repeated(program: Program, name: str) -> None:
    response = program.ask(f"{PARTICIPANTS}?{name}={program.secret}", 400)
    assert "Have this key revoked" in response.json()["detail"]
    assert program.secret not in response.text
    without = program.client.http.get(f"{PARTICIPANTS}?{name}={program.secret}")
    assert (without.status_code, without.json()["detail"]) == (400, response.json()["detail"])


def test_no_session_reads_and_no_other_site_may_ask(ann: Client) -> None:
    response = ann.http.get(PARTICIPANTS, headers={"Origin": "https://evil.example"})
    assert response.status_code == 401
    assert "access-control-allow-origin" not in response.headers
    preflight = ann.http.options(
        PARTICIPANTS, headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    )
    assert preflight.status_code == 405
    assert preflight.headers["allow"] == "GET, HEAD"
    assert "access-control-allow-origin" not in preflight.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"])
def test_nothing_can_be_changed(program: Program, method: str) -> None:
    response = program.client.http.request(method, PARTICIPANTS, headers=dict(bearer(program.secret)))
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD"


def test_access_is_decided_on_each_request(world: World, program: Program) -> None:
    known = {"If-None-Match": program.ask(PARTICIPANTS).headers["etag"]}
    world.manage_access.suspend(ANN, reason="Away")
    assert "suspended" in program.ask(PARTICIPANTS, 403, **known).json()["detail"]
    world.manage_access.reinstate(ANN, reason="Back")
    many(world, 45)
    following = program.read(f"{PARTICIPANTS}?per_page=20")["next"]
    world.services().manage_agreements.end(f"ag-{NORTH.id}", reason="Over")
    assert "agreement" in program.ask(following, 403, **known).json()["detail"]
    world.manage_access.remove(ANN, reason="Left")
    program.ask(following, 401, **known)


def test_a_key_that_expires_between_two_pages_reads_no_more(world: World, program: Program) -> None:
    many(world, 45)
    following = program.read(f"{PARTICIPANTS}?per_page=20")["next"]
    world.now += LONGEST_LIFE
    program.ask(following, 401)


def test_a_request_that_is_one_too_many_is_refused_before_access_is_decided(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_asked(*_: object) -> None:
        pytest.fail("access was decided")

    monkeypatch.setattr("checkdata.entrypoints.web.api.limits.ReadsOfKeys.one_more", too_many)
    monkeypatch.setattr("checkdata.domain.services.sign_in.use_keys.UseKeys._facts", not_asked)
    program.ask(PARTICIPANTS, 429)


def too_many(*_: object) -> None:
    raise later(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests with this API key.", 60)


def test_a_key_may_ask_so_often_and_others_are_not_kept_waiting(world: World, program: Program) -> None:
    other = program_of(world, BEA, BODY)
    for _ in range(READS_IN_A_WINDOW):
        program.ask(f"{PARTICIPANTS}?per_page=20")
    response = program.ask(PARTICIPANTS, 429)
    assert response.headers["retry-after"] == "60"
    assert response.headers["content-type"] == "application/problem+json"
    other.ask(PARTICIPANTS)
    world.pass_time(seconds=60)
    program.ask(PARTICIPANTS)


def test_a_key_may_ask_only_so_much_at_once(world: World) -> None:
    reads = ReadsOfKeys()
    running = [reads.one_more("k1", world.now) for _ in range(AT_ONCE)]
    for each in running:
        each.__enter__()
    with pytest.raises(Problem) as refused, reads.one_more("k1", world.now):
        pass
    assert refused.value.headers["Retry-After"] == str(AGAIN_SECONDS)
    with reads.one_more("k2", world.now):
        pass
    running[0].__exit__(None, None, None)
    with reads.one_more("k1", world.now):
        pass


def test_during_maintenance_programs_are_told_until_when(world: World, program: Program) -> None:
    world.services().service_notices.set(NoticeKind.MAINTENANCE, "Back at 6pm", ends_at=world.now + timedelta(hours=4))
    response = program.ask(PARTICIPANTS, 503)
    assert response.json()["detail"] == "Back at 6pm"
    assert response.headers["retry-after"] == str(4 * 3600)


@pytest.mark.parametrize(
    ("place", "status"), [("/api/v1/nothing", 404), ("/api/", 404), ("/api/v1/participants/p-1", 404)]
)
def test_what_there_is_not_is_told_in_json_and_only_to_who_has_a_key(program: Program, place: str, status: int) -> None:
    response = program.client.http.get(place, headers=dict(bearer(program.secret)))
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert "set-cookie" not in response.headers


def test_what_cannot_be_read_is_told_in_json_too(program: Program) -> None:
    for place in (f"{PARTICIPANTS}?a=1&a=2", f"{PARTICIPANTS}?query=%00", f"{PARTICIPANTS}?query=%ff"):
        response = program.client.http.get(place, headers=dict(bearer(program.secret)))
        assert response.status_code == 400
        assert response.headers["content-type"] == "application/problem+json"
        assert json.loads(response.text)["status"] == 400
