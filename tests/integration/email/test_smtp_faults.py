"""Mail servers that are slow, silent or rude: a conversation ends, and it is known what became of the mail."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings

from checkdata.adapters.email import MailRenderer, Security, SmtpMailer, SmtpServer, Wording
from checkdata.adapters.email.smtp_time_limit import CONNECT_SECONDS, PATIENCE_SECONDS, WHOLE_SECONDS
from checkdata.domain.errors import DeliveryFailed, DeliveryRefused
from checkdata.domain.messages import HowAccessIsGiven
from checkdata.domain.services.mail.send_mail import CLAIMED_FOR
from checkdata.domain.values import EmailAddress
from tests.integration.email.smtp_server import SmtpServerInTest, smtp_server
from tests.strategies import mailable_addresses

LETTERS: Final = MailRenderer(
    sender=EmailAddress.of("no-reply@service.example.org"),
    wording=Wording(start_page="https://service.example.org/"),
    clock=lambda: datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
)
JO: Final = EmailAddress.of("jo@example.org")


@pytest.fixture(scope="module")
def shared_server() -> Iterator[SmtpServerInTest]:
    with smtp_server() as server:
        yield server


@pytest.fixture
def server() -> Iterator[SmtpServerInTest]:
    with smtp_server() as server:
        yield server


def mailer(
    host: str, port: int, *, patience: float = 30, whole: float = 30, security: Security = Security.IF_OFFERED
) -> SmtpMailer:
    place = SmtpServer(host=host, port=port, security=security)
    return SmtpMailer(place, LETTERS, patience=patience, whole=whole)


@contextmanager
def rude_server(behave: Callable[[socket.socket, threading.Event], None]) -> Iterator[int]:
    """A server that treats its one client in this way, at this port, until the block ends."""
    over = threading.Event()
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def run() -> None:
            with suppress(OSError), closing(listening.accept()[0]) as connection:
                behave(connection, over)

        thread = threading.Thread(target=run)
        thread.start()
        yield listening.getsockname()[1]
        over.set()
        thread.join()


def say_nothing(_: socket.socket, over: threading.Event) -> None:
    over.wait()


def trickle(connection: socket.socket, over: threading.Event) -> None:
    """An answer that never ends, a byte now and then."""
    connection.sendall(b"220-")
    while not over.wait(0.05):
        connection.sendall(b"x")


def never_come_to_the_last_line(connection: socket.socket, _: threading.Event) -> None:
    while True:
        connection.sendall(b"220-and another thing\r\n" * 1000)


def hang_up(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(b"220 Hello\r\n")


def talk_nonsense(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(b"\xff\xfe\r\n" * 3)
    over.wait()


def send(mailer: SmtpMailer) -> str:
    """Why the mail was not handed over, as far as is known."""
    with pytest.raises(DeliveryFailed) as told:
        mailer.send(JO, HowAccessIsGiven(), "r1")
    assert not isinstance(told.value, DeliveryRefused)
    assert "@" not in str(told.value)
    return str(told.value)


@settings(max_examples=50, deadline=None)
@given(mailable_addresses())
def test_every_address_that_is_taken_a_mail_server_takes(
    shared_server: SmtpServerInTest, address: EmailAddress
) -> None:
    mailer(shared_server.host, shared_server.port).send(address, HowAccessIsGiven(), "r1")
    delivery = shared_server.deliveries[-1]
    assert delivery.to == [address.value]
    assert [to.addr_spec for to in delivery.mail["To"].addresses] == [address.value]


def test_a_claim_lasts_longer_than_a_conversation_can() -> None:
    two_addresses = 2 * CONNECT_SECONDS
    assert timedelta(seconds=two_addresses + WHOLE_SECONDS) < CLAIMED_FOR
    assert PATIENCE_SECONDS < WHOLE_SECONDS


def test_a_server_that_takes_the_mail_and_closes_is_tried_again(server: SmtpServerInTest) -> None:
    server.handler.closes = 1
    assert "broke off" in send(mailer(server.host, server.port))
    assert len(server.deliveries) == 1


def test_a_server_that_takes_the_mail_and_does_not_say_goodbye_has_taken_it(server: SmtpServerInTest) -> None:
    server.handler.lingers = 20
    mailer(server.host, server.port).send(JO, HowAccessIsGiven(), "r1")
    assert len(server.deliveries) == 1


def test_a_server_that_answers_late_has_taken_the_mail(server: SmtpServerInTest) -> None:
    server.handler.held = {JO.value}
    threading.Timer(2, server.handler.held.clear).start()
    mailer(server.host, server.port).send(JO, HowAccessIsGiven(), "r1")
    assert len(server.deliveries) == 1


def test_a_server_that_says_nothing_ends_with_our_patience() -> None:
    with rude_server(say_nothing) as port:
        assert "did not answer in time" in send(mailer("127.0.0.1", port, patience=0.3))


@pytest.mark.parametrize("security", [Security.TLS, Security.IF_OFFERED])
@pytest.mark.parametrize("behave", [trickle, say_nothing])
def test_a_server_that_is_never_done_ends_with_the_conversation(
    behave: Callable[[socket.socket, threading.Event], None], security: Security
) -> None:
    with rude_server(behave) as port:
        told = send(mailer("localhost", port, whole=0.5, security=security))
    assert "took too long over one mail" in told or (security is Security.TLS and behave is trickle)


def test_an_answer_without_a_last_line_is_broken_off_long_before_the_conversation_ends() -> None:
    with rude_server(never_come_to_the_last_line) as port:
        assert "broke off" in send(mailer("127.0.0.1", port, whole=10))


@pytest.mark.parametrize("behave", [hang_up, talk_nonsense])
def test_a_server_that_breaks_off_or_talks_nonsense_is_tried_again(
    behave: Callable[[socket.socket, threading.Event], None],
) -> None:
    with rude_server(behave) as port:
        send(mailer("127.0.0.1", port, patience=2))
