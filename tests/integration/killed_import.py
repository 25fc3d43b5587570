"""Run as a module, it imports a feed and kills itself with SIGKILL right after one step; or not, where none is named.

python -m tests.integration.killed_import DATABASE_URL FEED [STEP]
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, cast

from checkdata.adapters.feed import FolderFeed
from checkdata.adapters.memory import MemoryRejections
from checkdata.adapters.sql import SqlStorage, open_engine
from checkdata.adapters.sql.feed_store import new_listings, next_generation, record_kinds, taken_records
from checkdata.domain.feed.contents import KnownIds
from checkdata.domain.feed.pieces import RecordPiece
from checkdata.domain.ports import Storage
from checkdata.domain.services.feed.import_feed import ImportFeed

LATER: Final = datetime(2024, 9, 3, 12, tzinfo=UTC)
ROWS_READ: Final = "rows_read"
STEPS: Final = (
    "take_in",
    "take_in_teacher_records",
    "compare",
    "merge",
    "list_participants",
    "put_references",
    "delete_missing_references",
    "record_reading",
    "show",
    "record",
)
"""Steps of an import in their order, after which nothing of it may be seen; the last is the audit log's."""
INSIDE: Final = (
    "RecordKinds.numbers_of",
    "TakenRecords._write",
    "TakenRecords._note_several",
    "NewListing._write_words",
    "NewListing._count",
    "NewListing._note_changes",
    "NextGeneration.side_by_side",
    "NextGeneration.finish",
)
"""Steps within those, on the tables of the next generation; the last is before it is shown."""
COMMIT: Final = "commit"
ROWS_BEFORE_THE_KILL: Final = 5500
"""More than one batch of rows, so that some are in the database already."""


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Deadly:
    """Passes everything on, and kills the process once *step* is done; also in the ports of a unit of work."""

    def __init__(self, target: Any, step: str) -> None:  # noqa: ANN401 - any port
        self._target = target
        self._step = step

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - anything of the port
        value = getattr(self._target, name)
        if name in ("feed_store", "audit"):
            return Deadly(value, self._step)
        return self._then_killed(value) if name == self._step else value

    def __enter__(self) -> Self:
        self._target.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._target.__exit__(kind, error, trace)

    def writing(self) -> "Deadly":
        return Deadly(self._target.writing(), self._step)

    def _then_killed(self, act: Callable[..., Any]) -> Callable[..., None]:
        def acting(*arguments: Any, **options: Any) -> None:  # noqa: ANN401 - whatever it takes
            act(*arguments, **options)
            kill()

        return acting


class DeadlyFeed(FolderFeed):
    """Kills the process in the middle of its rows."""

    def training_records(self, known: KnownIds, /, *, strict: bool = False) -> Iterator[RecordPiece]:
        read = 0
        for piece in super().training_records(known, strict=strict):
            yield piece
            read += len(piece)
            if read >= ROWS_BEFORE_THE_KILL:
                kill()


def die_inside(step: str) -> None:
    """Let a method of the store kill the process once it is done."""
    owner, method = step.split(".")
    modules = (record_kinds, taken_records, new_listings, next_generation)
    (found,) = {getattr(module, owner) for module in modules if hasattr(module, owner)}
    act = getattr(found, method)

    def acting(*arguments: Any, **options: Any) -> None:  # noqa: ANN401 - whatever it takes
        act(*arguments, **options)
        kill()

    setattr(found, method, acting)


def main(database_url: str, folder: str, step: str) -> None:
    if step in INSIDE:
        die_inside(step)
    rejections = MemoryRejections()
    feed = (DeadlyFeed if step == ROWS_READ else FolderFeed)(Path(folder), rejections)
    storage = cast("Storage", Deadly(SqlStorage(open_engine(database_url)), step))
    ImportFeed(storage=storage, clock=lambda: LATER).load(
        feed, rejections, today=LATER.date(), complete=True, allow_deletions=True
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
