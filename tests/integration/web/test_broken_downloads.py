"""What goes wrong before a file's first byte gets a page; what goes wrong later is cut off, and said in the log."""

from collections.abc import Iterator
from threading import Event

import pytest

from checkdata.adapters.memory.participants import MemoryParticipants
from checkdata.adapters.memory.receipts import MemoryReceipts
from checkdata.domain.errors import StorageUnavailable
from checkdata.entrypoints.web.files.kept_file import KeptFile
from checkdata.entrypoints.web.security.perimeter import AnswerBrokenOff
from tests.integration.web.client import Client
from tests.integration.web.stalled_client import PATIENCE_SECONDS

ASKED = "SELECT 'Ada Bold'"


def breaking_after(size: int, moment: Event) -> Iterator[bytes]:
    yield b"full_name\n"
    if size:
        yield b"a" * size
        assert moment.wait(PATIENCE_SECONDS)
    raise StorageUnavailable(ASKED)


def break_after(size: int, monkeypatch: pytest.MonkeyPatch, moment: Event | None = None) -> None:
    monkeypatch.setattr(MemoryParticipants, "csv", lambda *_: breaking_after(size, moment or Event()))


def once_sent(monkeypatch: pytest.MonkeyPatch) -> Event:
    """The moment at which the beginning of a file is on its way."""
    moment, take = Event(), KeptFile.take

    def taken(file: KeptFile) -> bytes:
        piece = take(file)
        if piece:
            moment.set()
        return piece

    monkeypatch.setattr(KeptFile, "take", taken)
    return moment


def test_a_download_that_breaks_is_cut_off_so_that_no_client_takes_it_for_whole(
    ann: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("checkdata.entrypoints.web.files.making_file.FEW_ROWS", 0)
    break_after(1000, monkeypatch, once_sent(monkeypatch))
    with pytest.raises(AnswerBrokenOff) as caught:
        ann.http.get("/participants.csv")
    assert caught.value.__suppress_context__
    [failure] = [record for record in caplog.records if record.message == "failure"]
    assert failure.details["error"] == "StorageUnavailable"  # type: ignore[attr-defined]
    assert failure.details["route"] == "/participants.csv"  # type: ignore[attr-defined]
    assert ASKED not in caplog.text


def test_a_download_that_breaks_before_its_first_rows_gets_a_page(ann: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    break_after(0, monkeypatch)
    page = ann.get("/participants.csv", 503)
    assert page.one("h1").text == "Sorry, the service is unavailable"


def test_a_small_file_whose_receipt_can_not_be_kept_gets_a_page(ann: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise StorageUnavailable

    monkeypatch.setattr(MemoryReceipts, "add", refuse)
    ann.get("/participants.csv", 503)


def test_a_download_that_broke_has_given_everything_back(ann: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        break_after(0, patched)
        for _ in range(9):
            ann.get("/participants.csv", 503)
    for _ in range(9):
        assert ann.http.get("/participants.csv").is_success
