"""Faults are tried on what operators run: two roles on PostgreSQL, and a download that no buffer holds."""

from tests.integration.faults.large_feed import ROWS
from tests.integration.faults.raw_client import ask, connected, read_to_end
from tests.integration.faults.service import ANN, Service

BUFFERS = 4 * 1024 * 1024


def test_a_large_partner_downloads_more_than_buffers_hold(service: Service) -> None:
    with service.served() as served, served.signed_in(ANN) as browser:
        assert browser.get("/participants").status_code == 200
        with connected(served.port) as connection:
            ask(connection, "/participants.csv", served.cookies(browser))
            got = read_to_end(connection)
    assert got.count(b"\n") > ROWS
    assert len(got) > BUFFERS
