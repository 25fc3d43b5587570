"""The connections of a worker: each waits no longer than it may, and there are no more of them than it holds."""

import sys
from asyncio import Transport
from collections.abc import Iterable
from enum import Enum, auto
from typing import Any, Protocol

from checkdata.entrypoints.http import limits


class Stage(Enum):
    """What a connection waits for."""

    IDLE = auto()
    """The first byte of a request."""

    HEAD = auto()
    BODY = auto()
    """The rest of a request that has come in part; its answer may have begun."""

    ANSWER = auto()
    """The application."""

    LEAVING = auto()
    """The end of a refused client; what it still sends is thrown away."""


class Connection(Protocol):
    """What is known of a connection's waits; times are those of its loop."""

    transport: Transport
    stage: Stage
    since: float
    came: int
    """How many bytes of the body came."""
    unsent: int
    """How many bytes of answers the client had not taken at the last change of that number, at `unsent_since`."""
    unsent_since: float
    reads_slowly: bool
    """Whether it went on once after it had stood still."""

    def read_for(self, now: float, /) -> float:
        """How many seconds were spent waiting for the rest of a body while reading it."""
        ...

    def refuse(self, status: int, /) -> None:
        """Answer with this status if no answer has begun, and end the connection."""
        ...

    def leave_if_reset(self) -> None:
        """End the connection if the client's system has: asyncio does not report that while nothing is read."""
        ...

    def abort(self) -> None:
        """End the connection at once, even if something was not sent."""
        ...

    def cut(self) -> None:
        """End the connection at once, and drop what the client did not take."""
        ...


def see_to(connections: Iterable[Connection], now: float) -> None:
    """End every wait whose time is over; called once a second."""
    for connection in tuple(connections):
        if _takes_nothing(connection, now):
            connection.cut()
        elif not connection.transport.is_closing():
            _end_wait(connection, now)


def _end_wait(connection: Connection, now: float) -> None:
    waited = now - connection.since
    connection.leave_if_reset()
    match connection.stage:
        case Stage.IDLE if waited > limits.IDLE_SECONDS:
            connection.transport.close()
        case Stage.HEAD if waited > limits.HEAD_SECONDS:
            connection.refuse(408)
        case Stage.BODY if connection.read_for(now) > _seconds_for(connection.came):
            connection.refuse(408)
        case Stage.LEAVING if waited > limits.LINGER_SECONDS:
            connection.abort()
        case _:
            pass


def _seconds_for(came: int) -> float:
    return min(limits.BODY_SECONDS, limits.BODY_GRACE_SECONDS + came / limits.SLOWEST_BODY)


def _takes_nothing(connection: Connection, now: float) -> bool:
    """Whether the amount that waits to be sent has not changed for too long."""
    unsent = connection.transport.get_write_buffer_size()
    left = unsent and unsent + _in_kernel(connection)
    stood = now - connection.unsent_since
    if not left or left != connection.unsent:
        connection.reads_slowly = bool(left) and (connection.reads_slowly or stood > limits.STOOD_SECONDS)
        connection.unsent, connection.unsent_since = left, now
        return False
    return stood > (limits.SLOW_SECONDS if connection.reads_slowly else limits.UNREAD_SECONDS)


def _in_kernel(connection: Connection) -> int:
    """How many bytes the system has taken and the client has not; only this shows that a slow reader reads."""
    if sys.platform != "linux":
        return 0
    import fcntl  # noqa: PLC0415 - it is not there on others
    import termios  # noqa: PLC0415 - as above

    try:
        told = fcntl.ioctl(connection.transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, b"\0\0\0\0")
    except OSError:
        return 0
    return int.from_bytes(told, sys.byteorder)


def make_room(connections: Iterable[Any]) -> bool:
    """Close some connections that wait for their client; returns whether there is room now.

    Refused and silent ones go first, then those with a part of a body; in each group those that have waited longest.
    Connections that wait for our answer are never closed.
    """
    staying: list[Connection] = [each for each in connections if not each.transport.is_closing()]
    if len(staying) < limits.MOST_CONNECTIONS:
        return True
    waiting = [each for each in staying if each.stage is not Stage.ANSWER]
    waiting.sort(key=lambda each: (each.stage is Stage.BODY, each.stage is not Stage.LEAVING, each.since))
    for connection in waiting[: limits.MADE_ROOM]:
        connection.abort()
    return bool(waiting)
