"""Programs of partners and bodies read what their users see, and nothing else (docs/api.md)."""

import csv
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import pytest
from attrs import define, evolve
from httpx2 import Response

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.listing.columns import as_written, columns_for
from checkdata.domain.notices import NoticeKind
from checkdata.domain.people.organisations import Organisation, SupportTeam
from checkdata.domain.services.access.issue_keys import NewKey
from checkdata.domain.sign_in.api_keys import LONGEST_LIFE, CallingService, Question
from checkdata.domain.values import EmailAddress, ParticipantId
from checkdata.entrypoints.counted_requests import AGAIN_SECONDS
from checkdata.entrypoints.web.api.endpoint import CHANGES, PARTICIPANTS
from checkdata.entrypoints.web.api.limits import AT_ONCE, READS_IN_A_WINDOW, ReadsOfKeys
from checkdata.entrypoints.web.problems import Problem
from tests.integration.web.client import Client, check_laws
from tests.integration.web.world import ANN, BEA, BODY, CAT, NORTH, SAM, World, a_record, acting
from tests.recent_events import recent

OF_NORTH: Final = 4
"""How many participants Ann sees."""


@define
class Program:
    """A program that asks with a key."""

    world: World
    client: Client
    secret: str
    key_id: str

    def ask(self, place: str, status: int = 200, **headers: str) -> Response:
        """The answer to GET with this key, which keeps the laws of answers."""
        given = {"Authorization": f"Bearer {self.secret}", **headers}
        response = self.client.http.get(place, headers=given)
        assert response.status_code == status, response.text
        check_laws(response, self.world)
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["vary"] == "Authorization"
        assert "set-cookie" not in response.headers
        assert not [name for name in response.headers if name.startswith("access-control")]
        assert "content-encoding" not in response.headers
        return response

    def read(self, place: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(place).json()
        return found

    def all_pages(self, place: str, name: str = "participants") -> list[dict[str, Any]]:
        rows, following = [], place
        while following:
            page = self.read(following)
            rows += page[name]
            following = page["next"]
        return rows


def program_of(world: World, email: EmailAddress = ANN, organisation: Organisation = NORTH) -> Program:
    new = NewKey(name="Nightly", expires_on=world.now.date() + LONGEST_LIFE, reason="Ticket 12")
    of, by = acting(world, email, organisation), acting(world, SAM, SupportTeam()).user_id
    key = world.issue_keys.issue(of.user_id, organisation, new, by=by)
    got = world.issue_keys.collect(key.id, by=of)
    return Program(world, Client(world), got.secret, key.id)


@pytest.fixture
def program(world: World) -> Program:
    return program_of(world)


def downloaded(world: World, email: EmailAddress, path: str) -> list[dict[str, str]]:
    client = Client(world)
    client.sign_in(email)
    rows = csv.DictReader(client.http.get(path).content.decode("utf-8-sig").splitlines())
    return [{name: as_written(cell) for name, cell in row.items()} for row in rows]


@pytest.mark.parametrize(
    ("email", "organisation", "path"), [(ANN, NORTH, "/participants.csv"), (BEA, BODY, "/ects.csv")]
)
def test_a_program_reads_what_the_download_of_its_user_has_in_the_same_order_under_the_same_names(
    world: World, email: EmailAddress, organisation: Organisation, path: str
) -> None:
    program = program_of(world, email, organisation)
    page = program.read(PARTICIPANTS)
    names = [column.name for column in columns_for(organisation.role)]
    assert [list(row) for row in page["participants"]] == [["participant_id", *names]] * len(page["participants"])
    rows = [{name: row[name] for name in names} for row in page["participants"]]
    assert rows == downloaded(world, email, path)
    assert page["organisation"] == {"role": organisation.role.value, "id": organisation.id, "name": organisation.name}


@pytest.mark.parametrize(
    "words", ["status=training_or_eligible_for_training", "role=mentor", "query=zoe", "academic_year=2023&role=ect"]
)
def test_filters_and_searches_are_those_of_the_list(world: World, program: Program, words: str) -> None:
    names = [column.name for column in columns_for(NORTH.role)]
    rows = [{name: row[name] for name in names} for row in program.all_pages(f"{PARTICIPANTS}?{words}")]
    assert rows == downloaded(world, ANN, f"/participants.csv?{words}")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("status=nonsense", "status"),
        ("role=head", "role"),
        ("academic_year=soon", "academic_year"),
        ("lead_provider=lp-2", "lead_provider"),
        ("induction_type=x", "induction_type"),
        ("per_page=7", "per_page"),
        ("updated_since=yesterday", "updated_since"),
        ("updated_since=2099-01-01", "updated_since"),
        ("updated_since=~x.y", "updated_since"),
        ("cursor=x", "cursor"),
        ("cursor=x.y", "cursor"),
        ("sort=name&direction=ascending", "sort"),
        ("organisation=dp-south", "organisation"),
        (f"query={'x' * 300}", "query"),
    ],
)
def test_a_word_that_is_not_understood_is_400_and_named_and_nobody_is_shown(
    program: Program, words: str, field: str
) -> None:
    response = program.ask(f"{PARTICIPANTS}?{words}", 400)
    assert response.headers["content-type"] == "application/problem+json"
    told = response.json()
    assert told["status"] == 400
    assert field in told["errors"]
    assert "participants" not in told


@pytest.mark.parametrize(
    ("words", "field"), [("", "since"), ("since=soon", "since"), ("since=2024-01-01&kind=x", "kind")]
)
def test_changes_need_a_day_and_a_kind_that_there_is(program: Program, words: str, field: str) -> None:
    assert list(program.ask(f"{CHANGES}?{words}", 400).json()["errors"]) == [field]


def many(world: World, number: int, **changes: Any) -> None:  # noqa: ANN401 - any field
    world.load([evolve(a_record(1000 + place, f"Person {place:03}"), **changes) for place in range(number)])


def test_pages_follow_each_other_without_a_gap_or_a_row_twice(world: World, program: Program) -> None:
    many(world, 45)
    rows = program.all_pages(f"{PARTICIPANTS}?per_page=20")
    ids = [row["participant_id"] for row in rows]
    assert len(ids) == len(set(ids)) == OF_NORTH + 45
    assert rows == program.all_pages(f"{PARTICIPANTS}?per_page=1000")


@pytest.mark.parametrize("words", ["per_page=20", "per_page=20&query=person"])
def test_all_pages_show_the_import_that_the_first_one_showed(world: World, program: Program, words: str) -> None:
    many(world, 45)
    whole = program.all_pages(f"{PARTICIPANTS}?{words}")
    first = program.read(f"{PARTICIPANTS}?{words}")
    world.pass_time(hours=1)
    world.load([a_record(999, "Aaron Person"), evolve(a_record(1040, "Abel Person"), updated_at=world.now)])
    rows = first["participants"] + program.all_pages(first["next"])
    assert rows == whole
    assert "Aaron Person" in [row["full_name"] for row in program.all_pages(f"{PARTICIPANTS}?{words}")]


def test_who_changed_is_told_after_an_import_and_nobody_twice(world: World, program: Program) -> None:
    many(world, 25)
    marker = program.read(f"{PARTICIPANTS}?per_page=20")["updated_since"]
    updated = program.read(f"{PARTICIPANTS}?updated_since={marker}")
    assert updated["only_updated"]
    assert updated["participants"] == []
    assert updated["updated_since"] == marker
    world.pass_time(hours=1)
    world.load([a_record(999, "Aaron Person"), evolve(a_record(1003, "Renamed Person"), updated_at=world.now)])
    updated = program.read(f"{PARTICIPANTS}?updated_since={marker}")
    assert [row["full_name"] for row in updated["participants"]] == ["Aaron Person", "Renamed Person"]
    assert updated["updated_since"] != marker


def test_everybody_who_changed_while_pages_are_read_is_told_the_next_time(world: World, program: Program) -> None:
    many(world, 45)
    first = program.read(f"{PARTICIPANTS}?per_page=20")
    kept = {row["participant_id"]: row for row in first["participants"]}
    world.pass_time(hours=1)
    changed = [
        evolve(a_record(1000 + place, f"Person {place:03}"), email="new@x.example", updated_at=world.now)
        for place in (2, 30)
    ]
    world.load([*changed, a_record(998, "Aaron Person")])
    kept |= {row["participant_id"]: row for row in program.all_pages(first["next"])}
    following = f"{PARTICIPANTS}?per_page=20&updated_since={first['updated_since']}"
    kept |= {row["participant_id"]: row for row in program.all_pages(following)}
    assert kept == {row["participant_id"]: row for row in program.all_pages(PARTICIPANTS)}


def test_a_moment_tells_at_least_who_changed_since(world: World, program: Program) -> None:
    world.pass_time(days=3)
    many(world, 2)
    for word, found in (
        (f"{world.now.date() - timedelta(days=1)}", 2),
        (f"{world.now.date()}", 2),
        (world.now.isoformat().replace("+", "%2B"), 2),
    ):
        page = program.read(f"{PARTICIPANTS}?updated_since={word}")
        assert page["only_updated"]
        assert len(page["participants"]) == found
    world.pass_time(days=2)
    assert program.read(f"{PARTICIPANTS}?updated_since={world.now.date()}")["participants"] == []


def test_all_are_told_again_once_an_agreement_lets_the_user_see_others(world: World, program: Program) -> None:
    marker = program.read(PARTICIPANTS)["updated_since"]
    services = world.services()
    services.manage_agreements.add(another_agreement(world))
    page = program.read(f"{PARTICIPANTS}?updated_since={marker}")
    assert not page["only_updated"]
    assert len(page["participants"]) >= OF_NORTH


def another_agreement(world: World) -> Any:  # noqa: ANN401 - as the service takes it
    from checkdata.domain.services.access.manage_agreements import NewAgreement  # noqa: PLC0415 - needed only here
    from tests.integration.web.world import OTHER_LEAD  # noqa: PLC0415 - as above

    return NewAgreement(
        lead_provider_id=OTHER_LEAD.id,
        delivery_partner_id=NORTH.id,
        starts_on=world.now.date(),
        ends_on=None,
        first_academic_year=None,
        last_academic_year=None,
        covers_unconfirmed=False,
        reason="Signed",
    )


def test_a_cursor_is_for_its_key_and_its_words(world: World, program: Program) -> None:
    many(world, 45)
    following = program.read(f"{PARTICIPANTS}?per_page=20&role=ect")["next"]
    cursor = following.partition("cursor=")[2]
    assert program.read(following)["participants"]
    for place in (
        f"{PARTICIPANTS}?per_page=20&cursor={cursor}",
        f"{PARTICIPANTS}?per_page=50&role=ect&cursor={cursor}",
        f"{PARTICIPANTS}?per_page=20&role=ect&updated_since=2024-01-01&cursor={cursor}",
        f"{CHANGES}?since=2024-01-01&per_page=20&role=ect&cursor={cursor}",
    ):
        assert "cursor" in program.ask(place, 400).json()["errors"]
    assert "cursor" in program_of(world, CAT).ask(following, 400).json()["errors"]
    services = world.services()
    services.manage_agreements.add(another_agreement(world))
    assert "Begin again" in program.ask(following, 400).json()["errors"]["cursor"]


def test_what_changed_is_what_the_page_of_changes_tells(world: World, program: Program) -> None:
    world.pass_time(days=3)
    many(world, 45)
    found = program.all_pages(f"{CHANGES}?since={world.now.date()}&per_page=20", "changes")
    names = list(downloaded(world, ANN, f"/changes.csv?since={world.now.date()}")[0])
    rows = [{name: row[name] for name in names} for row in found]
    assert rows == downloaded(world, ANN, f"/changes.csv?since={world.now.date()}")
    assert {row["kind"] for row in found} == {"new"}
    first = program.read(f"{CHANGES}?since={world.now.date()}&per_page=20")
    world.pass_time(hours=1)
    many(world, 46)
    assert "Begin again" in program.ask(first["next"], 409).json()["detail"]


def test_who_left_view_is_told_by_name_only(world: World, program: Program) -> None:
    since = world.now
    world.pass_time(days=1)
    left = program.read(PARTICIPANTS)["participants"][0]
    world.load([], complete=True)
    found = program.read(f"{CHANGES}?since={since.date()}&kind=left_view")["changes"]
    assert left["full_name"] in [row["full_name"] for row in found]
    assert all(not row["participant_id"] and not row["trn"] and not row["school"] for row in found)


def test_an_answer_that_a_program_has_is_not_sent_again_nor_on_record(world: World, program: Program) -> None:
    first = program.ask(PARTICIPANTS)
    views = len(world.audit(AuditKind.LIST_VIEWED))
    for tag in (first.headers["etag"], f"W/{first.headers['etag']}", f'"x", {first.headers["etag"]}'):
        response = program.ask(PARTICIPANTS, 304, **{"If-None-Match": tag})
        assert not response.content
        assert response.headers["etag"] == first.headers["etag"]
    assert len(world.audit(AuditKind.LIST_VIEWED)) == views
    many(world, 1)
    assert (
        program.ask(PARTICIPANTS, 200, **{"If-None-Match": first.headers["etag"]}).headers["etag"]
        != first.headers["etag"]
    )


def test_a_view_by_a_program_is_on_record_as_its_users_and_tells_who_was_seen(world: World, program: Program) -> None:
    seen = program.read(f"{PARTICIPANTS}?role=ect&query=a")["participants"][0]
    event = world.audit(AuditKind.LIST_VIEWED)[-1]
    assert (event.actor, event.organisation_id) == (acting(world, ANN, NORTH).user_id, NORTH.id)
    told = {name: event.details[name] for name in ("key", "role", "searched", "rows")}
    assert told["key"] == program.key_id
    assert told["role"] == "ect"
    assert told["searched"] is True
    found = world.services().trace.seen(ParticipantId(seen["participant_id"]))
    assert [each.first.actor for each in found.possibly] == [event.actor]
    program.read(f"{CHANGES}?since=2024-01-01")
    assert world.audit(AuditKind.CHANGES_VIEWED)[-1].details["key"] == program.key_id


def test_head_answers_as_get_does_and_nothing_is_on_record(world: World, program: Program) -> None:
    expected = program.ask(PARTICIPANTS).headers["etag"]
    with world.storage.reading() as work:
        before = len(recent(work, 1000))
    response = program.client.http.head(PARTICIPANTS, headers={"Authorization": f"Bearer {program.secret}"})
    assert (response.status_code, response.headers["etag"], response.content) == (200, expected, b"")
    with world.storage.reading() as work:
        assert len(recent(work, 1000)) == before


def bearer(secret: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {secret}"}


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
    assert program.client.http.get(f"{PARTICIPANTS}?{name}={program.secret}").status_code == 401


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
