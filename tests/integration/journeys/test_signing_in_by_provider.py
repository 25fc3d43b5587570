"""A user signs in and out at DfE Sign-in with a browser, which holds the policy of pages to it."""

import asyncio
import re
from collections.abc import Iterator
from threading import Thread

import pytest
import uvicorn
from attrs import frozen
from playwright.sync_api import Browser, Page, expect

from checkdata.entrypoints.settings.sign_in_way import DfeSignIn
from tests.integration.browser import assert_page_laws, axe_results, open_page
from tests.integration.email.smtp_server import free_port
from tests.integration.openid.provider import CLIENT, SECRET, Provider, provider_on_loopback
from tests.integration.web.world import World, with_feed_and_access


@frozen
class Stage:
    """Where the service is, and the provider beside it."""

    address: str
    provider: Provider


@pytest.fixture
def stage() -> Iterator[Stage]:
    port = free_port()
    world = with_feed_and_access(World(base_url=f"http://127.0.0.1:{port}"))
    with provider_on_loopback(now=world.clock) as provider:
        provider.back = f"{world.base_url}/auth/dfe/callback"
        provider.signed_out = f"{world.base_url}/signed-out"
        world.dfe_sign_in = DfeSignIn(issuer=provider.url, client_id=CLIENT, secret=SECRET, verifies_addresses=False)
        config = uvicorn.Config(world.app(), port=port, log_config=None, lifespan="off", loop="asyncio")
        server = uvicorn.Server(config)
        thread = Thread(target=lambda: asyncio.run(server.serve()))
        thread.start()
        try:
            while not server.started:
                thread.join(0.01)
            yield Stage(world.base_url, provider)
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that may ask another host too: the provider."""
    with open_page(browser) as page:
        yield page


def press(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Sign in with DfE Sign-in").click()


def test_the_form_leads_to_the_provider_and_back_and_so_does_signing_out(page: Page, stage: Stage) -> None:
    for path in ("/", "/sign-in", "/sign-in/no-such-token", "/auth/dfe/callback?error=access_denied"):
        page.goto(f"{stage.address}{path}")
        assert_page_laws(page)
    press(page)
    expect(page).to_have_url(re.compile(rf"{stage.address}/overview\?"))
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{stage.address}/signed-out")


def test_who_has_no_access_with_their_account_is_told_and_signs_out_of_it(page: Page, stage: Stage) -> None:
    stage.provider.email = "stranger@else.example"
    page.goto(f"{stage.address}/sign-in")
    press(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("You cannot use this service with this account")
    assert axe_results(page).violations_count == 0
    page.get_by_role("main").get_by_role("button", name="Sign out of DfE Sign-in").click()
    expect(page).to_have_url(f"{stage.address}/signed-out")


def test_a_provider_that_does_not_answer_is_told_on_a_page(page: Page, stage: Stage) -> None:
    stage.provider.status = 503
    page.goto(f"{stage.address}/sign-in")
    press(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("We could not sign you in")
    assert_page_laws(page)
