"""`make bench`: the service beside its peers and the limits of the machine, in one run, as one table of ratios.

    run.py [ROWS]       training records, 1,000,000 unless told

The peers stand in ../shared/peers; they run where that is present and the rows are enough for their preparation to be
worth it. COPY, pgbench and the sqlite3 shell are always there. What is made lies in $YARD_WORK, a folder in the
system's temporary one unless set, and a feed that lies there from an earlier run of the same size is taken again.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import own
import yardstick
from cluster import postgresql
from feed import write_feed
from goals import Measured, table

BACKENDS: Final = ("postgresql", "sqlite")
FULL_SIZE: Final = 1_000_000
WORTH_PREPARING_PEERS: Final = 100_000
MANY: Final = (200, 3)
FEW: Final = (5, 1)
"""Requests of each path, and rounds of each command, in a full run and in a small one."""


def main() -> None:
    """Measure, and print the table; each line is told as soon as it is there."""
    rows = int(sys.argv[1].replace(",", "").replace("_", "")) if sys.argv[1:] else FULL_SIZE
    work = Path(os.environ.get("YARD_WORK") or Path(tempfile.gettempdir()) / "checkdata-yard") / f"rows-{rows}"
    work.mkdir(parents=True, exist_ok=True)
    os.environ |= {"YARD_WORK": str(work), "PGOPTIONS": "-c client_min_messages=warning"}
    with_peers = yardstick.PEERS.exists() and rows >= WORTH_PREPARING_PEERS
    lines = list(_told(_beside_peers(work, rows) if with_peers else _without_peers(work, rows)))
    sys.stdout.write(f"\n{rows:,} training records\n\n{table(lines)}\n")


def _beside_peers(work: Path, rows: int) -> Iterator[Measured]:
    feed = yardstick.prepare(rows)
    try:
        yield from yardstick.measure()
        yield from _by_itself(work, rows, feed)
    finally:
        yardstick.stop()


def _without_peers(work: Path, rows: int) -> Iterator[Measured]:
    feed = work / "feed"
    if not feed.exists():
        write_feed(feed, rows)
    with postgresql():
        yield from _by_itself(work, rows, feed)


def _by_itself(work: Path, rows: int, feed: Path) -> Iterator[Measured]:
    requests, rounds = MANY if rows >= WORTH_PREPARING_PEERS else FEW
    for backend in BACKENDS:
        with _folder(work / "own") as made:
            yield from own.measure(own.Bench(backend, feed, made, rows, requests, rounds))


@contextmanager
def _folder(path: Path) -> Iterator[Path]:
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    yield path
    shutil.rmtree(path)


def _told(lines: Iterable[Measured]) -> Iterator[Measured]:
    for line in lines:
        sys.stderr.write(f"{line.job}: {line.ratio:.2f} of {line.against}\n")
        yield line


if __name__ == "__main__":
    main()
