"""However a request is cut on its way, it gets the same answer."""

from itertools import pairwise
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkdata.entrypoints.fixed_headers import fixed_headers
from checkdata.entrypoints.http.limits import LARGEST_HEAD, LONGEST_LINE, MOST_HEADERS
from tests.integration.http.conversation import answers, deaf, echo, statuses

FIXED: Final = fixed_headers(secure=False)
HOST: Final = b"Host: check.example\r\n"
CHUNKED: Final = b"POST /a HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"

GOOD: Final = {
    "a page": b"GET /a?b=c HTTP/1.1\r\n" + HOST + b"\r\n",
    "an empty line before it": b"\r\n\r\nGET /a HTTP/1.1\r\n" + HOST + b"\r\n",
    "a form": b"POST /a HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\na=bcd",
    "a body that looks like a request": b"POST /a HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "the page that its host names": b"GET http://check.example/a HTTP/1.1\r\n" + HOST + b"\r\n",
    "a page with a body": b"GET /a HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\nabc",
}
LAST: Final = {
    "one that closes": b"GET /a HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n",
    "HTTP/1.0": b"GET /a HTTP/1.0\r\n" + HOST + b"\r\n",
    "an upgrade": b"GET /a HTTP/1.1\r\n" + HOST + b"Connection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    "chunks": CHUNKED + b"3\r\nabc\r\n2;name=value\r\nde\r\n0\r\nHost: other.example\r\n\r\n",
}
BAD: Final = {
    "two hosts": (b"GET /a HTTP/1.1\r\n" + HOST + b"Host: check.example\r\n\r\n", 400),
    "the page of another host": (b"GET http://other.example/a HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "no page": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a tunnel": (b"CONNECT other.example:80 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "two lengths": (b"POST /a HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
    "five thousand zeros": (b"POST /a HTTP/1.1\r\n" + HOST + b"Content-Length: " + b"0" * 5000 + b"\r\n\r\n", 400),
    "a length of words": (b"POST /a HTTP/1.1\r\n" + HOST + b"Content-Length: 0x3\r\n\r\nabc", 400),
    "a signed length": (b"POST /a HTTP/1.1\r\n" + HOST + b"Content-Length: +3\r\n\r\nabc", 400),
    "length and chunks": (
        b"POST /a HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "chunks of HTTP/1.0": (b"POST /a HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "another encoding": (b"POST /a HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    "no size of a chunk": (CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n", 400),
    "a folded header": (b"GET /a HTTP/1.1\r\n" + HOST + b"A: b\r\n c\r\n\r\n", 400),
    "a space after a name": (b"GET /a HTTP/1.1\r\n" + HOST + b"A : b\r\n\r\n", 400),
    "a NUL": (b"GET /a HTTP/1.1\r\n" + HOST + b"A: b\0c\r\n\r\n", 400),
    "a bare CR": (b"GET /a HTTP/1.1\r\n" + HOST + b"A: b\rc\r\n\r\n", 400),
    "a bare LF": (b"GET /a HTTP/1.1\r\n" + HOST + b"A: b\nC: d\r\n\r\n", 400),
    "no CR at all": (b"GET /a HTTP/1.1\nHost: check.example\n\n", 400),
    "HTTP/0.9": (b"GET /a\r\n\r\n", 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "an unknown method": (b"FETCH /a HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 400),
    "a long address": (b"GET /" + b"a" * LONGEST_LINE + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
    "a large header": (b"GET /a HTTP/1.1\r\n" + HOST + b"A: " + b"a" * LARGEST_HEAD + b"\r\n\r\n", 431),
    "many headers": (b"GET /a HTTP/1.1\r\n" + HOST + b"A: b\r\n" * MOST_HEADERS + b"\r\n", 431),
}


def in_pieces(whole: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({cut % (len(whole) + 1) for cut in cuts} | {0, len(whole)})
    return [whole[begin:end] for begin, end in pairwise(places)]


@st.composite
def requests(draw: st.DrawFn, last: tuple[bytes, ...]) -> bytes:
    """Some good requests on one connection, and one that it ends with."""
    begin = draw(st.lists(st.sampled_from(sorted(GOOD.values())), max_size=3))
    return b"".join((*begin, draw(st.sampled_from((*GOOD.values(), *last)))))


CUTS: Final = st.lists(st.integers(min_value=0, max_value=50_000), max_size=8)
UNFINISHED: Final = b"GET /unfinished HTTP/1.1\r\n"


@given(requests((*LAST.values(), *(bad for bad, _ in BAD.values()), UNFINISHED)), CUTS)
def test_a_request_gets_the_same_answer_wherever_it_is_cut(whole: bytes, cuts: list[int]) -> None:
    assert answers(echo, in_pieces(whole, cuts)) == answers(echo, [whole])


@given(requests((*LAST.values(), UNFINISHED)), CUTS)
def test_so_it_does_where_it_is_answered_before_its_body_has_come(whole: bytes, cuts: list[int]) -> None:
    assert answers(deaf, in_pieces(whole, cuts)) == answers(deaf, [whole])


@pytest.mark.parametrize("request_", [*GOOD.values(), *LAST.values()], ids=[*GOOD, *LAST])
def test_a_request_that_comes_byte_for_byte_is_answered(request_: bytes) -> None:
    got, _ = answers(echo, [bytes([byte]) for byte in request_])
    assert statuses(got) == [200]
    assert got == answers(echo, [request_])[0]


@pytest.mark.parametrize(("request_", "status"), BAD.values(), ids=[*BAD])
def test_a_request_that_two_readers_might_take_differently_or_that_is_too_large_is_refused(
    request_: bytes, status: int
) -> None:
    got, ended = answers(echo, [request_])
    assert (statuses(got), ended) == ([status], True)
    assert b"connection: close\r\n" in got
    assert all(b"%s: %s\r\n" % (name.lower().encode(), value.encode()) in got for name, value in FIXED.items())


@pytest.mark.parametrize("last", [*LAST.values(), *(bad for bad, _ in BAD.values())], ids=[*LAST, *BAD])
def test_nothing_is_answered_behind_what_ends_a_connection(last: bytes) -> None:
    got, ended = answers(echo, [last + GOOD["a page"]])
    assert (len(statuses(got)), ended) == (1, True)


def test_requests_that_come_together_are_answered_in_their_order() -> None:
    paths = [f"/{number}" for number in range(20)]
    got, _ = answers(echo, [b"".join(b"GET %s HTTP/1.1\r\n%s\r\n" % (path.encode(), HOST) for path in paths)])
    assert [line for line in paths if f'"path": "{line}"'.encode() in got] == paths
    assert statuses(got) == [200] * len(paths)


async def in_parts(_scope: dict[str, Any], _receive: Any, send: Any) -> None:  # noqa: ANN401 - the words of ASGI
    """Answer with a length that is not known before."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for part in (b"one ", b"two ", b"three"):
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def test_an_answer_without_a_length_is_in_chunks_where_the_client_knows_them_and_plain_where_not() -> None:
    chunked, open_ = answers(in_parts, [GOOD["a page"]])
    assert (chunked.partition(b"\r\n\r\n")[2], open_) == (b"4\r\none \r\n4\r\ntwo \r\n5\r\nthree\r\n0\r\n\r\n", False)
    plain, ended = answers(in_parts, [LAST["HTTP/1.0"]])
    assert (plain.partition(b"\r\n\r\n")[2], ended) == (b"one two three", True)
    assert b"transfer-encoding" not in plain


def test_what_stands_behind_chunks_is_no_header_of_the_request() -> None:
    got, _ = answers(echo, [LAST["chunks"]])
    assert b"other.example" not in got
    assert b'"body": "abcde"' in got


@pytest.mark.parametrize(("size", "status"), [(LARGEST_HEAD, 200), (LARGEST_HEAD + 1, 431)])
def test_a_head_may_have_so_many_bytes_and_no_more(size: int, status: int) -> None:
    begin = b"GET /a HTTP/1.1\r\n" + HOST + b"A: "
    got, _ = answers(deaf, [begin + b"a" * (size - len(begin) - 4) + b"\r\n\r\n"])
    assert statuses(got) == [status]


@pytest.mark.parametrize(("size", "status"), [(LONGEST_LINE, 200), (LONGEST_LINE + 1, 414)])
def test_the_line_of_a_request_may_have_so_many_bytes_and_no_more(size: int, status: int) -> None:
    line = b"GET /" + b"a" * (size - len(b"GET / HTTP/1.1")) + b" HTTP/1.1"
    assert statuses(answers(deaf, [line + b"\r\n" + HOST + b"\r\n"])[0]) == [status]


@pytest.mark.parametrize(("number", "status"), [(MOST_HEADERS, 200), (MOST_HEADERS + 1, 431)])
def test_a_request_may_have_so_many_headers_and_no_more(number: int, status: int) -> None:
    head = b"GET /a HTTP/1.1\r\n" + HOST + b"A: b\r\n" * (number - 1) + b"\r\n"
    assert statuses(answers(deaf, [head])[0]) == [status]
