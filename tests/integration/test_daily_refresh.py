"""``serve`` refreshes the statuses each day by itself, where it may, and tells where it may not."""

import logging
import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checkdata.adapters.memory import MemoryFeed, MemoryRejections
from checkdata.domain.jobs import Job
from checkdata.domain.values import london_date
from checkdata.entrypoints.composition.clock import now
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.daily_refresh import RepeatedRefresh, repeated_refresh
from checkdata.entrypoints.repeated_work import run_together
from checkdata.entrypoints.settings.environment import read_settings
from tests.access_world import RECORDS, REFERENCES
from tests.integration.cli.command import KEY
from tests.integration.test_sending_mail import wait_for
from tests.storages import in_two_roles


@pytest.fixture
def variables(migrated_url: str, tmp_path: Path) -> dict[str, str]:
    data = {"XDG_DATA_HOME": str(tmp_path), "CHECKDATA_SECRET_KEY": KEY}
    return {**os.environ, **data, **in_two_roles(migrated_url)}


@pytest.fixture
def composed(variables: dict[str, str]) -> Iterator[Composition]:
    """A service whose feed was loaded two days ago, and whose statuses were not refreshed since."""
    with closing(Composition(read_settings(variables))) as composed:
        moment = datetime.now(UTC) - timedelta(days=2)
        composed.clock = lambda: moment
        feed = MemoryFeed.of(RECORDS, references=REFERENCES)
        composed.import_feed.load(feed, MemoryRejections(), today=london_date(moment))
        composed.clock = now
        yield composed


def refreshed(composed: Composition) -> bool:
    with composed.storage.reading() as work:
        return now() - work.job_runs.last()[Job.REFRESH] < timedelta(days=1)


def test_what_was_not_derived_for_today_is_refreshed_by_a_process_of_its_own(
    composed: Composition, variables: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert composed.may_refresh
    assert composed.statuses_of_today.due()
    assert composed.check_health.look().overdue
    with run_together(*repeated_refresh(composed.statuses_of_today, variables, allowed=composed.may_refresh)):
        wait_for(lambda: refreshed(composed))
        wait_for(lambda: "statuses refreshed" in caplog.messages)
    assert not composed.statuses_of_today.due()
    assert not composed.check_health.look().overdue


def test_nothing_is_due_before_the_first_import_and_on_the_day_of_one(variables: dict[str, str]) -> None:
    with closing(Composition(read_settings(variables))) as composed:
        assert not composed.statuses_of_today.due()
        composed.import_feed.load(
            MemoryFeed.of(RECORDS, references=REFERENCES), MemoryRejections(), today=london_date(composed.clock())
        )
        assert not composed.statuses_of_today.due()


def test_a_refresh_that_fails_is_told_and_the_next_is_tried(
    composed: Composition, variables: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    broken = {**variables, "CHECKDATA_NO_SUCH_SETTING": "1"}
    with run_together(RepeatedRefresh(composed.statuses_of_today.due, broken)):
        wait_for(lambda: "statuses could not be refreshed" in caplog.messages)
    [record] = [record for record in caplog.records if record.message == "statuses could not be refreshed"]
    assert record.details["code"] == 2  # type: ignore[attr-defined]
    assert composed.statuses_of_today.due()


@pytest.mark.usefixtures("composed")
def test_a_service_without_the_owners_address_refreshes_nothing_and_says_so(
    variables: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    alone = {name: value for name, value in variables.items() if name != "CHECKDATA_OWNER_DATABASE_URL"}
    with closing(Composition(read_settings(alone))) as served:
        on_sqlite = served.engine.dialect.name == "sqlite"
        assert served.may_refresh is on_sqlite
        assert len(repeated_refresh(served.statuses_of_today, alone, allowed=served.may_refresh)) == on_sqlite
        assert ("statuses are not refreshed here" in caplog.text) is not on_sqlite
        assert served.check_health.look().overdue
