"""What one signed-in user sends: workbooks of a few kilobytes, forty lists at once, a search of a hundred words."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import Final

import httpx2
import pytest
from attrs import evolve

from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.settings.environment import read_settings
from tests.integration.faults.processes import processor_seconds
from tests.integration.faults.service import ANN, BEN, SUE, Served, Service
from tests.integration.postgresql import Server, processes_of
from tests.integration.spreadsheets.workbook_builder import SHEET, sheet_of, workbook_of
from tests.integration.web.client import fields_of
from tests.integration.web.html import read

MOST_OF_A_LIST: Final = 250
"""In mebibytes above idle (`checkdata.entrypoints.web.security.lists_at_once`)."""

MOST_OF_MANY: Final = 350
"""The same of forty at once: two are worked on, and ten are kept, of 10 MB each."""

TOO_MUCH: Final = "There is too much in the workbook"


def peak(served: Served) -> int:
    """The most memory that the process ever had, in mebibytes."""
    with open(f"/proc/{served.process.pid}/status") as status:  # noqa: PTH123 - no file
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) // 1024


def upload(client: httpx2.Client, file: bytes) -> httpx2.Response:
    """Choose a file as one's list, and send it."""
    form = fields_of(read(client.get("/reconcile").text).one("form", action="/reconcile"))
    form.pop("file")
    return client.post("/reconcile", data=form, files={"file": ("list", file)})


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda: f'<row a="{"x" * 50_000_000}"/>', id="an attribute of 50 MB"),
        pytest.param(
            lambda: "<row " + " ".join(f'a{n}=""' for n in range(2_000_000)) + "/>", id="2,000,000 attributes"
        ),
    ],
)
def test_a_small_workbook_that_unpacks_to_one_token_is_refused_in_little_memory(
    sqlite: Service, made: Callable[[], str]
) -> None:
    file = workbook_of({SHEET: sheet_of(made())})
    with sqlite.served() as served, served.signed_in(ANN) as ann:
        upload(ann, b"TRN\n1234567\n")
        idle = peak(served)
        answer = upload(ann, file)
        assert answer.status_code == 422
        assert TOO_MUCH in answer.text
        assert peak(served) - idle < MOST_OF_A_LIST


def test_forty_lists_at_once_are_taken_in_or_told_to_wait_in_bounded_memory(sqlite: Service) -> None:
    file = b"TRN,Notes\n" + (b"1234567," + b"x" * 490 + b"\n") * 19_800
    with sqlite.served() as served, ExitStack() as browsers:
        people = [browsers.enter_context(served.signed_in(email)) for email in (ANN, BEN) for _ in range(5)]
        upload(people[0], b"TRN\n1234567\n")
        idle = peak(served)
        with ThreadPoolExecutor(40) as hands:
            answers = list(hands.map(lambda number: upload(people[number % 10], file), range(40)))
        told = {answer.status_code for answer in answers}
        assert told <= {200, 422, 429, 503}
        assert told & {200, 422}
        assert all(answer.headers["retry-after"] for answer in answers if answer.status_code in (429, 503))
        assert peak(served) - idle < MOST_OF_MANY
        assert upload(people[0], b"TRN\n1234567\n").status_code == 200


def test_a_word_a_hundred_times_is_searched_for_once(service: Service, server_of_faults: Server) -> None:
    with service.served() as served, served.signed_in(ANN) as ann:
        working = [served.process.pid, *processes_of(server_of_faults)]
        once, often = (seconds(working, ann, query) for query in ("@", "@ " * 100))
        assert often < 5 * once + 1
        assert "Search must have 20 different words or fewer" in search(ann, " ".join(f"w{n}" for n in range(40)), 422)


def search(client: httpx2.Client, query: str, status: int = 200) -> str:
    answer = client.get("/participants", params={"query": query})
    assert answer.status_code == status
    return answer.text


def seconds(working: Sequence[int], client: httpx2.Client, query: str) -> float:
    """How long these processes work on a search; the least of three."""

    def taken() -> float:
        before = processor_seconds(working)
        assert "60,000 " in search(client, query)
        return processor_seconds(working) - before

    return min(taken() for _ in range(3))


@pytest.mark.parametrize("unseen", ["\x02", "\u202e"])
def test_a_name_that_was_stored_with_what_cannot_be_seen_keeps_no_user_out(service: Service, unseen: str) -> None:
    with closing(Composition(read_settings(service.variables))) as composed, composed.owners_storage.writing() as work:
        user = work.users.with_email(EmailAddress.of(ANN))
        assert user is not None
        work.users.replace(evolve(user, name=f"Ann{unseen}Lee"))
        work.commit()
    with service.served() as served, served.signed_in(ANN) as ann, served.signed_in(SUE) as sue:
        for client, path in ((ann, "/participants"), (ann, "/changes"), (ann, "/reconcile"), (sue, "/support/users")):
            page = client.get(path)
            assert page.status_code == 200
            assert unseen not in page.text
