"""A file on its way to a browser: even a slow reader holds nothing that other requests need."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack, aclosing
from typing import Final

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from checkdata.domain.services.task_steps.download import Download
from checkdata.entrypoints.web.files.downloads_at_once import RunningDownloads
from checkdata.entrypoints.web.files.making_file import MakingFile
from checkdata.entrypoints.web.security.perimeter import AnswerBrokenOff
from checkdata.entrypoints.web.security.request_log import log_failure

CSV_TYPE: Final = "text/csv; charset=utf-8"
STEP_BYTES: Final = 1024
STEPPED_BYTES: Final = 16 * STEP_BYTES
"""How much of a file is sent in pieces of `STEP_BYTES`: a system makes one of seventeen."""

EXCEL_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def without_content(name: str) -> Response:
    """The answer to HEAD: the headers of a file with this name, without its content."""
    return Response(headers=_headers(name), media_type=_media_type(name))


class SentFile(Response):
    """Sends a download under a name; the name's ending gives its type.

    An error before its first bytes is raised, so that it gets a page. A later error is logged, and the
    answer is broken off, so that it cannot pass for complete. *taken* is closed once it is done.
    """

    def __init__(self, name: str, download: Download, downloads: RunningDownloads, taken: ExitStack) -> None:
        super().__init__(headers=_headers(name), media_type=_media_type(name))
        del self.headers["Content-Length"]
        self._download, self._downloads, self._taken = download, downloads, taken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, until its reader has gone."""
        with self._taken:
            file = MakingFile(self._downloads, self._download)
            watching = asyncio.create_task(_leave_when_gone(receive, file))
            try:
                await self._send(file, scope, send)
            finally:
                watching.cancel()
                file.close()

    async def _send(self, file: MakingFile, scope: Scope, send: Send) -> None:
        async with aclosing(file.pieces()) as pieces:
            first = await anext(pieces, b"")
            if file.unwanted:
                return
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await _send_rest(first, pieces, scope, send)
            if not file.unwanted:
                await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send_rest(first: bytes, pieces: AsyncGenerator[bytes, None], scope: Scope, send: Send) -> None:
    steps = STEPPED_BYTES // STEP_BYTES
    try:
        steps = await _send_piece(first, send, steps)
        async for piece in pieces:
            steps = await _send_piece(piece, send, steps)
    except Exception as error:  # noqa: BLE001 - after any error the file must not pass for complete
        log_failure(scope, error)
        raise AnswerBrokenOff from None


async def _send_piece(piece: bytes, send: Send, steps: int) -> int:
    """Send it, the beginning in so many small steps; returns how many steps are left.

    A client's system frees what it holds by the piece that it came in. While a reader at a kilobyte a second reads a
    piece of 64 KiB, we could not tell for a minute whether it reads at all.
    """
    while piece and steps:
        await send(_body(piece[:STEP_BYTES]))
        await asyncio.sleep(0)  # or it would be sent together with the next one
        piece, steps = piece[STEP_BYTES:], steps - 1
    if piece:
        await send(_body(piece))
    return steps


async def _leave_when_gone(receive: Receive, file: MakingFile) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    file.leave()


def _body(piece: bytes) -> Message:
    return {"type": "http.response.body", "body": piece, "more_body": True}


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _media_type(name: str) -> str:
    return EXCEL_TYPE if name.endswith(".xlsx") else CSV_TYPE
