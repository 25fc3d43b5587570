"""Files that users choose, and forms that are too large or malformed (security.md 33 and 38)."""

import sys
import tempfile
from collections.abc import Iterator, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from threading import Event, Semaphore
from typing import Any, Final

import pytest
from attrs import define, evolve, field
from httpx2 import Response
from starlette.applications import Starlette
from starlette.routing import Route

from checkdata.adapters.spreadsheets import read_list
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.reconciliation.time_limit import TimeLimit
from checkdata.domain.reconciliation.uploaded_list import UploadedRow
from checkdata.domain.sign_in.link_limits import LinkLimits
from checkdata.entrypoints.web.gate import Gate
from checkdata.entrypoints.web.security.lists_at_once import LISTS_AT_ONCE, MOST_LISTS, MOST_OF_ONE, ListsAtOnce
from checkdata.entrypoints.web.security.query_and_form_fields import LARGEST_BODY
from checkdata.entrypoints.web.settings import WebServices
from tests.integration.spreadsheets.test_hostile_files import external
from tests.integration.spreadsheets.workbook_builder import SHEET, STRINGS, sheet_of, workbook_of
from tests.integration.test_sending_mail import wait_for
from tests.integration.web.client import Client, check_laws, event_loop, page_of
from tests.integration.web.reconciling import LIST, NAMES_AND_TRNS, chosen, reconciled, send, upload
from tests.integration.web.test_reconciling import DIALECTS
from tests.integration.web.world import ANN, World, with_feed_and_access

END: Final = b"--x--\r\n"


def part(name: str, content: bytes) -> bytes:
    return b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), content)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"", "Choose the file that has your list in it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "The file is in an old format of Excel"),
        (b"PK\x03\x04nonsense", "The workbook is damaged"),
        (workbook_of({SHEET: sheet_of(" " * 70_000_000)}), "There is too much in the workbook"),
        (workbook_of({STRINGS: external("file:///etc/passwd")}), "The workbook is damaged"),
        (b"TRN,Name\n1,A,B\n", "Row 2 goes on to column C"),
        (b'TRN,Name\n1,"A" B\n', "quotation mark out of place in row 2, column B"),
        (b"TRN,Name\n1,a\x01b\n", "cannot be read in row 2, column B"),
        (b"TRN\n", "The file has headings but no rows below them"),
        (b"TRN\n" + b"1\n" * 20_001, "The list has more than 20,000 rows"),
        (b"x" * 10_000_001, "The file is bigger than 10 MB"),
    ],
)
def test_a_bad_file_gets_a_sentence_with_its_place(ann: Client, file: bytes, sentence: str) -> None:
    page = upload(ann, file, 422)
    assert sentence in page.one("p", id="file-error").text
    assert page.one("title").text.startswith("Error:")
    assert page.link(page.one("p", id="file-error").text.removeprefix("Error: ")) == "#file"


def test_of_a_list_that_nobody_signed_in_sends_nothing_is_read(world: World) -> None:
    sent = list[MutableMapping[str, Any]]()

    async def receive() -> MutableMapping[str, Any]:
        raise AssertionError("the body was read")

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    headers = [(b"host", b"check.example"), (b"content-type", b"multipart/form-data; boundary=x")]
    scope = {"type": "http", "method": "POST", "path": "/reconcile", "query_string": b"", "headers": headers}

    async def ask() -> None:
        await world.app()(scope, receive, send)

    event_loop().call(ask)
    assert sent[0]["status"] == 303


def test_a_list_that_is_too_large_to_come_back_is_refused_before_it_is_compared(ann: Client) -> None:
    random = Random(1)  # noqa: S311 - text that can't be compressed
    rows = "".join(f"{number},{random.getrandbits(1600):x}\n" for number in range(19_000))
    assert "There is too much in the list to go on with" in upload(ann, f"TRN,Notes\n{rows}", 422).text


TOO_LONG: Final = "Your list took more than 30 seconds, so we stopped."


def test_a_file_that_takes_too_long_to_read_is_told_so(ann: Client, world: World) -> None:
    world.tick = timedelta(seconds=31)
    page = upload(ann, LIST, 422)
    assert TOO_LONG in page.one("p", id="file-error").text


@pytest.mark.parametrize("path", ["/reconcile/result", "/reconcile/result.csv", "/reconcile/result.xlsx"])
def test_a_list_that_takes_too_long_to_compare_is_told_so_and_no_participant_was_shown(
    ann: Client, world: World, path: str
) -> None:
    form = chosen(upload(ann, LIST))
    world.tick = timedelta(seconds=31)
    page = page_of(ann.post(path, form, 422), world)
    assert TOO_LONG in page.one("p", id="file-error").text
    page.one("form", action="/reconcile")
    assert not world.audit(AuditKind.LIST_RECONCILED)
    assert not world.audit(AuditKind.DOWNLOADED)


def test_a_request_that_is_too_large_is_413_and_not_read(ann: Client) -> None:
    send(ann, b"x" * 10_200_000, 413)
    form = chosen(upload(ann, LIST))
    ann.post("/reconcile/result", form | {"list": "x" * 4_100_000}, 413)
    ann.post("/sign-out", {"csrf_token": "x" * 70_000}, 413)


def test_a_word_beside_a_file_is_no_larger_than_a_form_without_one(ann: Client) -> None:
    send(ann, LIST, 200, note="x" * LARGEST_BODY)
    send(ann, LIST, 413, note="x" * (LARGEST_BODY + 1))


def test_only_there_may_a_request_be_that_large(ann: Client) -> None:
    page = ann.get("/participants")
    fields = {"csrf_token": page.all("input", name="csrf_token")[0].attributes["value"]}
    response = ann.http.post("/sign-out", data=fields, files={"file": ("list.csv", b"TRN\n1\n")})
    assert response.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x\r\n",
        part("a", b"1"),
        part("a", b"1") + part("a", b"1") + END,
        part("a", b"\xff") + END,
        part("a", b"\0") + END,
        b"--x\r\nContent-Type: text/plain\r\n\r\n1\r\n" + END,
        part("a", b"1").replace(b"form-data", b"attachment") + END,
        part('file"; filename="a', b"1") + part('file"; filename="b', b"1") + END,
        b"".join(part(str(number), b"1") for number in range(120)) + END,
    ],
    ids=["nothing", "cut", "no end", "repeated", "no UTF-8", "NUL", "no name", "no field", "two files", "many words"],
)
def test_a_malformed_form_with_a_file_is_400(ann: Client, body: bytes) -> None:
    response = ann.http.post("/reconcile", content=body, headers={"content-type": "multipart/form-data; boundary=x"})
    assert response.status_code == 400


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; x=y"])
def test_a_form_with_a_file_that_names_no_boundary_is_400(ann: Client, kind: str) -> None:
    body = part("a", b"1") + END
    assert ann.http.post("/reconcile", content=body, headers={"content-type": kind}).status_code == 400


def test_a_form_from_elsewhere_is_403(ann: Client) -> None:
    send(ann, LIST, 403, csrf_token="x")  # noqa: S106 - not one


@pytest.fixture
def written() -> Iterator[list[str]]:
    """The files that this process opens to write while the test runs, those without a name too."""
    opened: list[str] = []
    running = True

    def hear(event: str, args: tuple[object, ...]) -> None:
        is_named = event == "open" and not isinstance(args[0], int)  # else it was heard of, or is only in memory
        if running and is_named and isinstance(args[2], int) and args[2] & 0b11:
            opened.append(str(args[0]))
        if running and event.startswith("tempfile."):
            opened.append(str(args[0]))

    sys.addaudithook(hear)
    yield opened
    running = False


def test_a_list_is_never_written_to_a_file(ann: Client, written: list[str]) -> None:
    rows = "".join(f"{number:07d},Pat {number},{'x' * 100}\n" for number in range(19_000))
    page = reconciled(ann, f"TRN,Name,Notes\n{rows}")
    for ending in ("csv", "xlsx"):
        ann.post(f"/reconcile/result.{ending}", chosen(page), 200)
    upload(ann, DIALECTS["a workbook"])
    assert written == []


def test_a_file_that_is_written_is_heard_of(written: list[str], tmp_path: Path) -> None:
    (tmp_path / "here").write_text("x")
    with tempfile.TemporaryFile() as unnamed:
        unnamed.write(b"x")
    assert str(tmp_path / "here") in written
    assert len(written) > 1


def test_nothing_of_a_list_is_logged(ann: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    page = reconciled(ann, LIST)
    upload(ann, b"TRN,Name\n1,Nobody Known,Oak\n", 422)
    check_laws(ann.post("/reconcile/result.csv", chosen(page), 200), ann.world)
    told = caplog.text + repr([record.__dict__ for record in caplog.records if record.name.startswith("checkdata")])
    assert not any(word in told for word in NAMES_AND_TRNS)


@define(slots=False)
class Waiting(World):
    """A service that reads a list when it is told to, and knows how many it was reading at once."""

    told: Event = field(factory=Event)
    begun: Semaphore = field(factory=lambda: Semaphore(0))
    reading: int = 0
    most: int = 0

    def services(self) -> WebServices:
        services = super().services()
        return evolve(services, compare_lists=evolve(services.compare_lists, read_list=self.read))

    def app(self) -> Starlette:
        """One application for every client."""
        return self.only_app

    @cached_property
    def only_app(self) -> Starlette:
        return super().app()

    @property
    def lists(self) -> ListsAtOnce:
        """The lists that are there."""
        (gate,) = (
            route.endpoint for route in self.app().routes if isinstance(route, Route) and route.path == "/reconcile"
        )
        assert isinstance(gate, Gate)
        return gate.site.lists

    def read(self, file: bytes, limit: TimeLimit) -> Sequence[UploadedRow]:
        self.reading += 1
        self.most = max(self.most, self.reading)
        self.begun.release()
        self.told.wait()
        self.reading -= 1
        return read_list(file, limit)


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    world = Waiting(limits=LinkLimits(per_address=99))
    with_feed_and_access(world)
    yield world
    world.told.set()


def sessions(world: World, number: int) -> list[Client]:
    """So many browsers, with a session of Ann's in each."""
    browsers = [Client(world) for _ in range(number)]
    for browser in browsers:
        browser.sign_in(ANN)
    return browsers


def test_few_lists_are_worked_on_at_once_and_other_pages_do_not_wait_for_them(waiting: Waiting) -> None:
    browsers = sessions(waiting, 3)
    with ThreadPoolExecutor(5) as people:
        sent = [people.submit(send, browser, LIST) for browser in (*browsers, *browsers[:2])]
        assert all(waiting.begun.acquire(timeout=30) for _ in range(LISTS_AT_ONCE))
        for _ in range(5):
            browsers[0].get("/participants")
        waiting.told.set()
    assert [answer.result().status_code for answer in sent] == [200] * 5
    assert waiting.most == LISTS_AT_ONCE


def answered_at_once(client: Client, status: int) -> Response:
    """The answer to a list of which nothing is sent."""
    response = client.http.post("/reconcile", content=unread(), headers={"content-type": "multipart/form-data"})
    assert response.status_code == status
    check_laws(response, client.world)
    return response


def unread() -> Iterator[bytes]:
    """A body that must not be read."""
    yield pytest.fail("it was read")


def test_a_session_has_few_lists_under_way_and_the_next_is_refused_before_it_is_read(waiting: Waiting) -> None:
    (ann, other) = sessions(waiting, 2)
    with ThreadPoolExecutor(3) as people:
        sent = [people.submit(send, ann, LIST) for _ in range(MOST_OF_ONE)]
        assert all(waiting.begun.acquire(timeout=30) for _ in range(MOST_OF_ONE))
        refused = answered_at_once(ann, 429)
        sent.append(people.submit(send, other, LIST))
        waiting.told.set()
    assert [answer.result().status_code for answer in sent] == [200] * 3
    assert refused.headers["retry-after"] == "30"
    assert "We are still working on the lists you sent" in refused.text
    send(ann, LIST)


def test_few_lists_wait_and_the_next_is_refused_before_it_is_read(waiting: Waiting) -> None:
    *browsers, last = sessions(waiting, MOST_LISTS // MOST_OF_ONE + 1)
    with ThreadPoolExecutor(MOST_LISTS) as people:
        sent = [people.submit(send, browser, LIST) for browser in browsers for _ in range(MOST_OF_ONE)]
        wait_for(lambda: len(waiting.lists) == MOST_LISTS)
        refused = answered_at_once(last, 503)
        waiting.told.set()
    assert [answer.result().status_code for answer in sent] == [200] * MOST_LISTS
    assert refused.headers["retry-after"] == "30"
    assert "Too many lists are being checked" in refused.text
    send(last, LIST)
    assert len(waiting.lists) == 0
