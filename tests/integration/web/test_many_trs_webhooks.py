"""A flood of webhooks leaves the threads that answer pages to pages."""

import asyncio
from collections.abc import Sequence
from threading import Event
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.types import Message

from checkdata.entrypoints.web.pages.teacher_messages import TeacherMessages

MANY: Final = 100
PATIENCE: Final = 30
"""After how many seconds a page is taken to wait for ever."""


def delivery() -> Request:
    async def receive() -> Message:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    headers = [(b"content-type", b"application/json")]
    return Request({"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}, receive)


def test_many_messages_that_wait_for_keys_keep_no_page_waiting() -> None:
    keys_came = Event()

    def hear(_headers: Sequence[tuple[str, str]], _body: bytes) -> None:
        keys_came.wait(PATIENCE * 2)

    async def flood() -> str:
        messages = TeacherMessages(hear)
        waiting = [asyncio.create_task(messages.received(delivery())) for _ in range(MANY)]
        await asyncio.sleep(0.1)
        try:
            return await asyncio.wait_for(to_thread.run_sync(lambda: "a page"), PATIENCE)
        finally:
            keys_came.set()
            await asyncio.gather(*waiting)

    assert asyncio.run(flood()) == "a page"
