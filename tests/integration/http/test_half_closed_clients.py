"""A client that sends no more has not gone: it gets its answers; a client that has gone is noticed."""

import asyncio
import re
import socket
import time
from typing import Any

import pytest

from checkdata.entrypoints.http.limits import DEPARTED_SECONDS
from checkdata.entrypoints.http.refusals import refusal
from tests.integration.http.conversation import Conversation, answer, conversation, echo, heard, statuses
from tests.integration.http.test_waits import busy, never

PAGE = b"GET /a HTTP/1.1\r\nHost: check.example\r\n\r\n"
PATIENCE_SECONDS = 30.0


def turn_until(talk: Conversation, what: Any) -> None:  # noqa: ANN401 - whatever is true or false
    """Let the loop turn until something is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline
        talk.turn()


async def slow(_scope: dict[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401 - the words of ASGI
    """Answer once the client should have been asked whether it is there."""
    await receive()
    await asyncio.sleep(2 * DEPARTED_SECONDS)
    await answer(send, b"late")


@pytest.mark.parametrize("number", [1, 2, 20])
def test_a_client_that_sends_no_more_is_answered_all_that_was_asked(number: int) -> None:
    with conversation(echo) as talk:
        protocol, client = talk.connect()
        client.send(PAGE * number)
        client.shutdown(socket.SHUT_WR)
        turn_until(talk, lambda: protocol not in talk.state.connections)
        assert statuses(heard(client)) == [200] * number


def test_a_client_that_sends_no_more_and_half_a_request_is_answered_the_whole_ones() -> None:
    with conversation(echo) as talk:
        protocol, client = talk.connect()
        client.send(PAGE + PAGE[:-1])
        client.shutdown(socket.SHUT_WR)
        turn_until(talk, lambda: protocol not in talk.state.connections)
        assert statuses(heard(client)) == [200]


@pytest.mark.parametrize(("version", "told"), [(b"1.1", [100, 200]), (b"1.0", [200])])
def test_a_client_that_sends_no_more_and_waits_is_sent_what_clients_throw_away_if_their_http_has_it(
    version: bytes, told: list[int]
) -> None:
    with conversation(slow) as talk:
        protocol, client = talk.connect()
        client.send(PAGE.replace(b"1.1", version))
        client.shutdown(socket.SHUT_WR)
        turn_until(talk, lambda: protocol not in talk.state.connections)
        assert statuses(heard(client)) == told


@pytest.mark.parametrize("more", [b"", PAGE, PAGE * 20], ids=["one request", "another behind it", "many"])
def test_a_client_that_has_gone_is_noticed_while_the_answer_is_made(more: bytes) -> None:
    with conversation(never) as talk, socket.create_server(("127.0.0.1", 0)) as listening:
        with socket.create_connection(listening.getsockname()) as client:
            accepted = listening.accept()[0]
            talk.loop.run_until_complete(talk.loop.connect_accepted_socket(talk._protocol, sock=accepted))  # noqa: SLF001
            client.sendall(PAGE + more)
            turn_until(talk, lambda: bool(talk.state.tasks))
        turn_until(talk, lambda: not talk.state.tasks)
        assert not talk.state.connections


@pytest.mark.parametrize("more", [b"", b"Content-Length: 5\r\n"], ids=["a page", "a form of which there is a part"])
def test_a_client_that_waits_when_the_process_ends_is_told_as_any_other(more: bytes) -> None:
    with conversation(busy) as talk:
        protocol, client = talk.connect()
        talk.say(protocol, [PAGE[:-2] + more + b"\r\n"])
        for task in talk.state.tasks:
            task.cancel()
        talk.turn()
        got = heard(client)
        assert statuses(got) == [503]
        assert b"\r\nx-request-id: " in got
        assert not talk.state.tasks


@pytest.mark.parametrize("secure", [True, False])
def test_a_refusal_has_a_name_and_https_where_that_is_spoken(secure: bool) -> None:  # noqa: FBT001 - as pytest calls it
    told = refusal(503, "a-name-of-it", secure=secure)
    assert re.search(rb"\r\nx-request-id: a-name-of-it\r\n", told)
    assert (b"strict-transport-security" in told) == secure
