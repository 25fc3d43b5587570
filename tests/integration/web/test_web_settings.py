from typing import Any

import pytest

from checkdata.domain.keys import Keys
from checkdata.entrypoints.web.app import create_app
from checkdata.entrypoints.web.settings import WebSettings
from tests.integration.web.client import Client
from tests.integration.web.world import KEY, World, with_everybody


def settings(**changes: Any) -> WebSettings:  # noqa: ANN401 - any field
    given: dict[str, Any] = {"base_url": "https://check.example", "secret_keys": Keys.of(KEY)}
    return WebSettings(**given | changes)


@pytest.mark.parametrize(
    "base_url",
    [
        "http://check.example",
        "http://192.0.2.1:8000",
        "http://127.0.0.1.evil.example",
        "https://check.example/path",
        "https://check.example/",
        "https://check.example?x=1",
        "https://check.example#x",
        "ftp://check.example",
        "check.example",
        "https://",
        "",
    ],
)
def test_a_base_that_will_not_do_is_refused(base_url: str) -> None:
    with pytest.raises(ValueError, match="The base URL must"):
        settings(base_url=base_url)


def test_the_key_is_never_shown() -> None:
    assert KEY not in repr(settings())


def test_the_mailbox_refuses_an_https_base() -> None:
    world = World(mails=[])
    with pytest.raises(ValueError, match="mailbox"):
        create_app(world.services(), world.settings())


def test_without_a_support_address_pages_name_the_team() -> None:
    world = with_everybody(World())
    world.support_email = ""
    assert "the support team of this service" in Client(world).get("/").text


def test_crown_and_fonts_are_for_govuk_alone() -> None:
    world = World()
    plain = Client(world).http.get("/").text
    assert "app-arial" in plain
    assert "govuk-header" not in plain
    assert "Crown copyright" not in plain
    assert "favicon" not in plain
    world.govuk = True
    official = Client(world).http.get("/").text
    assert "app-arial" not in official
    assert "govuk-header__logotype" in official
