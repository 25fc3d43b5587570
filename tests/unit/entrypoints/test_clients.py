import pytest
from starlette.requests import Request

from checkdata.entrypoints.web.security.clients import client_of


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("a socket", "a socket"),
    ],
)
def test_a_client_is_an_ipv4_address_or_what_one_connection_has_of_ipv6(host: str, client: str) -> None:
    assert client_of(Request({"type": "http", "client": (host, 4711)})) == client


def test_a_client_that_no_server_tells_is_unknown() -> None:
    assert client_of(Request({"type": "http", "client": None})) == ""
