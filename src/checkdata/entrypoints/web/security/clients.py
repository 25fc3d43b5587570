"""Where a request came from."""

from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Final

from starlette.requests import Request

_OF_ONE_CLIENT: Final = 64
"""A client with one IPv6 address has all addresses that begin with these bits (RFC 6177)."""


def client_of(request: Request) -> str:
    """The network address of the client that sent a request, "" if it is not known.

    It is the address of the connection or, if that is a proxy that the settings trust, the one that the proxy names.
    """
    host = "" if request.client is None else request.client.host
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or IPv6Network((int(address), _OF_ONE_CLIENT), strict=False))
