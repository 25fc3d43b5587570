"""`make bench` in a small size, so that it keeps working; no time that it measures decides anything here."""

import os
import subprocess
import sys
from pathlib import Path

RUN = Path(__file__).parents[2] / "bench" / "run.py"
JOBS = (
    "import, 1 % changed",
    "import, memory",
    "export, memory of a worker",
    "search, median partner, p50",
    "worst search term, p95",
    "list, three filters that find most, processor time",
    "list, three filters that find few, processor time",
    "CSV",
    "server, memory of a worker",
)


def test_a_small_bench_shows_every_job_on_both_databases(tmp_path: Path) -> None:
    told = subprocess.run(  # noqa: S603
        [sys.executable, RUN, "2000"],
        env={**os.environ, "YARD_WORK": str(tmp_path)},
        check=True,
        text=True,
        capture_output=True,
    ).stdout
    missing = [
        (backend, job) for backend in ("postgresql", "sqlite") for job in JOBS if f"| {backend}: {job} |" not in told
    ]
    assert missing == []
