"""What a worker of the server holds after an hour of load: pages, searches and downloads in turn, ten a second at most.

    hour.py [ROWS [MINUTES]]       training records, 1,000,000 unless told, and how long, 60 unless told

On PostgreSQL and on SQLite at once a feed is loaded and served by two workers each. What is asked for is the largest
partner's; a line is printed every few minutes. Every answer must be 200.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from cluster import postgresql
from feed import write_feed
from own import Bench
from served import Served

PAGES: Final = (
    "/participants?per_page=100",
    "/participants?per_page=100&query=smith",
    "/participants?per_page=20&page=2",
    "/participants?role=ect&academic_year=2024",
    "/participants?query=st+mary",
    "/changes",
    "/downloads",
    "/help/statuses",
)
DOWNLOADS: Final = ("/participants.csv", "/participants/contacts.csv", "/participants.xlsx")
PAGES_A_DOWNLOAD: Final = 200
PAUSE: Final = 0.1
"""In seconds, so that a measurement of something else can go on beside it."""
TOLD: Final = 12
FULL_SIZE: Final = 1_000_000
AN_HOUR: Final = 60.0


def main() -> None:
    """Load, serve and ask on both databases, and print what the largest process of each server holds."""
    rows = int(sys.argv[1].replace(",", "").replace("_", "")) if sys.argv[1:] else FULL_SIZE
    minutes = float(sys.argv[2]) if sys.argv[2:] else AN_HOUR
    work = Path(os.environ.get("YARD_WORK") or Path(tempfile.gettempdir()) / "checkdata-yard") / f"hour-{rows}"
    work.mkdir(parents=True, exist_ok=True)
    settings = {"YARD_WORK": str(work), "BENCH_DATABASE": "checkdata_hour"}
    os.environ |= {**settings, "PGOPTIONS": "-c client_min_messages=warning"}
    feed = work / "feed"
    if not feed.exists():
        write_feed(feed, rows)
    benches = [Bench(backend, feed, work, rows, 1, 1) for backend in ("postgresql", "sqlite")]
    sys.stdout.write("| database | minutes | answers | largest process, MiB | at most |\n|---|--:|--:|--:|--:|\n")
    with postgresql(), ThreadPoolExecutor(len(benches)) as at_once:
        for bench in benches:
            bench.step("prepare", bench.feed)
        list(at_once.map(lambda bench: measure(bench, minutes), benches))


def measure(bench: Bench, minutes: float) -> None:
    """One database: ask until the time is over."""
    with bench.served() as served:
        served.headers = bench.visitor("dp-1")
        started, told = time.monotonic(), 0
        for answers, _ in enumerate(_asked(served), 1):
            gone = (time.monotonic() - started) / 60
            if gone >= minutes * (told + 1) / TOLD:
                told += 1
                sys.stdout.write(
                    f"| {bench.backend} | {gone:.0f} | {answers:,} "
                    f"| {served.largest_now():.0f} | {served.largest():.0f} |\n"
                )
                sys.stdout.flush()
            if gone >= minutes:
                return


def _asked(served: Served) -> Iterator[None]:
    """Each an answer; a download after so many pages."""
    pages = cycle(PAGES)
    for download in cycle(DOWNLOADS):
        for page in (*islice(pages, PAGES_A_DOWNLOAD), download):
            served.ask(page)
            yield
            time.sleep(PAUSE)


if __name__ == "__main__":
    main()
