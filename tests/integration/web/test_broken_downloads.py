from collections.abc import Iterator

import pytest

from checkdata.domain.audit import AuditKind
from checkdata.domain.errors import StorageUnavailable
from checkdata.entrypoints.web.security.perimeter import AnswerBrokenOff
from tests.integration.web.client import Client


def broken(*_: object, **__: object) -> Iterator[bytes]:
    yield b"full_name"
    message = "SELECT 'Ada Bold'"
    raise StorageUnavailable(message)


def test_a_download_that_breaks_is_cut_off_so_that_nobody_takes_it_for_whole(
    ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checkdata.domain.services.checking.csv_chunks", broken)
    with pytest.raises(AnswerBrokenOff) as caught:
        ann.http.get("/participants.csv")
    assert caught.value.__suppress_context__
    assert len(ann.world.audit(AuditKind.DOWNLOADED)) == 1
