"""Lists that users send slowly, break off, or leave when they are compared, keep no place from others."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread
from typing import Final

import httpx2

from tests.integration.faults.processes import wait_until, workers_of
from tests.integration.faults.raw_client import connected, read
from tests.integration.faults.service import ANN, BEN, Served, Service
from tests.integration.faults.test_hostile_inputs import upload
from tests.integration.faults.test_workers import answers
from tests.integration.web.client import fields_of
from tests.integration.web.html import read as html_of
from tests.integration.web.reconciling import chosen

SESSIONS: Final = 5
OF_EACH: Final = 2
"""Together as many lists as a process accepts."""

STEADY_BYTES: Final = 1024
"""Every half second: twice what a body has to bring."""

LIST: Final = b"TRN,Name\n" + b"".join(b"%d,Teacher\n" % number for number in range(1_000_000, 1_005_000))
LONG_LIST: Final = LIST * 10
"""Which arrives for longer than others wait."""

AT: Final = (0, 1, 300, 5_000, 70_000)
"""After how many bytes of the body a client goes."""


def begin_upload(connection: socket.socket, cookies: str, form: dict[str, str], file: bytes) -> bytes:
    """Send the head of a list and what stands before the file in its body; the rest of the body is given back."""
    edge = b"--edge\r\nContent-Disposition: form-data; "
    parts = b"".join(edge + b'name="%s"\r\n\r\n%s\r\n' % (name.encode(), form[name].encode()) for name in form)
    body = parts + edge + b'name="file"; filename="list.csv"\r\n\r\n' + file + b"\r\n--edge--\r\n"
    head = (
        b"POST /reconcile HTTP/1.1", b"Host: 127.0.0.1:%d" % connection.getpeername()[1],
        b"Cookie: " + cookies.encode(),
        b"Content-Type: multipart/form-data; boundary=edge", b"Content-Length: %d" % len(body), b"", b"",
    )  # fmt: skip
    connection.sendall(b"\r\n".join(head))
    return body


def form_of(browser: httpx2.Client) -> dict[str, str]:
    """The fields of the form that takes a list, without its file."""
    form = dict(fields_of(html_of(browser.get("/reconcile").text).one("form", action="/reconcile")))
    form.pop("file")
    return form


@contextmanager
def slow_lists(served: Served) -> Iterator[list[socket.socket]]:
    """Lists of five sessions that arrive a little faster than they have to, for as long as they are let."""
    ended = Event()
    with ExitStack() as stack:
        sending = []
        for _ in range(SESSIONS):
            browser = stack.enter_context(served.signed_in(ANN))
            form, cookies = form_of(browser), served.cookies(browser)
            for _ in range(OF_EACH):
                connection = stack.enter_context(connected(served.port))
                sending.append((connection, begin_upload(connection, cookies, form, LONG_LIST)))
        thread = Thread(target=_send_slowly, args=(sending, ended))
        thread.start()
        try:
            yield [connection for connection, _ in sending]
        finally:
            ended.set()
            thread.join()


def _send_slowly(sending: list[tuple[socket.socket, bytes]], ended: Event) -> None:
    left = dict(sending)
    at = 0
    while not ended.wait(0.5):
        for connection, body in tuple(left.items()):
            try:
                connection.sendall(body[at : at + STEADY_BYTES])
            except OSError:  # it was refused
                del left[connection]
        at += STEADY_BYTES


def test_lists_that_arrive_slowly_from_five_sessions_keep_no_other_user_out(sqlite: Service) -> None:
    with sqlite.served() as served, served.signed_in(BEN) as ben, slow_lists(served) as slow:
        wait_until(lambda: upload(ben, LIST).status_code == 503)
        wait_until(lambda: upload(ben, LIST).status_code == 200, patience=60)
        assert read(slow[0], 12) == b"HTTP/1.1 503"


def test_lists_that_are_broken_off_leave_nothing_behind(service: Service) -> None:
    with service.served("--workers", "2") as served, served.signed_in(ANN) as ann:
        workers = workers_of(served.process.pid)
        form, cookies = form_of(ann), served.cookies(ann)
        for size in AT * 4:
            with connected(served.port) as connection:
                connection.sendall(begin_upload(connection, cookies, form, LIST)[:size])
        wait_until(lambda: all(upload(ann, LIST).status_code == 200 for _ in range(4)))
        assert workers_of(served.process.pid) == workers


def test_a_comparison_that_is_broken_off_leaves_nothing_behind(service: Service) -> None:
    with service.served("--workers", "2") as served, served.signed_in(ANN) as ann:
        workers = workers_of(served.process.pid)
        form = chosen(html_of(upload(ann, LIST).text))
        for path in ("/reconcile/result", "/reconcile/result.csv", "/reconcile/result.xlsx") * 3:
            for seconds in (0.05, 0.5):
                with suppress(httpx2.ReadTimeout):
                    ann.post(path, data=form, timeout=httpx2.Timeout(60, read=seconds))
        wait_until(lambda: ann.post("/reconcile/result.csv", data=form).status_code == 200)
        assert workers_of(served.process.pid) == workers
        assert all(answers(served.address) for _ in range(20))
