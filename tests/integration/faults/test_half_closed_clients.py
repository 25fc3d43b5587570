"""Clients that send no more, that speak HTTP/1.0, or that are cut off."""

import socket
from pathlib import Path
from typing import Final

import pytest
from psycopg.sql import SQL, Identifier

from tests.integration.faults.processes import is_connected, wait_until
from tests.integration.faults.raw_client import ask, connected, read, read_to_end
from tests.integration.faults.service import ANN, Service
from tests.integration.faults.test_readers import BREAK, FILES, owner, status_of
from tests.storages import SERVICE

FIN_WAIT: Final = "04"
"""How the system shows a connection that has ended here while the client has not taken everything."""


@pytest.mark.parametrize("path", FILES)
def test_a_client_that_sends_no_more_gets_the_whole_file(service: Service, path: str) -> None:
    with service.served() as served, served.signed_in(ANN) as browser, connected(served.port) as connection:
        ask(connection, path, served.cookies(browser))
        connection.shutdown(socket.SHUT_WR)
        answer = read_to_end(connection)
        assert answer.endswith(b"\r\n0\r\n\r\n")
        assert len(answer) > 1024 * 1024


def test_a_file_of_http_1_0_that_breaks_midway_is_reset(postgresql: Service) -> None:
    with owner(postgresql) as database:
        database.execute(SQL(BREAK).format(Identifier(SERVICE)))
    with postgresql.served() as served, served.signed_in(ANN) as browser, connected(served.port) as connection:
        head = f"GET /participants.csv HTTP/1.0\r\nHost: 127.0.0.1:{served.port}\r\n"
        connection.sendall(f"{head}Cookie: {served.cookies(browser)}\r\n\r\n".encode())
        assert status_of(read(connection, 1024 * 1024)) == 200
        with pytest.raises(ConnectionResetError):
            read_to_end(connection)


def test_nothing_is_kept_for_a_client_that_was_cut_off(postgresql: Service) -> None:
    with postgresql.served() as served, served.signed_in(ANN) as browser, connected(served.port) as connection:
        ask(connection, "/participants.csv", served.cookies(browser))
        assert status_of(read(connection, 15)) == 200
        wait_until(lambda: not is_connected(connection))
        here = ":%04X" % connection.getsockname()[1]  # noqa: UP031 - as the system writes it
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
        assert not [row for row in rows if row[2].endswith(here) and row[3] == FIN_WAIT]
