"""A user whose role is in another service is handed over to it, and tells it nothing (service rule 6)."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from attrs import define, field
from playwright.sync_api import Browser, expect

from checkdata.domain.people.organisations import Role
from checkdata.domain.services.access.manage_access import NewAccess
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.settings.environment import read_settings
from tests.integration.browser import open_page
from tests.integration.journeys.served import RUTH, Served, served


@define
class OtherService:
    """A second service on this machine, and what browsers asked of it: each path, and the headers beside it."""

    address: str
    asked: list[tuple[str, dict[str, str]]] = field(factory=list)

    def start(self) -> tuple[str, dict[str, str]]:
        """What it was asked for its first page, once."""
        [asked] = [(path, headers) for path, headers in self.asked if path.startswith("/start")]
        return asked


@contextmanager
def other_service() -> Iterator[OtherService]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            other.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"<!doctype html><html lang=en><title>NPQ</title><h1>NPQ data</h1>")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    other = OtherService(f"http://localhost:{server.server_port}/start")  # by a name of its own, as cookies tell
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield other
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def give_role(service: Served) -> None:
    """Ruth may go on to the other service."""
    with closing(Composition(read_settings(service.variables))) as composed:
        access = NewAccess(
            email=EmailAddress.of(RUTH),
            name="Ruth Adeyemi",
            role=Role.RELATED_SERVICE,
            organisation_id="npq",
            reason="Ticket 12",
        )
        composed.manage_access.add(access)


def test_who_chooses_a_role_in_another_service_is_there_and_it_learns_nothing_of_them(
    browser: Browser, database_url: str, tmp_path: Path
) -> None:
    with (
        open_page(browser) as page,
        other_service() as other,
        served(database_url, tmp_path, RELATED_SERVICES=f"npq NPQ data {other.address}") as service,
    ):
        give_role(service)
        service.next_mail(RUTH, 1, "You can now sign in to Check data for delivery partners")
        service.sign_in(page, RUTH)
        page.get_by_label("Related service").check()
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("NPQ data")
        assert page.url == other.address
        path, headers = other.start()
        assert path == "/start"
        assert not {"cookie", "referer", "authorization"} & headers.keys()
        page.goto(f"{service.address}/related-service")
        expect(page.get_by_role("heading", level=1)).to_have_text("Go to NPQ data")
        page.get_by_role("link", name="Change role").click()
        page.get_by_label("Delivery partner").check()
        page.get_by_role("button", name="Continue").click()
        expect(page).to_have_url(f"{service.address}/overview?acting=delivery_partner:dp-north-hub")
