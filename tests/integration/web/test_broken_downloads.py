from collections.abc import Generator

import pytest

from checkdata.domain.errors import StorageUnavailable
from checkdata.domain.services.checking import Checking, Download
from checkdata.entrypoints.web.security.perimeter import AnswerBrokenOff
from tests.integration.web.client import Client


def broken() -> Generator[bytes, None, None]:
    yield b"full_name"
    message = "SELECT 'Ada Bold'"
    raise StorageUnavailable(message)


def test_a_download_that_breaks_is_cut_off_so_that_nobody_takes_it_for_whole(
    ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Checking, "download", lambda *_: Download(rows=1, as_of=None, chunks=broken()))
    with pytest.raises(AnswerBrokenOff) as caught:
        ann.http.get("/participants.csv")
    assert caught.value.__suppress_context__
