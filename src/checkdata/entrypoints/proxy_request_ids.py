"""Only a trusted proxy gives a request its id; the header of others is put aside before it is read."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Final

from attrs import field, frozen

from checkdata.entrypoints.request_ids import HEADER

PUT_ASIDE: Final = "checkdata.request_id"
"""Where the ASGI scope of a request has the header's value that its client gave, if nothing trusts the client."""

_NAME: Final = HEADER.lower().encode()


def _networks(words: Sequence[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(map(ip_network, words))


@frozen
class NamedByProxies:
    """Passes requests on to *app*, with the ``X-Request-Id`` only if one of *proxies* (addresses or networks) gave it.

    It stands before the code that replaces the connection's address by the client's.
    """

    app: Any
    proxies: tuple[IPv4Network | IPv6Network, ...] = field(converter=_networks)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - uvicorn's own types are private
        """Pass the request on."""
        if not self._trusts(scope.get("client")):
            headers = scope.get("headers", ())
            scope["headers"] = [header for header in headers if header[0] != _NAME]
            scope[PUT_ASIDE] = next((value for name, value in headers if name == _NAME), None)
        await self.app(scope, receive, send)

    def _trusts(self, peer: tuple[str, int] | None) -> bool:
        try:
            address = ip_address(peer[0] if peer else "")
        except ValueError:
            return False
        return any(address in network for network in self.proxies)
