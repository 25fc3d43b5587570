"""A client that reads a file slowly, or not at all, holds nothing that others need."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy.pool import QueuePool
from starlette.routing import Route

from checkdata.adapters.memory.participants import MemoryParticipants
from checkdata.adapters.sql.engine import open_engine
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.web.files.downloads_at_once import MADE_AT_ONCE, OF_A_PROCESS, OF_A_SESSION
from checkdata.entrypoints.web.security.lists_at_once import LISTS_AT_ONCE
from tests.integration.web.client import Client
from tests.integration.web.reconciling import LIST, chosen, upload
from tests.integration.web.stalled_client import CountedStorage, stalled, wait_for
from tests.integration.web.world import ANN, BEA, World, a_record, with_feed_and_access

ROWS: Final = 1500
"""Of which no file is one piece."""

FILES: Final = tuple(
    route.path for route in World().app().routes if isinstance(route, Route) and route.path.endswith((".csv", ".xlsx"))
)
"""Every address that answers with a file."""


@pytest.fixture
def storage() -> CountedStorage:
    return CountedStorage()


@pytest.fixture
def world(storage: CountedStorage) -> World:
    world = with_feed_and_access(World(storage=storage))
    world.load([a_record(number, f"Pat {number}") for number in range(10, 10 + ROWS)])
    return world


def for_ever(participants: MemoryParticipants, query: ParticipantQuery, /) -> Iterator[bytes]:
    """Nothing comes, as from a table that is locked, until it is told to end."""
    while not participants.count(query) < 0:
        yield b""


def user_of(path: str) -> EmailAddress:
    return BEA if path.startswith("/ects") else ANN


def form_for(client: Client, path: str) -> Mapping[str, str] | None:
    step = path.rpartition("/result.")[0]
    return chosen(upload(client, LIST, path=step)) if step else None


def test_there_are_files_of_every_kind() -> None:
    assert len(FILES) == 20


@pytest.mark.parametrize("path", FILES)
def test_a_reader_that_stands_still_holds_no_unit_of_work(path: str, client: Client, storage: CountedStorage) -> None:
    client.sign_in(user_of(path))
    with stalled(client, path, form_for(client, path)) as reader:
        assert reader.status == 200
        assert reader.headers[b"content-disposition"].startswith(b"attachment")
        wait_for(lambda: storage.open == 0)
        assert not reader.whole


@pytest.mark.parametrize("path", FILES)
def test_a_reader_that_goes_away_has_no_receipt_of_a_file_it_never_had(path: str, client: Client, world: World) -> None:
    client.sign_in(user_of(path))
    with stalled(client, path, form_for(client, path)):
        pass
    assert not world.audit(AuditKind.FILE_SENT)
    assert len(world.audit(AuditKind.DOWNLOADED)) == 1


def test_a_session_has_so_many_downloads_at_once_and_is_told_so_of_the_next(ann: Client, world: World) -> None:
    with ExitStack() as readers:
        for _ in range(OF_A_SESSION):
            readers.enter_context(stalled(ann, "/participants.csv"))
        page = ann.get("/participants.xlsx", 429)
        assert page.one("h1").text == "You have too many downloads at once"
        assert ann.http.get("/participants.csv").headers["retry-after"] == "10"
        assert ann.http.head("/participants.csv").is_success
        ann.get("/participants")
        assert len(world.audit(AuditKind.DOWNLOADED)) == OF_A_SESSION
    assert ann.http.get("/participants.csv").is_success


def test_a_process_has_so_many_downloads_at_once_and_the_next_is_told_to_wait(
    ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checkdata.entrypoints.web.files.downloads_at_once.OF_A_SESSION", OF_A_PROCESS + 1)
    with ExitStack() as readers:
        for _ in range(OF_A_PROCESS):
            readers.enter_context(stalled(ann, "/participants.csv"))
        page = ann.get("/participants.csv", 503)
        assert page.one("h1").text == "Too many people are downloading at the moment"
        ann.get("/participants")
    assert ann.http.get("/participants.csv").is_success


def test_however_many_downloads_are_asked_for_few_are_read_at_a_time_and_pages_have_the_rest(
    ann: Client, storage: CountedStorage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("checkdata.entrypoints.web.files.downloads_at_once.OF_A_SESSION", OF_A_PROCESS)
    monkeypatch.setattr(MemoryParticipants, "csv", for_ever)
    with ExitStack() as readers:
        for _ in range(3 * MADE_AT_ONCE):
            readers.enter_context(stalled(ann, "/participants.csv", begun=lambda: True))
        wait_for(lambda: len(ann.world.audit(AuditKind.DOWNLOADED)) == 3 * MADE_AT_ONCE)
        wait_for(lambda: storage.open == MADE_AT_ONCE)
        ann.get("/participants")
        assert storage.open == MADE_AT_ONCE
    wait_for(lambda: storage.open == 0)
    pool = open_engine(f"sqlite:///{tmp_path / 'any.sqlite'}").pool
    assert isinstance(pool, QueuePool)
    assert (pool.size() + pool._max_overflow) // 2 >= MADE_AT_ONCE + LISTS_AT_ONCE  # noqa: SLF001 - nothing else tells


def reads(client: Client, storage: CountedStorage) -> bool:
    """Whether a download is read from storage now."""
    return bool(client.world.audit(AuditKind.DOWNLOADED)) and storage.open == 1


def test_a_reader_that_goes_away_ends_what_is_asked_of_storage(
    ann: Client, storage: CountedStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MemoryParticipants, "csv", for_ever)
    with stalled(ann, "/participants.csv", begun=lambda: reads(ann, storage)) as reader:
        pass
    wait_for(lambda: storage.open == 0)
    assert reader.status == 0


def test_a_reader_that_goes_away_leaves_the_queue_at_once(
    ann: Client, storage: CountedStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checkdata.entrypoints.web.files.downloads_at_once.OF_A_SESSION", MADE_AT_ONCE + 1)
    monkeypatch.setattr("checkdata.entrypoints.web.files.making_file.TURN_SECONDS", 3600)
    monkeypatch.setattr(MemoryParticipants, "csv", for_ever)

    def asked(number: int) -> bool:
        return len(ann.world.audit(AuditKind.DOWNLOADED)) == number

    with ExitStack() as readers:
        for _ in range(MADE_AT_ONCE):
            readers.enter_context(stalled(ann, "/participants.csv", begun=lambda: True))
        wait_for(lambda: storage.open == MADE_AT_ONCE)
        for more in (1, 2):  # the second has the first one's place
            with stalled(ann, "/participants.csv", begun=lambda: asked(MADE_AT_ONCE + more)) as waiting:  # noqa: B023 - it is asked at once
                pass
            assert waiting.status == 0
        assert storage.open == MADE_AT_ONCE
