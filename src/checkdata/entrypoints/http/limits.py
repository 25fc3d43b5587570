"""Limits of size, number and time for HTTP, and how long a process may stand still."""

from typing import Final

LARGEST_HEAD: Final = 32 * 1024
"""How many bytes a request may have before its body: its line and all headers. More are 431."""

LONGEST_LINE: Final = 8 * 1024
"""How many bytes the line of a request may have, its address with it. More are 414."""

MOST_HEADERS: Final = 100
"""How many headers a request may have. More are 431."""

HEAD_SECONDS: Final = 10.0
"""How long a head may take from its first byte to its last; then 408."""

IDLE_SECONDS: Final = 15.0
"""How long a connection without requests is kept."""

BODY_SECONDS: Final = 300.0
"""How long a body may take in all; then 408. Time in which the service does not read does not count."""

SLOWEST_BODY: Final = 1024
"""How many bytes of a body have to come each second, on average."""

BODY_GRACE_SECONDS: Final = 10.0
"""By how long a body may lag behind that."""

BODY_WASTE: Final = 256 * 1024
"""How many bytes of a body in chunks may be other than content: sizes, extensions, trailers. Checked as pieces come."""

UNREAD_SECONDS: Final = 30.0
"""After how long a client whose system takes nothing of its answer is cut off."""

SLOW_SECONDS: Final = 180.0
"""The same for one that was seen to read slowly.

Its system gives leave to send once there is room for a piece, and that may be all that it holds: 128 KiB unless told
otherwise, which a reader of a kilobyte a second takes two minutes for.
"""

STOOD_SECONDS: Final = 5.0
"""A client that goes on after it has taken nothing for so long reads slowly."""

LARGEST_SEGMENT: Final = 1400
"""How many bytes are sent in a piece: as many as networks carry. Over loopback a piece would be 64 KiB."""

UNSENT_BYTES: Final = 128 * 1024
"""How much our system holds of what a client has not taken, for each connection; Linux keeps as much beside it."""

DEPARTED_SECONDS: Final = 0.7
"""After how long without a first byte of the answer a client that sends no more is asked whether it is there."""

RESET_SECONDS: Final = 0.1
"""How long after that it is checked whether the client's system has reset the connection."""

LINGER_SECONDS: Final = 5.0
"""For how long what a refused client still sends is thrown away, so that it reads the refusal."""

MOST_CONNECTIONS: Final = 512
"""How many connections a worker holds; for one more, those that have asked nothing for longest are closed."""

MADE_ROOM: Final = 32
"""How many are closed at once if there is no room."""

STANDSTILL_SECONDS: Final = 30.0
"""For how long the event loop of a process may stand still; then the process ends, and is replaced."""

START_SECONDS: Final = 120.0
"""How long a worker may take until its event loop turns."""

GRACE_SECONDS: Final = 8
"""How long requests that are being answered may take after the process was told to stop."""

WORKER_END_SECONDS: Final = 10.0
"""After how long a worker that was told to stop ends, even if it is busy."""

END_SECONDS: Final = 16.0
"""After how long a process that was told to stop ends, even if it or its background threads are busy."""
