"""Every address has a rule, and every rule is asked (security.md 24 and 25, ASVS 8.2.1)."""

import re
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.web.api.endpoint import ApiEndpoint
from checkdata.entrypoints.web.api.openapi import OPENAPI
from checkdata.entrypoints.web.gate import ActingAs, Gate, Public, SignedIn
from checkdata.entrypoints.web.pages.health import PATHS
from checkdata.entrypoints.web.presentation.addresses import FOOTER
from checkdata.entrypoints.web.static_files import CachedFiles
from tests.integration.web.client import Client, location
from tests.integration.web.world import ANN, BEA, SAM, World, with_feed_and_access

PUBLIC = {
    ("GET", "/"),
    ("GET", "/confirm"),
    ("POST", "/confirm"),
    ("GET", "/confirm/answered"),
    ("GET", "/confirm/sent-again"),
    ("GET", "/confirm/{token}"),
    ("POST", "/confirm/{token}"),
    ("GET", "/mailbox"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/sign-in/check-your-email"),
    ("POST", "/sign-in/check-your-email"),
    ("GET", "/auth/dfe/callback"),
    ("GET", "/sign-in/{token}"),
    ("POST", "/sign-in/{token}"),
    ("POST", "/sign-out"),
    ("GET", "/signed-out"),
    ("GET", "/help/roles"),
    ("GET", OPENAPI),
    *(("GET", place) for place in FOOTER.values()),
}
AREAS = {
    "delivery_partner": (
        *("/overview", "/participants", "/schools", "/chase", "/changes"),
        *("/downloads", "/reconcile", "/nominate", "/team", "/keys"),
    ),
    "appropriate_body": ("/ects",),
    "support": ("/support",),
    "policy": ("/policy",),
    "related_service": ("/related-service",),
}


def an_app() -> Starlette:
    return World().app()


def gates(*kinds: type) -> Iterator[tuple[str, str, Gate]]:
    """The method, path and gate of each route under a rule of these kinds."""
    for route in an_app().routes:
        if isinstance(route, Route) and route.path not in PATHS and not isinstance(route.endpoint, ApiEndpoint):
            gate = route.endpoint
            assert isinstance(gate, Gate), f"{route.path} has no rule of access"
            if isinstance(gate.rule, kinds):
                yield from ((method, route.path, gate) for method in sorted((route.methods or set()) - {"HEAD"}))


def address(path: str) -> str:
    return re.sub(r"{[\w:]+}", "x", path)


def test_every_route_is_behind_a_gate_or_serves_static_files() -> None:
    for route in an_app().routes:
        if isinstance(route, Mount):
            assert route.path in {"/static", "/assets"}
            assert isinstance(route._base_app, CachedFiles)  # noqa: SLF001 - behind its compression
        else:
            assert isinstance(route, Route)
            assert isinstance(route.endpoint, Gate | ApiEndpoint) or route.path in PATHS
            assert route.methods or isinstance(route.endpoint, ApiEndpoint)


def test_what_is_public_is_named_here_one_by_one() -> None:
    assert {(method, path) for method, path, _ in gates(Public)} == PUBLIC


def test_each_role_has_its_own_area_and_no_other() -> None:
    for _, path, gate in gates(ActingAs):
        assert isinstance(gate.rule, ActingAs)
        assert path.startswith(AREAS[gate.rule.role.value])


@pytest.mark.parametrize(("method", "path"), [(m, p) for m, p, _ in gates(SignedIn, ActingAs)])
def test_without_a_session_every_other_page_leads_to_sign_in(client: Client, method: str, path: str) -> None:
    response = client.http.request(method, address(path), data={"csrf_token": "x"} if method == "POST" else None)
    assert response.status_code == 303
    assert location(response) == "/sign-in"


@pytest.mark.parametrize(("email", "role"), [(ANN, "delivery_partner"), (BEA, "appropriate_body"), (SAM, "support")])
@pytest.mark.parametrize(("method", "path"), [(m, p) for m, p, _ in gates(ActingAs)])
def test_the_pages_of_other_roles_do_not_exist(email: EmailAddress, role: str, method: str, path: str) -> None:
    client = Client(with_feed_and_access(World()))
    client.sign_in(email)
    if path.startswith(AREAS[role]):
        return
    missing = client.http.get("/no/such/page")
    response = client.http.request(method, address(path), data={"csrf_token": "x"} if method == "POST" else None)
    assert response.status_code == 404
    assert "Page not found" in response.text
    assert "Page not found" in missing.text


def test_a_scope_comes_only_from_the_session(ann: Client) -> None:
    for words in ("delivery_partner_id=dp-south", "organisation=dp-south", "scope=all", "user_id=x", "lead=*"):
        page = ann.get(f"/participants?{words}")
        assert "Sid South" not in page.text
        assert page.one("h2", id="found").text == "4 participants found"
