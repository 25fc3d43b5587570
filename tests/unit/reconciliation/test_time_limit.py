from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from attrs import define

from checkdata.adapters.spreadsheets import read_list, workbook
from checkdata.domain.errors import TookTooLong
from checkdata.domain.listing.columns import PARTNER_COLUMNS
from checkdata.domain.reconciliation.comparing import Detail
from checkdata.domain.reconciliation.reconcile import reconcile
from checkdata.domain.reconciliation.time_limit import MOST_TIME, TimeLimit
from checkdata.domain.reconciliation.uploaded_list import ChosenColumns, UploadedList, UploadedRow
from tests.integration.spreadsheets.workbook_builder import SHEET, STRINGS, sheet_of, strings_of, workbook_of
from tests.unit.reconciliation.examples import ANNA, a_participant, exactly_alike


@define
class Hands:
    """A clock that goes on when it is told to, or each time that it is looked at."""

    now: datetime = datetime(2024, 6, 3, tzinfo=UTC)
    tick: timedelta = timedelta()

    def __call__(self) -> datetime:
        self.now += self.tick
        return self.now


def test_work_goes_on_until_the_limit_and_no_longer() -> None:
    clock = Hands()
    limit = TimeLimit.from_now(clock)
    clock.now += MOST_TIME
    limit.check()
    clock.now += timedelta(microseconds=1)
    with pytest.raises(TookTooLong, match="more than 30 seconds"):
        limit.check()


def test_what_is_gone_over_in_time_is_all_there_in_order() -> None:
    assert list(TimeLimit.from_now(Hands()).over(range(1234))) == list(range(1234))


def test_the_source_of_the_items_is_asked_for_no_more_once_time_is_up() -> None:
    asked, clock = 0, Hands(tick=timedelta(seconds=1))

    def endless() -> Iterator[int]:
        nonlocal asked
        while True:
            asked += 1
            yield asked

    with pytest.raises(TookTooLong):
        for _ in TimeLimit.from_now(clock).over(endless()):
            pass
    assert asked <= 100 * (MOST_TIME.seconds + 1)


LONG = 500
CSV = b"Name,School\n" + b"Ann,Oak\n" * LONG
XLSX = b"".join(workbook([ANNA] * LONG, PARTNER_COLUMNS, "Participants"))


@pytest.mark.parametrize("file", [CSV, XLSX], ids=["CSV", "Excel"])
def test_a_file_is_read_no_longer_than_it_may(file: bytes) -> None:
    with pytest.raises(TookTooLong):
        read_list(file, TimeLimit.from_now(Hands(tick=timedelta(seconds=11))))


@pytest.mark.parametrize("part", [SHEET, STRINGS])
def test_a_workbook_is_unpacked_no_longer_than_it_may_be(part: str) -> None:
    nothing = {SHEET: sheet_of(" " * 1_000_000), STRINGS: strings_of(" " * 1_000_000)}
    with pytest.raises(TookTooLong):
        read_list(workbook_of({part: nothing[part]}), TimeLimit.from_now(Hands(tick=timedelta(seconds=11))))


def a_comparison(limit: TimeLimit, similarity: Callable[..., list[tuple[int, float]]] = exactly_alike) -> None:
    """Five hundred rows, some without a participant, with as many participants."""
    rows = tuple(UploadedRow(n, (f"Ann {n // 2}", "St Mary's")) for n in range(LONG))
    ours = [a_participant(f"p{n}", f"Ann {n}") for n in range(LONG)]
    columns = ChosenColumns.of({0: Detail.FULL_NAME, 1: Detail.SCHOOL})
    result = reconcile(UploadedList((), rows), columns, ours, similarity, limit)
    list(result.suggest(result.only_theirs))


def looks_at(clock: Hands) -> int:
    """How often a comparison looks at a clock on which no time passes."""
    looks = 0

    def counting() -> datetime:
        nonlocal looks
        looks += 1
        return clock.now

    a_comparison(TimeLimit.from_now(counting))
    return looks


def test_a_comparison_ends_wherever_it_is_when_time_is_up() -> None:
    looks = looks_at(Hands())
    assert looks > 20
    for most in range(1, looks, 7):
        with pytest.raises(TookTooLong):
            a_comparison(TimeLimit.from_now(Hands(tick=MOST_TIME / most)))


def test_names_are_compared_no_longer_than_they_may_be() -> None:
    clock, compared = Hands(), 0

    def slow(_: str, __: object) -> list[tuple[int, float]]:
        nonlocal compared
        compared += 1
        clock.now += MOST_TIME / 2
        return []

    rows = [UploadedRow(n, (f"Zoe {n}", "Elm", f"{100_000 + n // 10}")) for n in range(LONG)]
    ours = [a_participant(f"p{n}", f"Ann {n}", school_urn=f"{100_000 + n // 10}") for n in range(LONG)]
    columns = ChosenColumns.of({0: Detail.FULL_NAME, 1: Detail.SCHOOL, 2: Detail.SCHOOL_URN})
    result = reconcile(UploadedList((), tuple(rows)), columns, ours, slow, TimeLimit.from_now(clock))
    with pytest.raises(TookTooLong):
        list(result.suggest(result.only_theirs))
    assert compared == 3
