"""Whether a client's system has reset a connection, and how ours resets one, so that nothing of it is kept."""

import socket
import struct
from asyncio import BaseTransport
from typing import Final

_AT_ONCE: Final = struct.pack("ii", 1, 0)
_IN_ORDER: Final = struct.pack("ii", 0, 0)


def is_reset(transport: BaseTransport) -> bool:
    """Whether the client's system has reset the connection; true only once, even if nothing is read any more."""
    return bool(_socket_of(transport).getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))


def reset_at_its_end(transport: BaseTransport, *, on: bool = True) -> None:
    """Have our system reset this connection when it ends for any reason.

    The client learns that there is more than it got. What it did not take is not kept for it, because that would be
    megabytes, and for minutes.
    """
    try:
        _socket_of(transport).setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE if on else _IN_ORDER)
    except OSError:  # it has ended
        return


def _socket_of(transport: BaseTransport) -> socket.socket:
    found: socket.socket = transport.get_extra_info("socket")
    return found
