"""Which proxies may name a request."""

import asyncio
from typing import Any, Final

import pytest

from checkdata.entrypoints.proxy_request_ids import NamedByProxies

NAME: Final = (b"x-request-id", b"b7ad6b7169203331")
OTHER: Final = (b"host", b"check.example")


def passed_on(peer: object, proxies: list[str]) -> list[tuple[bytes, bytes]]:
    """The headers that the application gets of a request from there."""
    got: list[tuple[bytes, bytes]] = []

    async def app(scope: Any, _receive: object, _send: object) -> None:  # noqa: ANN401
        got.extend(scope["headers"])

    scope = {"type": "http", "client": peer, "headers": [NAME, OTHER, NAME]}
    asyncio.run(NamedByProxies(app, proxies)(scope, None, None))
    return got


@pytest.mark.parametrize("peer", [("10.1.2.3", 9), ("::1", 9)])
def test_the_name_that_a_trusted_proxy_gave_is_passed_on(peer: object) -> None:
    assert passed_on(peer, ["10.1.0.0/16", "::1"]) == [NAME, OTHER, NAME]


@pytest.mark.parametrize("peer", [("10.2.2.3", 9), ("::2", 9), ("", 0), ("a socket", 0), None])
def test_the_name_that_an_untrusted_client_gave_is_not(peer: object) -> None:
    assert passed_on(peer, ["10.1.0.0/16", "::1"]) == [OTHER]
