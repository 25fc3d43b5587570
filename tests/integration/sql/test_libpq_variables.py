"""The variables of PostgreSQL's own client hold for what the address of the database does not say."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from checkdata.adapters.sql import open_engine
from checkdata.domain.errors import StorageError
from tests.integration.postgresql import Server

ASKS_FOR_TLS: Final = (80877103).to_bytes(4)
"""The code of SSLRequest (PostgreSQL's documentation, *Message Formats*)."""


@pytest.fixture(autouse=True)
def no_kerberos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGGSSENCMODE", "disable")


@contextmanager
def server_without_tls(first_words: list[bytes]) -> Iterator[int]:
    """Listens at this port, notes the code of the first message, says no to TLS and goes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                first_words.append(connection.recv(8)[4:])
                connection.sendall(b"N")

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(("query", "asked"), [("", True), ("?sslmode=disable", False)], ids=["silent", "says"])
def test_pgsslmode_holds_where_the_address_says_nothing_of_tls(
    query: str, *, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGSSLMODE", "require")
    words: list[bytes] = []
    with server_without_tls(words) as port:
        engine = open_engine(f"postgresql://someone@127.0.0.1:{port}/checkdata{query}")
        with pytest.raises(StorageError), engine.connect():
            pass
    assert [word == ASKS_FOR_TLS for word in words] == [asked]


def test_an_address_may_leave_all_of_it_to_the_variables(
    postgresql_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGHOST": str(postgresql_server.folder), "PGUSER": "postgres", "PGAPPNAME": "theirs"}.items():
        monkeypatch.setenv(name, value)
    engine = open_engine("postgresql:///postgres")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW application_name").scalar_one() == "theirs"
    engine.dispose()
