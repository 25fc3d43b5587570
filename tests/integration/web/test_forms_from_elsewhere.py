"""Only forms from our own pages in this browser are accepted (security.md 30, ASVS 3.5.1)."""

from collections.abc import Callable, Mapping

import pytest

from checkdata.domain.people.organisations import PolicyTeam
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.web.gate import ActingAs, Public, SignedIn
from checkdata.entrypoints.web.security.forms import form_token
from tests.integration.web.client import Client, fields_of
from tests.integration.web.test_rules_of_access import AREAS, address, gates
from tests.integration.web.world import ANN, BEA, CAT, PAM, SAM, World

OURS = "https://check.example"


def token_of(client: Client) -> str:
    return client.get("/sign-in").all("input", name="csrf_token")[0].attributes["value"]


def someone_for(path: str) -> EmailAddress:
    people = {"delivery_partner": ANN, "appropriate_body": BEA, "support": SAM, "policy": PAM}
    return next((email for role, email in people.items() if path.startswith(AREAS[role])), CAT)


@pytest.mark.parametrize("path", [path for method, path, _ in gates(Public, SignedIn, ActingAs) if method == "POST"])
@pytest.mark.parametrize("token", [None, "", "x", "é"])
def test_every_form_needs_its_token(client: Client, world: World, path: str, token: str | None) -> None:
    world.add(PAM, "Pam Orr", PolicyTeam())
    client.sign_in(someone_for(path))
    (sam,) = world.manage_access.search(str(SAM))
    path = path.replace("{user_id}", sam.user.id)
    place = f"{address(path)}?role=support" if path.endswith("/remove") else address(path)
    form = {} if token is None else {"csrf_token": token}
    response = client.post(place, {**form, "role": "support", "organisation": ""}, 403)
    assert "We could not check where this form came from" in response.text


def test_the_token_of_another_browser_does_not_do(client: Client, new_client: Callable[[], Client]) -> None:
    token_of(client)
    client.post("/sign-in", {"email": str(ANN), "csrf_token": token_of(new_client())}, 403)
    client.post("/sign-in", {"email": str(ANN), "csrf_token": token_of(client)})


def test_without_the_browsers_cookie_no_token_does(client: Client) -> None:
    token = token_of(client)
    client.http.cookies.clear()
    client.post("/sign-in", {"email": str(ANN), "csrf_token": token}, 403)


def test_nor_does_the_token_of_no_browser(client: Client, world: World) -> None:
    token = form_token(world.settings().secret_keys, "")
    client.post("/sign-in", {"email": str(ANN), "csrf_token": token}, 403)


def test_the_cookie_of_forms_is_for_this_host_and_no_script(client: Client) -> None:
    (cookie,) = client.http.get("/").headers.get_list("set-cookie")
    assert cookie.startswith("__Host-checkdata_browser=")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert "set-cookie" not in client.http.get("/").headers


def test_signing_in_gives_new_tokens(client: Client) -> None:
    before = token_of(client)
    client.sign_in(ANN)
    assert token_of(client) != before
    client.post("/sign-out", {"csrf_token": before}, 403)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": OURS},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"origin": OURS, "sec-fetch-site": "same-origin"},
        {"origin": "null", "sec-fetch-site": "same-origin"},
    ],
)
def test_a_form_of_our_own_page_is_taken(client: Client, headers: Mapping[str, str]) -> None:
    client.post("/sign-in", {"email": str(ANN), "csrf_token": token_of(client)}, headers=headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://check.example"},
        {"origin": "https://check.example.evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": OURS, "sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
def test_a_form_of_another_sites_page_is_not(client: Client, headers: Mapping[str, str]) -> None:
    client.post("/sign-in", {"email": str(ANN), "csrf_token": token_of(client)}, 403, headers=headers)


def test_an_old_tab_can_still_sign_out_after_a_change_of_role(client: Client) -> None:
    client.sign_in(CAT)
    client.choose("delivery_partner", "dp-south")
    form = fields_of(client.get("/participants").one("form", action="/sign-out"))
    client.choose("appropriate_body")
    client.post("/sign-out", form)
