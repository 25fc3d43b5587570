"""Readers see the old data until an import is committed, and never fail because of one; a feed is never held whole."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Final

import pytest

from checkdata.adapters.feed import FolderFeed
from checkdata.adapters.memory import MemoryRejections
from checkdata.adapters.sql import SqlStorage
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.services.feed.import_feed import ImportFeed
from tests.contracts.operators import EVERY_LEAD_PROVIDER, NORTH
from tests.feeds import RECORD, REFERENCES, training_row, write_feed, write_file
from tests.strategies import NOON, TODAY

WHOLE: Final = ParticipantQuery(scope=Scope(organisation=NORTH, rules=EVERY_LEAD_PROVIDER))
LOAD: Final = """
import resource, sys
from datetime import UTC, date, datetime
from pathlib import Path
from checkdata.adapters.feed import FolderFeed
from checkdata.adapters.memory import MemoryRejections
from checkdata.adapters.sql import SqlStorage, migrate, open_engine
from checkdata.domain.services.feed.import_feed import ImportFeed
engine, rejections = open_engine(sys.argv[1]), MemoryRejections()
migrate(engine)
importing = ImportFeed(storage=SqlStorage(engine), clock=lambda: datetime.now(UTC))
importing.load(FolderFeed(Path(sys.argv[2]), rejections), rejections, today=date(2024, 9, 2))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
KIBIBYTES_MORE: Final = 24 * 1024


def a_feed(folder: Path, rows: int) -> Path:
    write_feed(folder, references=REFERENCES)
    named = ({"record_id": f"r{n}", "participant_id": f"p{n}", "delivery_partner_id": "north"} for n in range(rows))
    write_file(folder, "training_records", [training_row(RECORD) | cells for cells in named])
    return folder


def load(storage: SqlStorage, folder: Path) -> None:
    rejections = MemoryRejections()
    importing = ImportFeed(storage=storage, clock=lambda: NOON)
    importing.load(FolderFeed(folder, rejections), rejections, today=TODAY)


@pytest.mark.parametrize("first", [True, False])
def test_readers_see_the_old_data_or_the_new_and_never_fail(
    storage: SqlStorage, tmp_path: Path, *, first: bool
) -> None:
    before = 0 if first else 10
    if not first:
        load(storage, a_feed(tmp_path / "before", before))
    feed, begun, ended = a_feed(tmp_path / "feed", 3000), Event(), Event()

    def look() -> set[int]:
        found = set()
        while not ended.is_set():
            with storage.reading() as work:
                found.add(work.participants.count(WHOLE))
            begun.set()
        return found

    with ThreadPoolExecutor(2) as threads:
        lookers = [threads.submit(look) for _ in range(2)]
        try:
            assert begun.wait(60)
            load(storage, feed)
        finally:
            ended.set()
        found = set().union(*(looker.result() for looker in lookers))
    with storage.reading() as work:
        assert work.participants.count(WHOLE) == 3000
    assert before in found
    assert found <= {before, 3000}


def test_five_times_the_rows_take_little_more_memory(database_url: str, tmp_path: Path) -> None:
    small, large = a_feed(tmp_path / "small", 8000), a_feed(tmp_path / "large", 40_000)
    least, most = (
        int(subprocess.run([sys.executable, "-c", LOAD, url, folder], check=True, capture_output=True).stdout)  # noqa: S603 - our own program
        for url, folder in ((f"sqlite:///{tmp_path / 'small.sqlite'}", small), (database_url, large))
    )
    assert most - least < KIBIBYTES_MORE
