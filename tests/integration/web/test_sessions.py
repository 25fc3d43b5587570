from collections.abc import Callable
from datetime import date

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.people.organisations import Role
from tests.integration.web.client import Client, location
from tests.integration.web.world import ANN, CAT, REFERENCES, SAM, World, with_feed_and_access

SESSION = "__Host-checkdata_session"


def session_of(client: Client) -> str | None:
    return client.http.cookies.get(SESSION)


def signed_out(client: Client, path: str = "/participants") -> bool:
    response = client.http.get(path)
    return response.status_code == 303 and location(response) == "/sign-in"


def test_the_cookie_is_for_this_host_over_https_and_no_script(client: Client, world: World) -> None:
    response = client.submit(client.get(world.link(ANN)), "")
    (cookie,) = [c for c in response.headers.get_list("set-cookie") if "session" in c]
    name, _, attributes = cookie.partition("=")
    assert name == SESSION
    assert {part.strip().lower() for part in attributes.split(";")[1:]} == {
        "httponly",
        "path=/",
        "samesite=lax",
        "secure",
    }


def test_on_a_loopback_http_base_it_has_no_prefix_and_is_not_secure() -> None:
    world = with_feed_and_access(World(base_url="http://127.0.0.1:8000"))
    client = Client(world)
    response = client.submit(client.get(world.link(ANN)), "")
    (cookie,) = [c for c in response.headers.get_list("set-cookie") if "session" in c]
    assert cookie.startswith("checkdata_session=")
    assert "secure" not in cookie.lower()
    assert "HttpOnly" in cookie
    client.get("/participants")


def test_no_browser_gets_to_choose_its_session(client: Client) -> None:
    client.http.cookies.set(SESSION, "chosen", domain="check.example", path="/")
    client.sign_in(ANN)
    assert "chosen" not in [cookie.value for cookie in client.http.cookies.jar]


def test_storage_holds_no_token_of_a_session(ann: Client, world: World) -> None:
    token = session_of(ann)
    assert token
    with world.storage.reading() as work:
        assert work.sign_ins.session(token) is None
        assert work.sign_ins.session(world.tokens.digest(token)) is not None


def test_signing_in_again_ends_the_session_before(ann: Client, new_client: Callable[[], Client]) -> None:
    before = session_of(ann)
    assert before
    ann.sign_in(ANN)
    assert session_of(ann) != before
    other = new_client()
    other.http.cookies.set(SESSION, before, domain="check.example", path="/")
    assert signed_out(other)


def test_each_choice_gives_a_new_id_and_ends_the_old_one(client: Client, new_client: Callable[[], Client]) -> None:
    client.sign_in(CAT)
    ids = [session_of(client)]
    for role, organisation in (("delivery_partner", "dp-south"), ("appropriate_body", "")):
        client.choose(role, organisation)
        ids.append(session_of(client))
    assert len(set(ids)) == 3
    for old in filter(None, ids[:-1]):
        other = new_client()
        other.http.cookies.set(SESSION, old, domain="check.example", path="/")
        assert signed_out(other, "/ects")


@pytest.mark.parametrize("minutes", [30, 8 * 60])
def test_a_session_that_is_over_leads_to_sign_in_which_says_so_once(ann: Client, world: World, minutes: int) -> None:
    world.pass_time(minutes=minutes)
    assert signed_out(ann)
    assert "Your session has ended" in ann.get("/sign-in").text
    assert "Your session has ended" not in ann.get("/sign-in").text


def test_every_page_warns_when_the_session_ends(ann: Client) -> None:
    assert "You will be signed out at 3:25pm if you do nothing" in ann.get("/participants").text


def test_signing_out_ends_the_session_and_clears_what_the_browser_kept(
    ann: Client, new_client: Callable[[], Client], world: World
) -> None:
    token = session_of(ann)
    assert token
    response = ann.submit(ann.get("/participants"), "/sign-out")
    assert response.headers["clear-site-data"] == '"cache", "storage"'
    assert "You have signed out" in ann.get(location(response)).text
    assert not session_of(ann)
    assert signed_out(ann)
    other = new_client()
    other.http.cookies.set(SESSION, token, domain="check.example", path="/")
    assert signed_out(other)
    assert len(world.audit(AuditKind.SIGNED_OUT)) == 1


def test_signing_out_twice_is_no_error(ann: Client) -> None:
    page = ann.get("/participants")
    ann.submit(page, "/sign-out")
    fresh = ann.get("/sign-in").one("input", name="csrf_token").attributes["value"]
    assert location(ann.submit(page, "/sign-out", csrf_token=fresh)) == "/signed-out"


def test_a_link_can_not_sign_a_user_out(ann: Client) -> None:
    response = ann.http.get("/sign-out")
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    ann.get("/participants")


@pytest.mark.parametrize("path", ["/participants", "/participants.csv", "/participants?query=ada"])
def test_a_removed_grant_stops_the_very_next_request(ann: Client, world: World, path: str) -> None:
    ann.get("/participants")
    world.manage_access.remove(ANN, reason="Left")
    page = ann.get(path, 403)
    assert "How access is given" in page.text
    assert "Ada" not in page.text


@pytest.mark.parametrize("path", ["/participants", "/participants.csv"])
def test_a_suspended_user_is_signed_out_at_once(ann: Client, world: World, path: str) -> None:
    world.manage_access.suspend(ANN, reason="Left")
    assert signed_out(ann, path)


def test_an_agreement_that_ends_stops_the_very_next_request(world: World, client: Client) -> None:
    client.sign_in(ANN)
    client.get("/participants")
    ended = [evolve(agreement, ends_on=date(2024, 6, 2)) for agreement in REFERENCES.agreements or ()]
    world.load([], evolve(REFERENCES, agreements=ended))
    page = client.get("/participants", 403)
    assert "There is no data-sharing agreement in force" in page.text
    assert "Ada" not in page.text
    assert client.http.get("/participants.csv").status_code == 403


def test_losing_one_of_several_grants_leaves_the_way_to_the_others(client: Client, world: World) -> None:
    client.sign_in(CAT)
    client.choose("delivery_partner", "dp-south")
    world.manage_access.remove(CAT, role=Role.DELIVERY_PARTNER, organisation_id="dp-south", reason="Left")
    page = client.get("/participants", 403)
    assert client.http.get(page.link("change who you act for")).status_code == 303


def test_without_a_grant_one_may_sign_in_and_sees_only_how_access_is_given(client: Client, world: World) -> None:
    world.manage_access.remove(ANN, reason="Left")
    place = client.sign_in(ANN)
    for path in (place, "/participants", "/ects", "/support/users", "/choose-organisation"):
        page = client.get(path, 403)
        assert "How access is given" in page.text
        assert "North" not in page.text
    client.submit(page, "/sign-out")


def test_the_support_user_sees_no_participants(client: Client) -> None:
    client.sign_in(SAM)
    client.get("/participants", 404)
    client.get("/ects", 404)
