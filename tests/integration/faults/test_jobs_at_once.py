"""Imports that are killed, and jobs that run at once with an import, while people work."""

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep
from typing import Final

import httpx2
import pytest

from checkdata.domain.audit.events import AuditKind
from tests.integration.faults.all_is_well import all_is_well
from tests.integration.faults.large_feed import LEAD_PROVIDERS, ROWS, SMALL, write_large_feed
from tests.integration.faults.people import at_work, signed_in
from tests.integration.faults.processes import workers_of
from tests.integration.faults.service import ANN, SUE, Service
from tests.integration.faults.test_imports_at_once import importing
from tests.integration.faults.test_races import confirmed, fields, open_service
from tests.recent_events import recent

MOMENTS: Final = 10
BETWEEN_MOMENTS_SECONDS: Final = 0.4
MORE: Final = 5_000
"""How many participants the next feed has more."""

GRANTS: Final = 12
BETWEEN_GRANTS_SECONDS: Final = 0.3
REFUSED: Final = 2
PATIENCE_SECONDS: Final = 120.0


@pytest.fixture(scope="session")
def next_feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The large feed with more participants of the large partner."""
    return write_large_feed(tmp_path_factory.mktemp("next") / "feed", ROWS + MORE)


def shown(browser: httpx2.Client) -> int:
    """How many participants the list of the large partner says that it has."""
    page = browser.get("/participants")
    assert page.status_code == 200
    return next(number for number in (ROWS, ROWS + MORE) if f"{number:,} " in page.text)


def test_an_import_that_is_killed_at_any_moment_shows_all_of_itself_or_nothing_and_keeps_no_later_one_out(
    service: Service, next_feed: Path
) -> None:
    with service.served() as served, served.signed_in(ANN) as ann:
        seen = [shown(ann)]
        for moment in range(MOMENTS):
            with importing(service, next_feed) as killed:
                sleep(moment * BETWEEN_MOMENTS_SECONDS)
                killed.send_signal(signal.SIGKILL)
                killed.wait(PATIENCE_SECONDS)
            seen.append(shown(ann))
            assert ann.get("/participants.csv").content.count(b"\n") == seen[-1] + 1
        assert seen == sorted(seen)
        service.run("import", next_feed)
        assert shown(ann) == ROWS + MORE
        assert "Nothing changed" in service.run("import", next_feed).stdout


def test_jobs_that_run_at_once_with_an_import_end_as_they_should_and_people_work(
    service: Service, next_feed: Path
) -> None:
    with service.served("--workers", "2") as served, signed_in(served) as people:
        workers = workers_of(served.process.pid)
        people.rows.add(ROWS + MORE)
        with at_work(people), importing(service, next_feed) as first, ThreadPoolExecutor(4) as hands:
            sleep(1)
            jobs = ("refresh", "purge", "migrate", "send")
            ended = list(hands.map(lambda job: service.run(job, code=None), jobs))
            _, told = first.communicate(timeout=PATIENCE_SECONDS)
            assert first.returncode == 0, told
        for job in ended:
            assert job.returncode in (0, REFUSED), job.stderr
            assert "Traceback" not in job.stderr
            assert job.returncode == 0 or job.stderr.strip()
        all_is_well(service, served, people, workers)
        assert "Nothing changed" in service.run("import", next_feed).stdout
        for job_name in jobs:
            service.run(job_name)


def test_no_access_is_given_after_a_complete_feed_that_ends_its_agreement(service: Service, tmp_path: Path) -> None:
    feed = write_large_feed(tmp_path / "complete")
    agreements = feed / "agreements.csv"
    lines = agreements.read_text().splitlines(keepends=True)
    agreements.write_text("".join(line for line in lines if f"ag-{LEAD_PROVIDERS[1]}-{SMALL}" not in line))
    names = [f"new{number}@small.example" for number in range(GRANTS + 1)]
    nominations = [confirmed(service, name) for name in names]
    with service.served("--workers", "2") as served, served.signed_in(SUE) as sue:
        *places, late = [f"/support/nominations/{nomination}/grant" for nomination in nominations]
        *forms, late_form = [fields(sue.get(place)) | {"reason": ""} for place in (*places, late)]
        with importing(service, feed, "--complete") as ending:
            granted = []
            for place, form in zip(places, forms, strict=True):
                granted.append(sue.post(place, data=form).status_code)
                sleep(BETWEEN_GRANTS_SECONDS)
            _, told = ending.communicate(timeout=PATIENCE_SECONDS)
            assert ending.returncode == 0, told
        assert sue.post(late, data=late_form).status_code == 422
    assert set(granted) <= {303, 422, 503}
    with open_service(service) as composed, composed.storage.reading() as work:
        kinds = [event.kind for event in reversed(recent(work, 500))]
    end = len(kinds) - kinds[::-1].index(AuditKind.FEED_IMPORTED)
    assert AuditKind.GRANT_ADDED not in kinds[end:]
    assert kinds[:end].count(AuditKind.GRANT_ADDED) >= granted.count(303) > 0
