"""What more rows cost: the service with everything on, on PostgreSQL, at each of the sizes named.

    curve.py SIZE…       training records, like 10_000 100_000 1_000_000

There are 300 delivery partners to a million records, and 30 at least: a database that grows has more partners, not
larger ones. `list` and `search` ask for the partner in the middle, whose size changes least; the CSV is the largest
partner's. Feeds lie in $YARD_WORK, a folder in the system's temporary one unless set, and are used again.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from cluster import postgresql
from commands import program, run, said
from feed import write_feed
from own import Bench

DATABASE: Final = "checkdata_curve"
RECORDS_A_PARTNER: Final = 3_333
FEWEST_PARTNERS: Final = 30
REQUESTS: Final = 200
HEAD: Final = (
    "| records | partners | import s | rows/s | MiB | database MiB | rows of one | list p50 ms | search p50 ms "
    "| CSV rows/s | export s |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
)
MIB: Final = 1024 * 1024


def main() -> None:
    """Measure each size, and print its line as soon as it is there."""
    sizes = [int(size.replace(",", "").replace("_", "")) for size in sys.argv[1:]]
    if not sizes:
        raise SystemExit(__doc__)
    work = Path(os.environ.get("YARD_WORK") or Path(tempfile.gettempdir()) / "checkdata-yard") / "curve"
    os.environ |= {"YARD_WORK": str(work), "BENCH_DATABASE": DATABASE, "PGOPTIONS": "-c client_min_messages=warning"}
    sys.stdout.write(HEAD)
    for size in sizes:
        with postgresql():
            sys.stdout.write(f"| {' | '.join(measured(work, size))} |\n")
            sys.stdout.flush()


def measured(work: Path, size: int) -> list[str]:
    """One line of the table."""
    partners = max(FEWEST_PARTNERS, size // RECORDS_A_PARTNER)
    feed, out = work / f"feed-{size}", work / "exports"
    if not feed.exists():
        write_feed(feed, size, partners=partners)
    bench = Bench("postgresql", feed, work, size, REQUESTS, 1)
    bench.step("empty")
    imported = bench.step("import", feed)
    run([program("psql"), "-qX", "-d", DATABASE, "-c", "vacuum analyze"])
    stored = int(said(program("psql"), "-qAtX", "-d", DATABASE, "-c", f"select pg_database_size('{DATABASE}')"))
    shutil.rmtree(out, ignore_errors=True)
    exported = bench.step("export", out)
    middle = f"dp-{partners // 2}"
    with bench.served() as served:
        served.headers = bench.visitor(middle)
        listed = served.latencies(["/participants?per_page=100"], REQUESTS)
        found = served.latencies(
            [f"/participants?per_page=100&query={word}" for word in ("smith", "zara", "12")], REQUESTS
        )
        rows = served.download("/participants.csv", 1).rows
        served.headers = bench.visitor("dp-1")
        download = served.download("/participants.csv", 3)
    return [
        f"{size:,}", f"{partners:,}", f"{imported.seconds:.1f}", f"{size / imported.seconds:,.0f}",
        f"{imported.mib:.0f}", f"{stored / MIB:,.0f}", f"{rows:,}", f"{listed.p50 * 1000:.1f}",
        f"{found.p50 * 1000:.1f}", f"{download.rows / download.seconds:,.0f}", f"{exported.seconds:.1f}",
    ]  # fmt: skip


if __name__ == "__main__":
    main()
