"""The peers, measured in the same run as the service by the yardstick beside the repository (its README tells how)."""

import json
import math
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from commands import run
from goals import Measured, at_least, at_most, speed_ratio, time_ratio

PEERS: Final = Path(__file__).resolve().parents[2] / "shared" / "peers"
CANDIDATE: Final = Path(__file__).with_name("candidate")
Results = Mapping[str, Mapping[str, Mapping[str, Any]]]


def prepare(rows: int) -> Path:
    """Make the peers ready for so many rows, and give the clean feed; the cluster runs afterwards."""
    work = Path(os.environ["YARD_WORK"])
    if not (work / "data" / "expected.json").exists():
        run([sys.executable, PEERS / "gendata.py", work / "data", "--rows", rows])
    run([sys.executable, PEERS / "run.py", "prepare"])
    feed = work / "feed-clean"
    if not (feed / "training_records.csv").exists():
        run([sys.executable, PEERS / "make_feed.py", work / "data", feed])
    os.environ |= {"PGHOST": "127.0.0.1", "PGPORT": os.environ.get("YARD_PGPORT", "54391"), "PGUSER": "postgres"}
    return feed


def stop() -> None:
    """Stop the yardstick's PostgreSQL."""
    run([sys.executable, PEERS / "run.py", "stop"])


def measure() -> Iterator[Measured]:
    """Every job of the yardstick, the service and its peers in turn."""
    cells = ("peers", "candidate", "list", "search", "csv", "export", "import", "limits")
    run([sys.executable, PEERS / "run.py", "measure", *cells], env={**os.environ, "YARD_CANDIDATE": str(CANDIDATE)})
    results = _results()
    yield from _pages(results)
    yield from _beside_the_same(results)
    yield from _bulk(results)


def django_again() -> float:
    """How long Django took to import the same feed again."""
    return float(_results()["django"]["import_again"]["seconds"])


def _results() -> Results:
    found: Results = json.loads((Path(os.environ["YARD_WORK"]) / "results" / "results.json").read_text())
    return found


def _pages(results: Results) -> Iterator[Measured]:
    ours, lite = results["candidate-postgresql"], results["candidate-sqlite"]
    django, datasette = results["django"], results["datasette"]
    for job, against, one, other, bound in (
        ("postgresql: list, p50", "Django", ours["list_100"], django["list_100"], 0.2),
        ("postgresql: search, largest partner, p50", "the faster of Django and Datasette", ours["search_big"],
         min(django["search_big"], datasette["search_big"], key=_p50), 0.15),
        ("postgresql: search, median partner, p50", "Django", ours["search_median"], django["search_median"], 0.2),
        ("sqlite: list, p50", "Datasette", lite["list_100"], datasette["list_100"], 0.12),
        ("sqlite: search, largest partner, p50", "Datasette", lite["search_big"], datasette["search_big"], 0.1),
        ("sqlite: search, median partner, p50", "Datasette", lite["search_median"], datasette["search_median"], 0.12),
    ):  # fmt: skip
        yield time_ratio(job, against, _p50(one), _p50(other), at_most(bound))
    one, other = (who["list_100"]["req_s"] for who in (ours, django))
    yield Measured("postgresql: list, requests a second", "Django", one, other, "/s", one / other, at_least(8))


def _beside_the_same(results: Results) -> Iterator[Measured]:
    """Django that does what the service does: a session, membership asked, a record of each view, cells neutralised."""
    ours, same, against = results["candidate-postgresql"], results["django-same"], "Django, the same work"
    for job, cell, bound in (
        ("list", "list_100", 0.13),
        ("search, largest partner", "search_big", 0.07),
        ("search, median partner", "search_median", 0.1),
    ):
        yield time_ratio(f"postgresql: {job}, p50", against, _p50(ours[cell]), _p50(same[cell]), at_most(bound))
    one, other = (who["list_100"]["req_s"] for who in (ours, same))
    yield Measured("postgresql: list, requests a second", against, one, other, "/s", one / other, at_least(13))
    one, other = (who["csv"]["seconds"] for who in (ours, same))
    yield speed_ratio("postgresql: CSV", against, one, other, at_least(12))


def _bulk(results: Results) -> Iterator[Measured]:
    ours, lite, django, datasette, limits = (
        results[who] for who in ("candidate-postgresql", "candidate-sqlite", "django", "datasette", "limits")
    )
    took = "seconds"
    for cell, job, peer, bound in (
        ("csv", "CSV", limits["copy_flat_60k"], 1.3),
        ("export", "export", django["export"], 4),
        ("export", "export", limits["export_copy_flat"], 1.0),
        ("import_fresh", "import", django["import_fresh"], 7),
        ("import_fresh", "import", limits["import_copy_indexed"], 0.7),
        ("import_again", "import, the same again", django["import_again"], 30),
    ):
        against = "Django" if peer is django.get(cell) else "COPY, flat"
        yield speed_ratio(f"postgresql: {job}", against, ours[cell][took], peer[took], at_least(bound))
    script = datasette["import_fresh"][took]
    yield speed_ratio("sqlite: import", "sqlite3 script", lite["import_fresh"][took], script, at_least(1.2))
    shell = limits["sqlite_cli_60k"][took]
    yield speed_ratio("sqlite: CSV", "sqlite3 shell, flat and shuffled", lite["csv"][took], shell, at_least(0.85))


def _p50(cell: Mapping[str, Any]) -> float:
    """Without end where no page was answered in the time that a peer gives itself, as Datasette's on a slow machine."""
    return float(cell["p50_ms"]) / 1000 or math.inf
