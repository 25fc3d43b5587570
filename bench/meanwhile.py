"""Pages while a feed is imported: how much longer they take than before, and whether any fails.

    meanwhile.py [ROWS]       training records, 1,000,000 unless told

On PostgreSQL and on SQLite a feed is loaded, the largest partner's list and search are asked for, and then asked for
again and again while another feed is imported in which every row differs.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from cluster import postgresql
from feed import write_feed
from goals import Measured, at_most, table, time_ratio
from own import CANDIDATE, Bench
from served import Latencies, Served

PATHS: Final = {"list": "/participants?per_page=100", "search": "/participants?per_page=100&query=smith"}
REQUESTS: Final = 20
"""How many requests a round of one path has."""

ROUNDS_BEFORE: Final = 10
FULL_SIZE: Final = 1_000_000


def main() -> None:
    """Measure both databases, and print the table."""
    rows = int(sys.argv[1].replace(",", "").replace("_", "")) if sys.argv[1:] else FULL_SIZE
    work = Path(os.environ.get("YARD_WORK") or Path(tempfile.gettempdir()) / "checkdata-yard") / f"meanwhile-{rows}"
    work.mkdir(parents=True, exist_ok=True)
    settings = {"YARD_WORK": str(work), "BENCH_DATABASE": "checkdata_meanwhile"}
    os.environ |= {**settings, "PGOPTIONS": "-c client_min_messages=warning"}
    first, second = work / "first", work / "second"
    for seed, feed in enumerate((first, second), 1):
        if not feed.exists():
            write_feed(feed, rows, seed=seed)
    with postgresql():
        lines = [
            line
            for backend in ("postgresql", "sqlite")
            for line in measure(Bench(backend, first, work, rows, REQUESTS, 1), second)
        ]
    sys.stdout.write(f"\n{rows:,} training records\n\n{table(lines)}\n")


class Asked(NamedTuple):
    """How long each answer of one path took, and of the rounds in which one was no page, what was answered."""

    times: list[float]
    failed: list[str]


def measure(bench: Bench, second: Path) -> Iterator[Measured]:
    """One database: pages by themselves, then pages while the second feed is imported."""
    bench.step("empty")
    bench.step("import", bench.feed)
    with bench.served() as served:
        served.headers = bench.visitor("dp-1")
        before = [served.latencies([path], REQUESTS * ROUNDS_BEFORE) for path in PATHS.values()]
        with subprocess.Popen([CANDIDATE, "import", bench.backend, second], stderr=subprocess.DEVNULL) as importing:
            meanwhile = asked_until_the_end(importing, served)
    for page, undisturbed, during in zip(PATHS, before, meanwhile, strict=True):
        yield from compared(f"{bench.backend}: {page} while a feed is imported", undisturbed, during)


def asked_until_the_end(importing: subprocess.Popen[bytes], served: Served) -> Sequence[Asked]:
    """Ask for each path in turn until the import is done."""
    asked = [Asked([], []) for _ in PATHS]
    while importing.poll() is None:
        for path, answers in zip(PATHS.values(), asked, strict=True):
            try:
                answers.times.extend(served.times([path] * REQUESTS))
            except SystemExit as failure:
                answers.failed.append(str(failure))
    if importing.returncode:
        raise SystemExit(f"the import ended with {importing.returncode}")
    return asked


def compared(job: str, undisturbed: Latencies, during: Asked) -> Iterator[Measured]:
    """What is compared of one page; that any answer failed is told at once."""
    sys.stderr.write(f"{job}: {len(during.times):,} answers; failed: {during.failed or 'none'}\n")
    meanwhile = Latencies.of(during.times)
    yield time_ratio(f"{job}, p50", "before", meanwhile.p50, undisturbed.p50)
    yield time_ratio(f"{job}, p95", "before", meanwhile.p95, undisturbed.p95, at_most(1.5))
    yield time_ratio(f"{job}, longest", "a second", meanwhile.longest, 1.0, at_most(1.0))


if __name__ == "__main__":
    main()
