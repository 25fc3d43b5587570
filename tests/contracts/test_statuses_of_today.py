"""For which day the statuses that are shown were derived, whenever the work on them began and ended."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from checkdata.adapters.memory import MemoryFeed, MemoryRejections
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.domain.services.feed.import_feed import ImportFeed
from checkdata.domain.services.operations.statuses_of_today import StatusesOfToday
from checkdata.domain.training.records import TrainingRecord
from tests.access_world import RECORDS, REFERENCES

LATE: Final = datetime(2024, 12, 2, 23, 50, tzinfo=UTC)
AFTER_MIDNIGHT: Final = LATE + timedelta(minutes=22)
DAY: Final = timedelta(days=1)


class Long:
    """A storage to which a unit of work takes from *began* to *ended*."""

    def __init__(self, storage: Storage, began: datetime, ended: datetime) -> None:
        self._storage = storage
        self._now, self._ended = began, ended

    def clock(self) -> datetime:
        return self._now

    def reading(self) -> UnitOfWork:
        return self._storage.reading()

    def at_once(self) -> UnitOfWork:
        return self._storage.at_once()

    def writing(self) -> UnitOfWork:
        self._now = self._ended
        return self._storage.writing()


def importing(storage: Storage, began: datetime, ended: datetime) -> ImportFeed:
    long = Long(storage, began, ended)
    return ImportFeed(storage=long, clock=long.clock)


def load(
    storage: Storage, *, began: datetime, ended: datetime, today: date, records: tuple[TrainingRecord, ...] = RECORDS
) -> None:
    feed = MemoryFeed.of(records, references=REFERENCES)
    importing(storage, began, ended).load(feed, MemoryRejections(), today=today, allow_wider_access=True)


def refresh(storage: Storage, *, began: datetime, ended: datetime, today: date) -> None:
    importing(storage, began, ended).refresh(today=today)


def due(storage: Storage, at: datetime) -> bool:
    return StatusesOfToday(storage=storage, clock=lambda: at).due()


@pytest.mark.parametrize("again", [load, refresh], ids=["an import", "a refresh"])
@pytest.mark.parametrize("first", [timedelta(), DAY], ids=["that changes something", "that changes nothing"])
def test_work_that_ends_after_midnight_has_derived_for_the_day_on_which_it_began(
    storage: Storage, again: Callable[..., None], first: timedelta
) -> None:
    if first:
        load(storage, began=LATE - first, ended=LATE - first, today=(LATE - first).date())
    else:
        load(storage, began=LATE - DAY, ended=LATE - DAY, today=date(2022, 1, 1))
    again(storage, began=LATE, ended=AFTER_MIDNIGHT, today=LATE.date())
    assert due(storage, AFTER_MIDNIGHT)
    assert not due(storage, LATE)


def test_what_was_derived_for_a_day_that_was_told_is_refreshed_for_today(storage: Storage) -> None:
    load(storage, began=LATE, ended=LATE + timedelta(minutes=1), today=date(2022, 1, 1))
    assert due(storage, LATE + timedelta(minutes=2))
    refresh(storage, began=LATE + timedelta(minutes=3), ended=LATE + timedelta(minutes=4), today=LATE.date())
    assert not due(storage, LATE + timedelta(minutes=5))


@pytest.mark.parametrize("again", [load, refresh], ids=["an import", "a refresh"])
def test_work_for_an_earlier_day_that_changes_nothing_does_not_count_for_the_day_on_which_it_ran(
    storage: Storage, again: Callable[..., None]
) -> None:
    earlier = LATE - DAY
    load(storage, began=earlier, ended=earlier, today=earlier.date())
    again(storage, began=LATE, ended=LATE, today=earlier.date())
    assert due(storage, LATE)


def test_a_refresh_that_changed_nothing_is_not_due_again_on_its_day(storage: Storage) -> None:
    load(storage, began=LATE, ended=LATE, today=LATE.date())
    later = LATE + DAY
    assert due(storage, later)
    refresh(storage, began=later, ended=later, today=later.date())
    assert not due(storage, later)
