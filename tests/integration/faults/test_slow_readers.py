"""A client that takes nothing is cut off, and one that reads slowly is not, though its system hides most of it."""

import socket
import time
from typing import Final

from checkdata.entrypoints.http.limits import UNREAD_SECONDS
from tests.integration.faults.processes import is_connected, wait_until
from tests.integration.faults.raw_client import PATIENCE_SECONDS, ask, read, read_to_end
from tests.integration.faults.service import ANN, Served, Service

SLOW_BYTES: Final = 100
PAUSE_SECONDS: Final = 0.1
"""Together a kilobyte a second."""


def usual(served: Served) -> socket.socket:
    """A connection with the buffers that the system gives to a program that asks for none."""
    return socket.create_connection(("127.0.0.1", served.port), PATIENCE_SECONDS)


def test_a_reader_of_a_kilobyte_a_second_gets_its_file_and_one_that_reads_nothing_is_cut_off(sqlite: Service) -> None:
    with sqlite.served() as served, served.signed_in(ANN) as browser, usual(served) as slow, usual(served) as silent:
        for each in (slow, silent):
            ask(each, "/participants.csv", served.cookies(browser))
        got, until = b"", time.monotonic() + UNREAD_SECONDS
        while is_connected(silent) or time.monotonic() < until + UNREAD_SECONDS:
            assert time.monotonic() < until + 3 * UNREAD_SECONDS
            got += read(slow, SLOW_BYTES)
            time.sleep(PAUSE_SECONDS)
        assert is_connected(slow)
        got += read_to_end(slow)
        assert got.endswith(b"\r\n0\r\n\r\n")
        assert len(got) > 1024 * 1024


def test_what_our_system_holds_for_a_client_that_takes_nothing_is_little(sqlite: Service) -> None:
    with sqlite.served() as served, served.signed_in(ANN) as browser, usual(served) as silent:
        ask(silent, "/participants.csv", served.cookies(browser))
        wait_until(lambda: unsent_to(silent) > 0)
        time.sleep(1)
        assert unsent_to(silent) < 512 * 1024


def unsent_to(connection: socket.socket) -> int:
    """How many bytes the server's system holds for a client of this machine."""
    here = ":%04X" % connection.getsockname()[1]  # noqa: UP031 - as the system writes it
    with open("/proc/net/tcp", encoding="ascii") as file:  # noqa: PTH123
        rows = [line.split() for line in file]
    return sum(int(row[4].partition(":")[0], 16) for row in rows if row[2].endswith(here))
