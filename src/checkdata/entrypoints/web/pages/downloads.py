"""Downloads of a listing, and the page that says what each of them is for (service rules 13 and 18)."""

from collections.abc import AsyncIterator, Generator, Mapping
from typing import Final

from starlette.concurrency import iterate_in_threadpool
from starlette.responses import Response, StreamingResponse

from checkdata.domain.errors import InvalidQuery
from checkdata.domain.receipts import FileKind
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.participants import not_understood, query_of
from checkdata.entrypoints.web.presentation.downloads import downloads, file_name
from checkdata.entrypoints.web.presentation.listings import AREAS

CSV_TYPE: Final = "text/csv; charset=utf-8"
EXCEL_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def offered(ask: Ask, access: Access) -> Response:
    """Every download of what the address asks for, with how many rows each has; nobody is looked at yet."""
    try:
        query = query_of(ask.words, access)
    except InvalidQuery as error:
        return not_understood(ask, access, error)
    offer = ask.site.services.checking.offer(query)
    context = {"area": AREAS[access.acting.role], "offer": offer, "downloads": downloads(access.acting, query, offer)}
    return ask.page("participants/downloads.html", context)


def csv(ask: Ask, access: Access) -> Response:
    """All that the address asks for, as CSV with a byte-order mark."""
    return _download(ask, access, FileKind.CSV)


def excel(ask: Ask, access: Access) -> Response:
    """The same as an Excel workbook."""
    return _download(ask, access, FileKind.EXCEL)


def contacts(ask: Ask, access: Access) -> Response:
    """Whom to write to, of all that the address asks for, as CSV with a byte-order mark."""
    return _download(ask, access, FileKind.CONTACTS)


def answer(name: str, chunks: Generator[bytes, None, None]) -> Response:
    """A file on its way to the browser, under this name, whose ending says what it is."""
    return StreamingResponse(_closing(chunks), headers=_headers(name), media_type=_media_type(name))


def _download(ask: Ask, access: Access, kind: FileKind) -> Response:
    """The file; HEAD downloads nothing, so it records nothing."""
    try:
        query = query_of(ask.words, access)
    except InvalidQuery as error:
        return not_understood(ask, access, error)
    name = file_name(access.acting, access.visit.today, kind)
    if ask.request.method == "HEAD":
        return Response(headers=_headers(name), media_type=_media_type(name))
    return answer(name, ask.site.services.checking.download(access.acting, query, kind).chunks)


def _headers(name: str) -> Mapping[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _media_type(name: str) -> str:
    return EXCEL_TYPE if name.endswith(".xlsx") else CSV_TYPE


async def _closing(chunks: Generator[bytes, None, None]) -> AsyncIterator[bytes]:
    """The chunks, made in a thread; closed at the end even when the reader has gone, so that storage is free again."""
    try:
        async for chunk in iterate_in_threadpool(chunks):
            yield chunk
    finally:
        chunks.close()
