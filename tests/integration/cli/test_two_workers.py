"""Nothing of a request stays in the process that answered it: a session goes on at whichever worker is asked."""

from collections.abc import Iterator
from contextlib import ExitStack

import httpx2
import pytest
from attrs import frozen

from checkdata.domain.people.organisations import Role
from checkdata.entrypoints.demo.organisations import BOTH_BODY, BOTH_PARTNER, CONFIRMING_LEAD_PROVIDER
from tests.integration.cli.command import Command
from tests.integration.cli.test_serving import mailed_link
from tests.integration.cli.web_client import token_of, wait_until_served
from tests.integration.email.smtp_server import free_port

JO = "jo@hub.example"
PARTNERS = f"delivery_partner:{BOTH_PARTNER}"


@frozen
class Browser:
    """A user's browser, whose every request the balancer of the service's address hands to the worker named."""

    client: httpx2.Client
    base: str
    ports: dict[str, int]

    def get(self, worker: str, path: str) -> httpx2.Response:
        return self.client.get(self.at(worker, path), headers=self.headers)

    def post(self, worker: str, path: str, **form: str) -> httpx2.Response:
        return self.client.post(self.at(worker, path), data=form, headers={**self.headers, "Origin": self.base})

    def at(self, worker: str, path: str) -> str:
        return f"http://127.0.0.1:{self.ports[worker]}{path}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Host": self.base.removeprefix("http://")}


@pytest.fixture
def with_two_roles(loaded: Command) -> Command:
    """Jo may act for a delivery partner, and for an appropriate body."""
    lead_provider = CONFIRMING_LEAD_PROVIDER[BOTH_PARTNER]
    partner = ("--role", "delivery_partner", "--organisation", BOTH_PARTNER, "--confirmed-by", lead_provider)
    for access in (partner, ("--role", Role.APPROPRIATE_BODY.value, "--organisation", BOTH_BODY)):
        loaded.done("users", "add", "--email", JO, "--name", "Jo Lee", *access, "--reason", "Ticket 12")
    loaded.done("send")
    return loaded


@pytest.fixture
def browser(with_two_roles: Command) -> Iterator[Browser]:
    """Two processes that share a database, a key and an address, and nothing else."""
    base, ports = f"http://127.0.0.1:{free_port()}", {name: free_port() for name in "AB"}
    with_two_roles.variables["CHECKDATA_BASE_URL"] = base
    with ExitStack() as running:
        for port in ports.values():
            process = running.enter_context(with_two_roles.started("serve", "--port", str(port)))
            wait_until_served(process, f"http://127.0.0.1:{port}", host=base.removeprefix("http://"))
        yield Browser(running.enter_context(httpx2.Client()), base, ports)


@pytest.mark.parametrize("loaded", ["postgresql"], indirect=True)
def test_a_session_that_begins_at_one_worker_goes_on_and_ends_at_another(
    browser: Browser, with_two_roles: Command
) -> None:
    asked = browser.get("A", "/sign-in")
    asked = browser.post("B", "/sign-in", email=JO, csrf_token=token_of(asked.text))
    assert asked.status_code == 303

    link = httpx2.URL(mailed_link(with_two_roles)).path
    signed_in = browser.post("A", link, csrf_token=token_of(browser.get("B", link).text))
    assert signed_in.headers["location"] == "/choose-role"

    roles = browser.get("B", "/choose-role")
    chosen = browser.post("A", "/choose-role", role="delivery_partner", csrf_token=token_of(roles.text))
    listing = browser.get("B", chosen.headers["location"])
    assert listing.status_code == 200

    downloads = [browser.get(worker, f"/participants.csv?acting={PARTNERS}") for worker in "AB"]
    assert downloads[0].content == downloads[1].content

    changed = browser.post("A", "/choose-role", role="appropriate_body", csrf_token=token_of(roles.text))
    assert changed.headers["location"] == f"/ects/overview?acting=appropriate_body:{BOTH_BODY}"
    assert browser.get("B", f"/participants?acting={PARTNERS}").status_code in {404, 409}
    assert browser.get("B", changed.headers["location"]).status_code == 200

    out = browser.post("A", "/sign-out", csrf_token=token_of(browser.get("B", "/choose-role").text))
    assert out.status_code == 303
    for worker in "AB":
        refused = browser.get(worker, "/ects")
        assert (refused.status_code, refused.headers["location"].partition("?")[0]) == (303, "/sign-in")
