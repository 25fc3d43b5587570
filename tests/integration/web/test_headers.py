import re

import pytest

from tests.integration.web.client import Client, check_laws
from tests.integration.web.world import World

PLACES = [
    ("GET", "/", 200),
    ("GET", "/nothing", 404),
    ("PUT", "/", 405),
    ("GET", "/participants", 303),
    ("GET", "/static/checkdata.css", 200),
    ("GET", "/static/nothing.css", 404),
    ("GET", "/?a=1&a=2", 400),
    ("GET", "/healthcheck", 200),
    ("GET", "/readiness", 200),
    ("POST", "/sign-in", 403),
]


@pytest.mark.parametrize(("method", "path", "status"), PLACES)
def test_every_answer_has_the_headers(client: Client, method: str, path: str, status: int) -> None:
    response = client.http.request(method, path)
    assert response.status_code == status
    check_laws(response, client.world)
    assert response.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_over_http_on_loopback_no_browser_is_told_to_come_back_over_https() -> None:
    world = World(base_url="http://127.0.0.1:8000")
    response = Client(world).http.get("/")
    check_laws(response, world)
    assert "strict-transport-security" not in response.headers


def test_the_policy_allows_our_own_files_and_what_is_inline_by_its_nonce(client: Client) -> None:
    response = client.http.get("/")
    (nonce,) = re.findall(r'<script nonce="([^"]+)">', response.text)
    policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": f"'self' 'nonce-{nonce}'",
        "style-src": f"'self' 'nonce-{nonce}'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "font-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


def test_a_nonce_is_used_once(client: Client) -> None:
    policies = {client.http.get("/").headers["content-security-policy"] for _ in range(5)}
    assert len(policies) == 5


@pytest.mark.parametrize("path", ["/participants", "/participants.csv", "/", "/nothing", "/participants?status=x"])
def test_no_page_and_no_download_is_stored(ann: Client, path: str) -> None:
    assert ann.http.get(path).headers["cache-control"] == "no-store"


def test_a_page_asks_for_no_file_that_is_not_there(client: Client) -> None:
    page = client.get("/")
    files = [link.attributes["href"] for link in page.all("link")] + [
        script.attributes["src"] for script in page.all("script") if "src" in script.attributes
    ]
    assert files
    for file in files:
        assert client.http.get(file).status_code == 200
