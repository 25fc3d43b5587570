"""Pages while a feed is imported: how much longer they take than before, and whether any fails.

    meanwhile.py [ROWS]       training records, 1,000,000 unless told

On PostgreSQL and on SQLite a feed is loaded, the largest partner's list and search are asked for, and then asked for
again and again while another feed is imported in which every row differs.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from cluster import postgresql
from feed import write_feed
from own import CANDIDATE, Bench
from served import Latencies, Served

PATHS: Final = ("/participants?per_page=100", "/participants?per_page=100&query=smith")
REQUESTS: Final = 20
FULL_SIZE: Final = 1_000_000


def main() -> None:
    """Measure both databases, and print a line for each path."""
    rows = int(sys.argv[1].replace(",", "").replace("_", "")) if sys.argv[1:] else FULL_SIZE
    work = Path(os.environ.get("YARD_WORK") or Path(tempfile.gettempdir()) / "checkdata-yard") / f"meanwhile-{rows}"
    work.mkdir(parents=True, exist_ok=True)
    settings = {"YARD_WORK": str(work), "BENCH_DATABASE": "checkdata_meanwhile"}
    os.environ |= {**settings, "PGOPTIONS": "-c client_min_messages=warning"}
    first, second = work / "first", work / "second"
    for seed, feed in enumerate((first, second), 1):
        if not feed.exists():
            write_feed(feed, rows, seed=seed)
    sys.stdout.write(
        "| database | page | before p50 ms | meanwhile p50 ms | ratio | slowest p95 ms | asked | failed |\n"
        "|---|---|--:|--:|--:|--:|--:|--:|\n"
    )
    with postgresql():
        for backend in ("postgresql", "sqlite"):
            measure(Bench(backend, first, work, rows, REQUESTS, 1), second)


class Asked(NamedTuple):
    """The latencies of the rounds of one path in which every page was answered with 200, and how many had another."""

    rounds: list[Latencies]
    failed: list[str]


def measure(bench: Bench, second: Path) -> None:
    """One database: pages by themselves, then pages while the second feed is imported."""
    bench.step("empty")
    bench.step("import", bench.feed)
    with bench.served() as served:
        served.headers = bench.visitor("dp-1")
        before = [served.latencies([path], REQUESTS * 5) for path in PATHS]
        with subprocess.Popen([CANDIDATE, "import", bench.backend, second], stderr=subprocess.DEVNULL) as importing:
            meanwhile = asked_until_the_end(importing, served)
    for path, undisturbed, during in zip(PATHS, before, meanwhile, strict=True):
        tell(bench.backend, path, undisturbed, during)


def asked_until_the_end(importing: subprocess.Popen[bytes], served: Served) -> Sequence[Asked]:
    """Ask for each path in turn until the import is done."""
    asked = [Asked([], []) for _ in PATHS]
    while importing.poll() is None:
        for path, answers in zip(PATHS, asked, strict=True):
            try:
                answers.rounds.append(served.latencies([path], REQUESTS))
            except SystemExit as failure:
                answers.failed.append(str(failure))
    if importing.returncode:
        raise SystemExit(f"the import ended with {importing.returncode}")
    return asked


def tell(backend: str, path: str, undisturbed: Latencies, during: Asked) -> None:
    """Print one line."""
    p50, slowest = statistics.median(each.p50 for each in during.rounds), max(each.p95 for each in during.rounds)
    sys.stdout.write(
        f"| {backend} | `{path}` | {undisturbed.p50 * 1000:.1f} | {p50 * 1000:.1f} | {p50 / undisturbed.p50:.2f} "
        f"| {slowest * 1000:.1f} | {len(during.rounds) * REQUESTS:,} | {len(during.failed)} |\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
