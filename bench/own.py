"""The service on one database, with everything on: how long it takes, compared with what the machine can do."""

import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, cycle
from pathlib import Path
from typing import Any, Final, NamedTuple

from cluster import free_port
from commands import Run, median_of, memory_of_workers, program, run, said
from evaluations import ONE, PAGE
from feed import change_one_in_a_hundred, write_feed
from goals import Measured, at_least, at_most, size, speed_ratio, time_ratio
from limits import PostgresLimits, SqliteLimits
from served import Served

CANDIDATE: Final = Path(__file__).with_name("candidate")
EVALUATIONS: Final = Path(__file__).with_name("evaluations.py")
DATABASE: Final = "checkdata_bench"
COUNTED: Final = (
    "/overview",
    "/schools",
    "/schools?sort=name",
    "/schools?query=academy",
    "/chase?next=lead_provider",
)
"""The pages that are told by counts, and the chase list: in a made-up feed nobody waits for a school."""
FILTERED: Final = {
    "most": "role=ect&role=mentor&next=nobody&next=dfe&status=training_or_eligible_for_training"
    "&status=no_longer_being_trained&status=induction_completed",
    "few": "academic_year=2023&academic_year=2024&next=school&next=lead_provider"
    "&status=contacted_for_information&status=dfe_checking_eligibility&status=participant_deferred",
}
"""Three filters of several values, by how many rows they find."""
LETTERS: Final = ("a", "e", "z", "st", "an", "xq")
"""Search terms of one and two letters: the most found, and none."""

MOST_WITH_COLUMNS, MOST_BY_ROWS = 600, 150
"""How many MiB an import of a million may hold, where polars is installed and where it is not."""

SHARE_OF_LARGEST: Final = 0.6
"""How many of the first feed's rows the one partner of the second has: ten times the largest partner's."""


class Bench(NamedTuple):
    """One database to measure on, the feed, a folder for what is made, and how often each thing is done."""

    backend: str
    feed: Path
    work: Path
    rows: int
    requests: int
    rounds: int

    def step(self, name: str, *arguments: object) -> Run:
        """Run one step of the candidate."""
        return run([CANDIDATE, name, self.backend, *arguments])

    def sessions(self) -> Sequence[Mapping[str, Any]]:
        """A session of the largest partner's user and one of the median partner's, with what they ask for."""
        return json.loads(said(CANDIDATE, "session", self.backend))["sessions"]  # type: ignore[no-any-return]

    def visitor(self, partner: str) -> Mapping[str, str]:
        """The headers of a session of a partner's user."""
        return json.loads(said(CANDIDATE, "visitor", self.backend, partner))  # type: ignore[no-any-return]

    def served(self) -> Served:
        """The service, serving."""
        port = free_port()
        return Served([str(CANDIDATE), "serve", self.backend, str(port)], port, self.work / f"serve-{self.backend}.log")


def measure(bench: Bench, django_again: float | None) -> Iterator[Measured]:
    """Every job on one database; *django_again* is how long Django took for the same feed again, where it was asked."""
    os.environ["BENCH_DEEP_PAGE"] = str(max(1, round(bench.rows * 0.06 / 100 / 2)))
    fresh, later = imports(bench, django_again)
    yield from later
    if bench.backend == "postgresql":
        run([program("psql"), "-qX", "-d", DATABASE, "-c", "vacuum analyze"])
        yield from on_postgresql(bench, fresh)
    else:
        yield from on_sqlite(bench)


def imports(bench: Bench, django_again: float | None) -> tuple[Run, list[Measured]]:
    """The feed into an empty database, once more, and with one row in a hundred changed."""
    changed = bench.work / "feed-changed"
    if not changed.exists():
        change_one_in_a_hundred(bench.feed, changed)
    fresh = median_of(bench.rounds, lambda: first_import(bench))
    again = median_of(bench.rounds, lambda: bench.step("import", bench.feed))
    in_turn = cycle((changed, bench.feed))  # each differs from the one before in one row of a hundred
    few = median_of(bench.rounds, lambda: bench.step("import", next(in_turn)))
    on, most = bench.backend, MOST_WITH_COLUMNS if importlib.util.find_spec("polars") else MOST_BY_ROWS
    lines = [
        time_ratio(f"{on}: import, the same again", "import", again.seconds, fresh.seconds),
        time_ratio(f"{on}: import, 1 % changed", "import", few.seconds, fresh.seconds),
        size(f"{on}: import, memory", max(fresh.mib, again.mib, few.mib), most),
    ]
    if django_again is not None:
        lines.append(speed_ratio(f"{on}: import, 1 % changed", "Django, the same again", few.seconds, django_again,
                                 at_least(8)))  # fmt: skip
    return fresh, lines


def first_import(bench: Bench) -> Run:
    """The feed into an empty database."""
    bench.step("empty")
    return bench.step("import", bench.feed)


def on_postgresql(bench: Bench, fresh: Run) -> Iterator[Measured]:
    """What is compared with COPY and pgbench."""
    limits = PostgresLimits(DATABASE)
    folder = _emptied(bench.work / "limits")
    yield speed_ratio("postgresql: import", "COPY into the same indexes", fresh.seconds, limits.load(folder).seconds,
                      at_least(0.7))  # fmt: skip
    yield speed_ratio("postgresql: import", "COPY of our own tables into their indexes", fresh.seconds,
                      limits.load_generation(_emptied(bench.work / "generation")).seconds, at_least(0.6))  # fmt: skip
    exported, psql = export(bench), limits.export(folder)
    yield speed_ratio("postgresql: export", "psql \\copy, flat", exported.seconds, psql.seconds, at_least(1.0))
    yield size("postgresql: export, memory of a worker", memory_of_export(bench), 60)
    flat, listing, page = limits.copy_of_flat(), limits.copy_of_listing(), limits.page()
    limits.forget()
    with bench.served() as served:
        largest, median = bench.sessions()
        yield from pages(bench, served, largest, median, page)
        served.headers = largest["headers"]
        download = served.download(largest["csv"], 5)
        yield speed_ratio("postgresql: CSV", "COPY, flat and shuffled", download.seconds, flat.seconds, at_least(1.3))
        yield speed_ratio("postgresql: CSV", "COPY of our listing", download.seconds, listing.seconds, at_least(0.9))
        yield size(f"postgresql: CSV of {download.rows:,} rows, memory above idle", download.grown, 8)
        yield size("postgresql: server, memory of a worker", served.largest(), 90)
    yield from evaluations(bench)
    yield from large_download(bench)


def on_sqlite(bench: Bench) -> Iterator[Measured]:
    """What is compared with the sqlite3 shell."""
    folder = _emptied(bench.work / "limits")
    where = Path(os.environ["YARD_WORK"]) / "candidate" / "checkdata.sqlite"
    shell = SqliteLimits(where, folder).csv_of_flat()
    yield size("sqlite: export, memory of a worker", memory_of_export(bench), 60)
    with bench.served() as served:
        largest, median = bench.sessions()
        yield from pages(bench, served, largest, median, None)
        served.headers = largest["headers"]
        download = served.download(largest["csv"], 5)
        yield speed_ratio("sqlite: CSV", "sqlite3 shell, flat and shuffled", download.seconds, shell.seconds,
                          at_least(0.85))  # fmt: skip
        yield size(f"sqlite: CSV of {download.rows:,} rows, memory above idle", download.grown, 8)
        yield size("sqlite: server, memory of a worker", served.largest(), 90)
    yield from evaluations(bench)


def export(bench: Bench) -> Run:
    """Every partner's file."""
    out = bench.work / "exports"

    def once() -> Run:
        _emptied(out)
        return bench.step("export", out)

    return median_of(bench.rounds, once)


def memory_of_export(bench: Bench) -> float:
    """What the largest worker of an export holds, in MiB."""
    return memory_of_workers([CANDIDATE, "export", bench.backend, _emptied(bench.work / "exports")])


def evaluations(bench: Bench) -> Iterator[Measured]:
    """What the decision point's answer costs beside a page's."""
    took = json.loads(said(sys.executable, EVALUATIONS, bench.backend))
    one, page = took[ONE], took[PAGE]
    yield time_ratio(f"{bench.backend}: {ONE}, processor time", PAGE, one / 1e6, page / 1e6, at_most(1.3))


def pages(
    bench: Bench, served: Served, largest: Mapping[str, Any], median: Mapping[str, Any], limit: float | None
) -> Iterator[Measured]:
    """The list and the search, of the largest partner and of the median one."""
    on, paths = bench.backend, largest["paths"]
    served.headers = median["headers"]
    small = served.latencies(median["paths"]["search_median"], bench.requests)
    served.headers = largest["headers"]
    first, deep, search = (
        served.latencies(paths[cell], bench.requests) for cell in ("list_100", "list_deep", "search_big")
    )
    if limit is not None:
        yield time_ratio(f"{on}: list, p50", "pgbench: count and page, flat", first.p50, limit)
    yield time_ratio(f"{on}: page {os.environ['BENCH_DEEP_PAGE']}, p50", "page 1", deep.p50, first.p50, at_most(1.1))
    yield time_ratio(f"{on}: search, largest partner, p50", "list", search.p50, first.p50)
    yield time_ratio(f"{on}: search, median partner, p50", "list", small.p50, first.p50)
    listed = served.processor_seconds("/participants", bench.requests, DATABASE)
    for path in (*COUNTED, served.link_on("/schools", r"/schools/[^?\"]+")):
        seconds = served.processor_seconds(path, bench.requests, DATABASE)
        yield time_ratio(f"{on}: {path}, processor time", "list", seconds, listed, at_most(1.5))
    for found, words in FILTERED.items():
        seconds = served.processor_seconds(f"/participants?{words}", bench.requests, DATABASE)
        job = f"{on}: list, three filters that find {found}, processor time"
        yield time_ratio(job, "list", seconds, listed, at_most(1.2))
    of_one = [served.latencies([path], bench.requests) for path in _searches(paths)]
    by_p95 = sorted(of_one, key=lambda latencies: latencies.p95)
    middle, worst = by_p95[len(by_p95) // 2], by_p95[-1]
    yield time_ratio(f"{on}: worst search term, p95", "the median term", worst.p95, middle.p95, at_most(1.5))


def large_download(bench: Bench) -> Iterator[Measured]:
    """The CSV of one partner with ten times as many rows: the server must need no more for it."""
    feed = bench.work / "feed-one-partner"
    if not feed.exists():
        write_feed(feed, round(bench.rows * SHARE_OF_LARGEST), partners=1)
    bench.step("empty")
    bench.step("import", feed)
    with bench.served() as served:
        served.headers = bench.visitor("dp-1")
        download = served.download("/participants.csv", 3)
        yield size(f"postgresql: CSV of {download.rows:,} rows, memory above idle", download.grown, 8)


def _searches(paths: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield from chain(paths["search_big"], (f"/participants?per_page=100&query={letters}" for letters in LETTERS))


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    folder.chmod(0o777)  # PostgreSQL's own user writes nothing here, but reads
    return folder
