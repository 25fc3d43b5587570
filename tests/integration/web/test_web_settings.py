import pytest

from checkdata.entrypoints.web.app import application
from tests.integration.web.client import Client
from tests.integration.web.world import KEY, World, with_feed_and_access


def test_the_key_is_never_shown() -> None:
    assert KEY not in repr(World().settings())


def test_the_mailbox_refuses_an_https_base() -> None:
    world = World(mails=[])
    with pytest.raises(ValueError, match="mailbox"):
        application(world.services(), world.settings())


def test_without_a_support_address_pages_name_the_team() -> None:
    world = with_feed_and_access(World())
    world.support_email = ""
    assert "the support team of this service" in Client(world).get("/").text


def test_crown_and_fonts_are_only_for_govuk() -> None:
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
