"""Each wait of a connection has an end, and connections make room for others. No test waits: each sets the clock."""

import asyncio
import re
from typing import Any

import pytest

from checkdata.entrypoints.http import limits
from checkdata.entrypoints.http.connections import Stage, see_to
from checkdata.entrypoints.http.protocol import GuardedProtocol
from tests.integration.http.conversation import Conversation, answer, conversation, deaf, heard, statuses

PAGE = b"GET /a HTTP/1.1\r\nHost: check.example\r\n\r\n"
FORM = b"POST /a HTTP/1.1\r\nHost: check.example\r\nContent-Length: 100000\r\n"
MOMENT = 0.5


async def never(_scope: dict[str, Any], receive: Any, _send: Any) -> None:  # noqa: ANN401
    """Wait for the client to go."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def busy(_scope: dict[str, Any], _receive: Any, _send: Any) -> None:  # noqa: ANN401
    """Wait for something else, and read nothing."""
    await asyncio.sleep(3600)


async def large(_scope: dict[str, Any], _receive: Any, send: Any) -> None:  # noqa: ANN401
    """Answer with more than sockets hold."""
    await answer(send, b"a" * 10_000_000)


def pass_time(talk: Conversation, seconds: float) -> None:
    """Look after the connections as if so much time had passed since they changed last, second by second."""
    now = max(each.since for each in talk.state.connections)  # type: ignore[union-attr]  # they are ours
    for second in range(1, int(seconds) + 1):
        see_to(talk.state.connections, now + second)  # type: ignore[arg-type]  # as above
    see_to(talk.state.connections, now + seconds)  # type: ignore[arg-type]  # as above
    talk.turn()


def is_there(talk: Conversation, protocol: GuardedProtocol) -> bool:
    return protocol in talk.state.connections and protocol.stage is not Stage.LEAVING


@pytest.mark.parametrize(
    ("said", "seconds", "told"),
    [
        (b"", limits.IDLE_SECONDS, []),
        (PAGE, limits.IDLE_SECONDS, [200]),
        (b"\r\n", limits.IDLE_SECONDS, []),
        (PAGE[:-1], limits.HEAD_SECONDS, [408]),
        (PAGE + PAGE[:-1], limits.HEAD_SECONDS, [200, 408]),
    ],
    ids=["nothing", "nothing more", "an empty line", "half a head", "half a second head"],
)
def test_a_client_that_sends_nothing_or_half_a_head_is_waited_for_so_long_and_no_longer(
    said: bytes, seconds: float, told: list[int]
) -> None:
    with conversation(deaf) as talk:
        protocol, client = talk.connect()
        talk.say(protocol, [said])
        pass_time(talk, seconds - MOMENT)
        assert is_there(talk, protocol)
        pass_time(talk, seconds + MOMENT)
        assert not is_there(talk, protocol)
        assert statuses(heard(client)) == told


def test_a_head_byte_by_byte_is_waited_for_no_longer() -> None:
    with conversation(deaf) as talk:
        protocol, client = talk.connect()
        begun = None
        for byte in PAGE[:-1]:
            talk.say(protocol, [bytes([byte])])
            begun = begun or protocol.since
        assert protocol.since == begun
        pass_time(talk, limits.HEAD_SECONDS + MOMENT)
        assert statuses(heard(client)) == [408]


@pytest.mark.parametrize("rate", [1, limits.SLOWEST_BODY // 2])
def test_a_body_that_trickles_is_refused_and_the_application_told_that_the_client_has_gone(rate: int) -> None:
    with conversation(never) as talk:
        protocol, client = talk.connect()
        talk.say(protocol, [FORM + b"\r\n"])
        now = protocol.since
        for second in range(60):
            talk.say(protocol, [b"a" * rate])
            see_to(talk.state.connections, now + second)  # type: ignore[arg-type]  # they are ours
        talk.turn()
        assert statuses(heard(client)) == [408]
        assert not talk.state.tasks


def test_a_body_that_comes_steadily_is_taken_but_not_for_ever() -> None:
    rate = 2 * limits.SLOWEST_BODY
    with conversation(never) as talk:
        protocol, client = talk.connect()
        talk.say(protocol, [FORM.replace(b"100000", b"10000000") + b"\r\n"])
        now = protocol.since
        for second in range(int(limits.BODY_SECONDS)):
            talk.say(protocol, [b"a" * rate])
            see_to(talk.state.connections, now + second)  # type: ignore[arg-type]  # they are ours
        assert is_there(talk, protocol)
        see_to(talk.state.connections, now + limits.BODY_SECONDS + MOMENT)  # type: ignore[arg-type]  # as above
        assert statuses(heard(client)) == [408]


@pytest.mark.parametrize("more", [b"Expect: 100-continue\r\n\r\n", b"\r\n" + b"a" * 90_000])
def test_time_in_which_a_body_is_not_read_does_not_count_for_its_sender(more: bytes) -> None:
    with conversation(busy) as talk:
        protocol, client = talk.connect()
        talk.say(protocol, [FORM + more])
        pass_time(talk, limits.BODY_SECONDS + 60)
        assert is_there(talk, protocol)
        assert statuses(heard(client)) == []
        for task in talk.state.tasks:
            task.cancel()
        talk.turn()


def test_a_body_that_was_answered_already_is_not_waited_for_without_end() -> None:
    with conversation(deaf) as talk:
        protocol, client = talk.connect()
        talk.say(protocol, [FORM + b"\r\n"])
        assert statuses(heard(client)) == [200]
        pass_time(talk, limits.BODY_GRACE_SECONDS + MOMENT)
        assert not is_there(talk, protocol)
        assert heard(client) == b""


def test_a_client_that_takes_nothing_of_its_answer_is_cut_off_and_one_that_takes_some_is_not() -> None:
    with conversation(large) as talk:
        (silent, _), (slow, reader) = talk.connect(), talk.connect()
        for each in (silent, slow):
            talk.say(each, [PAGE])
        now, got = silent.since, 0
        for second in range(1, int(3 * limits.UNREAD_SECONDS)):
            if second % 20 == 0:
                got += len(reader.recv(300_000))
                talk.turn()
            see_to(talk.state.connections, now + second)  # type: ignore[arg-type]  # they are ours
            assert is_there(talk, silent) or second > limits.UNREAD_SECONDS
        assert not is_there(talk, silent)
        assert is_there(talk, slow)
        assert got > 0


def test_a_client_that_went_on_once_may_stand_still_for_longer_but_not_for_ever() -> None:
    with conversation(large) as talk:
        slow, reader = talk.connect()
        talk.say(slow, [PAGE])
        see_to(talk.state.connections, slow.since)  # type: ignore[arg-type]  # they are ours
        resumed = slow.since + limits.STOOD_SECONDS + 1
        assert reader.recv(300_000)
        talk.turn()
        for second in (0.0, limits.SLOW_SECONDS):
            see_to(talk.state.connections, resumed + second)  # type: ignore[arg-type]  # as above
        assert is_there(talk, slow)
        see_to(talk.state.connections, resumed + limits.SLOW_SECONDS + 1)  # type: ignore[arg-type]  # as above
        assert not is_there(talk, slow)


def test_a_refused_client_may_read_why_while_it_sends_and_goes_then() -> None:
    with conversation(deaf) as talk:
        protocol, client = talk.connect()
        talk.say(protocol, [b"nonsense", b"a" * 1_000_000, b"a" * 1_000_000])
        assert statuses(heard(client)) == [400]
        pass_time(talk, limits.LINGER_SECONDS + MOMENT)
        assert protocol not in talk.state.connections


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker holds ten connections, and closes two at once where there is no room."""
    monkeypatch.setattr(limits, "MOST_CONNECTIONS", 10)
    monkeypatch.setattr(limits, "MADE_ROOM", 2)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("said", [b"", PAGE[:-1], FORM + b"\r\na"])
def test_those_who_are_waited_for_longest_make_room(said: bytes) -> None:
    with conversation(never) as talk:
        first = [talk.connect()[0] for _ in range(10)]
        for each in first:
            talk.say(each, [said])
        for number, each in enumerate(first):
            each.since = talk.loop.time() - 100 + number
        talk.connect()
        talk.turn()
        assert [is_there(talk, each) for each in first] == [False] * 2 + [True] * 8
        assert len(talk.state.connections) == 9


@pytest.mark.usefixtures("few")
def test_a_body_under_way_stays_while_others_only_connect() -> None:
    with conversation(never) as talk:
        sender, _ = talk.connect()
        talk.say(sender, [FORM + b"\r\n"])
        sender.since = 0.0
        for _ in range(50):
            talk.say(talk.connect()[0], [PAGE[:-1]])
        assert is_there(talk, sender)
        assert len(talk.state.connections) <= 10


@pytest.mark.usefixtures("few")
def test_no_connection_that_waits_for_an_answer_is_closed_to_make_room() -> None:
    with conversation(never) as talk:
        asked = [talk.connect()[0] for _ in range(10)]
        for each in asked:
            talk.say(each, [PAGE])
        _, client = talk.connect()
        talk.turn()
        got = heard(client)
        assert re.match(rb"HTTP/1\.1 503 ", got)
        assert all(is_there(talk, each) for each in asked)


@pytest.mark.usefixtures("few")
def test_many_who_come_at_once_send_away_no_more_than_there_is_need_for() -> None:
    with conversation(never) as talk:
        first = [protocol for protocol, _ in talk.connect_at_once(10)]
        talk.connect_at_once(2)
        talk.turn()
        assert sum(is_there(talk, each) for each in first) == 8
        assert len(talk.state.connections) == 10
