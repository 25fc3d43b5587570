"""People who work with a service whatever happens: pages, files, lists of their own, links, forms."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count
from threading import Event
from time import monotonic, sleep
from typing import Final

import httpx2
from attrs import define, field

from tests.integration.cli.web_client import token_of
from tests.integration.faults.large_feed import LARGE, ROWS
from tests.integration.faults.service import ANN, BEN, SAM, SUE, Served
from tests.integration.web.client import fields_of
from tests.integration.web.html import read

WELL: Final = frozenset({200, 303})
ALLOWED: Final = WELL | {408, 429, 503}
"""What a service may answer while something else fails; anything else blames those who work, or knows nothing."""

LOST: Final = 0
SIGNED_OUT: Final = 401
"""What a page counts as that leads to another one, because no page of theirs does while they are signed in."""

PATIENCE_SECONDS: Final = 60.0
PAUSE_SECONDS: Final = 0.2


@define
class Task:
    """What one user does again and again; each step returns the statuses of its answers."""

    name: str
    step: Callable[[], Sequence[int]]
    seen: Counter[int] = field(factory=Counter)
    """The answers until now; `LOST` where there was none."""

    def do(self) -> bool:
        """Do it once, and tell whether it went well."""
        try:
            statuses = self.step()
        except httpx2.TransportError:
            statuses = ()
        self.seen.update(list(statuses) or [LOST])
        return bool(statuses) and set(statuses) <= WELL


@define
class People:
    """A user for each kind of work, and what they have done."""

    tasks: Sequence[Task]
    nominated: dict[str, int]
    """The addresses that were nominated, with the status that was answered, or `LOST`."""
    links_asked_for: list[int]
    """1 for each link that was asked for, 0 where it is not known whether it was."""
    rows: set[int]
    """How many rows a file may have: all that were there at one moment."""

    @property
    def wrong(self) -> Mapping[str, Counter[int]]:
        """What was answered that may not be, by kind of work."""
        wrong = {
            task.name: Counter({what: number for what, number in task.seen.items() if what not in ALLOWED | {LOST}})
            for task in self.tasks
        }
        return {name: seen for name, seen in wrong.items() if seen}

    def all_work_again(self) -> None:
        """All users do their work; one who can't tries again for as long as people would."""
        with ThreadPoolExecutor(len(self.tasks)) as threads:
            list(threads.map(_until_well, self.tasks))


def _until_well(task: Task) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while not task.do():
        assert monotonic() < deadline, (task.name, task.seen)
        sleep(PAUSE_SECONDS)


@contextmanager
def signed_in(served: Served) -> Iterator[People]:
    """People who are signed in until the block ends."""
    with ExitStack() as stack:
        yield _people(served, stack)


@contextmanager
def at_work(people: People) -> Iterator[None]:
    """They do their work until the block ends."""
    ended = Event()

    def work(task: Task) -> None:
        while not ended.wait(PAUSE_SECONDS):
            task.do()

    with ThreadPoolExecutor(len(people.tasks)) as threads:
        done = [threads.submit(work, task) for task in people.tasks]
        try:
            yield
        finally:
            ended.set()
        for each in done:
            each.result()


def _people(served: Served, stack: ExitStack) -> People:
    ann, ben, sue = (stack.enter_context(served.signed_in(email)) for email in (ANN, BEN, SUE))
    signed_out = stack.enter_context(served.client())
    nominated: dict[str, int] = {}
    asked: list[int] = []
    rows = {ROWS}
    numbers = count()
    return People(
        [
            Task("pages", lambda: _pages(ann)),
            Task("files", lambda: _file(ann, rows)),
            Task("lists", lambda: _list(ben)),
            Task("links", lambda: _link(signed_out, asked)),
            Task("forms", lambda: _form(sue, f"new{next(numbers)}@large.example", nominated)),
        ],
        nominated,
        asked,
        rows,
    )


def _pages(user: httpx2.Client) -> Sequence[int]:
    return [_seen(user.get(path)) for path in ("/participants?query=a", "/changes", "/help/statuses")]


def _seen(page: httpx2.Response) -> int:
    return SIGNED_OUT if page.status_code == 303 else page.status_code


def _file(user: httpx2.Client, rows: set[int]) -> Sequence[int]:
    answer = user.get("/participants.csv")
    assert answer.status_code != 200 or answer.content.count(b"\n") - 1 in rows
    return [_seen(answer)]


def _list(user: httpx2.Client) -> Sequence[int]:
    page = user.get("/reconcile")
    if page.status_code != 200:
        return [_seen(page)]
    form = fields_of(read(page.text).one("form", action="/reconcile"))
    form.pop("file")
    file = b"TRN,Name\n" + b"".join(b"%d,Teacher\n" % number for number in range(1_000_000, 1_005_000))
    return [user.post("/reconcile", data=form, files={"file": ("list.csv", file)}).status_code]


def _link(user: httpx2.Client, asked: list[int]) -> Sequence[int]:
    page = user.get("/sign-in")
    if page.status_code != 200:
        return [_seen(page)]
    asked.append(0)
    answer = user.post("/sign-in", data={"email": SAM, "csrf_token": token_of(page.text)})
    asked[-1] = int(answer.status_code == 303)
    return [answer.status_code]


def _form(user: httpx2.Client, email: str, nominated: dict[str, int]) -> Sequence[int]:
    page = user.get("/support/nominations/add")
    if page.status_code != 200:
        return [_seen(page)]
    form = {
        "csrf_token": token_of(page.text), "name": "New Lee", "email": email, "role": "delivery_partner",
        "organisation": LARGE, "nominated_by": ANN, "reference": "Mail 1", "reason": "",
    }  # fmt: skip
    nominated[email] = LOST
    nominated[email] = user.post("/support/nominations/add", data=form).status_code
    return [nominated[email]]
