"""Downloads of a listing, and the page that says what each of them is for (service rules 13 and 18)."""

from collections.abc import Callable
from contextlib import ExitStack

from starlette.responses import Response

from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.errors import InvalidQuery
from checkdata.domain.services.task_steps.download import Download
from checkdata.entrypoints.web.files.sent_file import SentFile, without_content
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.participants import not_understood, place_with_names, query_in
from checkdata.entrypoints.web.presentation.downloads import downloads, file_name
from checkdata.entrypoints.web.presentation.recalls import lines_to_delete


def offered(ask: Ask, access: Access) -> Response:
    """Every download that the address allows, with its number of rows; no participant is shown yet."""
    try:
        query = query_in(ask, access)
    except InvalidQuery as error:
        return not_understood(ask, access, error)
    offer = ask.site.services.check_participants.offer(query)
    context = {
        "area": access.place.area,
        "offer": offer,
        "downloads": downloads(place_with_names(ask, access), query, offer),
        "to_delete": len(lines_to_delete(ask.site.services.confirm_deletion.held_by(access.acting.user_id))),
    }
    return ask.page("participants/downloads.html", context)


def csv_download(ask: Ask, access: Access) -> Response:
    """All that the address asks for, as CSV with a byte-order mark."""
    return _download(ask, access, FileKind.CSV)


def excel_download(ask: Ask, access: Access) -> Response:
    """The same as an Excel workbook."""
    return _download(ask, access, FileKind.EXCEL)


def extended_csv(ask: Ask, access: Access) -> Response:
    """The rows with more columns than the list has, as CSV with a byte-order mark."""
    return _download(ask, access, FileKind.EXTENDED_CSV)


def extended_excel(ask: Ask, access: Access) -> Response:
    """The same as an Excel workbook."""
    return _download(ask, access, FileKind.EXTENDED_EXCEL)


def communication_list(ask: Ask, access: Access) -> Response:
    """The communication list of all that the address asks for who are active, as CSV with a byte-order mark."""
    return _download(ask, access, FileKind.CONTACTS)


def communication_list_of_all(ask: Ask, access: Access) -> Response:
    """The communication list of all that the address asks for, active or not, as CSV with a byte-order mark."""
    return _download(ask, access, FileKind.ALL_CONTACTS)


def send_file(ask: Ask, access: Access, name: str, begun: Callable[[], Download]) -> Response:
    """A file on its way to the browser, if the limits allow one more; none of it for HEAD.

    Raises `TooManyDownloadsOfSession` and `TooManyDownloadsOfProcess`; then nothing is begun or recorded.
    """
    if ask.only_headers:
        return without_content(name)
    downloads = ask.site.downloads
    with ExitStack() as taken:
        taken.enter_context(downloads.one_more(access.visit.session.digest))
        return SentFile(name, begun(), downloads, taken.pop_all())


def _download(ask: Ask, access: Access, kind: FileKind) -> Response:
    try:
        query = query_in(ask, access)
    except InvalidQuery as error:
        return not_understood(ask, access, error)
    name = file_name(access.acting.organisation, access.visit.today, kind)
    return send_file(
        ask, access, name, lambda: ask.site.services.check_participants.download(access.acting, query, kind)
    )
