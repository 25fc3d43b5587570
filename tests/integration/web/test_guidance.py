"""Help in place: every page of it, and the way to it from every page."""

from checkdata.domain.training.statuses import Status
from checkdata.entrypoints.web.security.cookies import Cookie
from tests.integration.web.client import Client
from tests.integration.web.world import World

HELP = ("statuses", "wrong-data", "contact", "accessibility", "privacy", "cookies")


def test_every_page_leads_to_every_page_of_help_and_each_needs_no_sign_in(world: World) -> None:
    client = Client(world)
    footer = client.get("/").one("footer")
    hrefs = [link.attributes["href"] for link in footer.all("a") if link.attributes["href"].startswith("/")]
    assert hrefs == [f"/help/{name}" for name in HELP]
    titles = {client.get(href).one("title").text for href in hrefs}
    assert len(titles) == len(HELP)


def test_contact_leads_to_how_a_role_is_added_removed_or_changed(world: World) -> None:
    client = Client(world)
    page = client.get(client.get("/help/contact").link("add, remove or change your role"))
    assert page.one("h1").text == "Add, remove or change my role"


def test_each_status_is_explained(world: World) -> None:
    page = Client(world).get("/help/statuses")
    labels = [term.own_text() or term.text for term in page.all("dt")]
    assert labels == [status.label for status in Status]


def test_every_cookie_that_can_be_set_is_named(world: World) -> None:
    client = Client(world)
    client.http.get("/participants")
    client.get("/sign-in")
    named = {term.text for term in client.get("/help/cookies").all("dt")}
    assert len(named) == len(Cookie)
    assert set(client.http.cookies) <= named


def test_the_privacy_notice_says_how_long_things_are_kept(world: World) -> None:
    said = Client(world).get("/help/privacy").one("main").text
    for length in ("for 30 days after they end", "for 1 year", "for 6 years"):
        assert length in said


def test_a_first_visit_transfers_less_than_200_kB(world: World) -> None:  # noqa: N802 - a unit
    client = Client(world)
    page = client.get("/")
    addresses = {"/", "/static/govuk/govuk-frontend.min.js"}  # the second is what start.js asks for
    addresses |= {link.attributes["href"] for link in page.one("head").all("link")}
    addresses |= {script.attributes["src"] for script in page.all("script") if "src" in script.attributes}
    sizes = {address: client.http.get(address).num_bytes_downloaded for address in addresses}
    assert sum(sizes.values()) <= 200_000, sizes
