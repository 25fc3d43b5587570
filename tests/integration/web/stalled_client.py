"""A browser that takes the beginning of an answer and then nothing more, and a storage that knows what is open."""

import time
from asyncio import Event
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Lock
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlencode

from attrs import define, field

from checkdata.adapters.memory import MemoryStorage
from checkdata.adapters.memory.unit_of_work import MemoryUnitOfWork
from tests.integration.web.client import Client, event_loop

PATIENCE_SECONDS: Final = 30.0


class CountedStorage(MemoryStorage):
    """A storage that counts the units of work that are open."""

    def __init__(self) -> None:
        super().__init__()
        self.open = 0
        self.lock = Lock()

    def reading(self) -> MemoryUnitOfWork:
        """One that is counted."""
        return _Counted(self, writes=False)

    def writing(self) -> MemoryUnitOfWork:
        """One that is counted."""
        return _Counted(self, writes=True)

    def at_once(self) -> MemoryUnitOfWork:
        """One that is counted."""
        return _Counted(self, writes=True, lasts=True)

    def counts(self, more: int) -> None:
        """Note that so many more are open."""
        with self.lock:
            self.open += more


class _Counted(MemoryUnitOfWork):
    def __init__(self, storage: CountedStorage, *, writes: bool, lasts: bool = False) -> None:
        super().__init__(storage, writes=writes, lasts=lasts)
        self._counted = storage

    def __enter__(self) -> Self:
        self._counted.counts(1)
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        super().__exit__(kind, error, trace)
        self._counted.counts(-1)


@define(eq=False)
class Stalled:
    """An answer of which the beginning has been taken; ``gone`` has its reader go away."""

    client: Client
    path: str
    form: Mapping[str, str] | None
    begun: Event = field(factory=Event)
    gone: Event = field(factory=Event)
    status: int = 0
    headers: Mapping[bytes, bytes] = field(factory=dict)
    body: bytes = b""
    whole: bool = False
    _asked: bool = False

    async def __call__(self) -> None:
        """Ask for the path, take the beginning of what comes, and wait until this reader goes away."""
        await self.client.http.app(self._scope(), self._receive, self._send)

    async def _receive(self) -> MutableMapping[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": urlencode(self.form or {}).encode(), "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:  # noqa: ANN401 - ASGI's own
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
            return
        if not self.gone.is_set():
            self.body += message["body"]
            self.whole = not message.get("more_body", False)
        self.begun.set()
        await self.gone.wait()

    def _scope(self) -> dict[str, Any]:
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.client.http.cookies.jar)
        headers = {"host": "check.example", "cookie": cookies, "content-type": "application/x-www-form-urlencoded"}
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET" if self.form is None else "POST",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": b"",
            "root_path": "",
            "scheme": "https",
            "server": ("check.example", 443),
            "client": ("192.0.2.1", 50_000),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "state": {},
        }


@contextmanager
def stalled(
    client: Client, path: str, form: Mapping[str, str] | None = None, *, begun: Callable[[], bool] | None = None
) -> Iterator[Stalled]:
    """A reader that has had the beginning of an answer, unless told otherwise; it goes away when the block ends."""
    reader = Stalled(client, path, form)
    answered: Future[None] = event_loop().start_task_soon(reader)
    try:
        wait_for(begun or (lambda: reader.begun.is_set() or answered.done()))
        yield reader
    finally:
        event_loop().call(reader.gone.set)
        answered.result(PATIENCE_SECONDS)


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)
