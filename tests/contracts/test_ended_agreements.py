"""An agreement that a complete feed leaves out is over, and is kept for questions about past days (service rule 2)."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from checkdata.domain.people.organisations import Agreement
from checkdata.domain.ports import Storage
from checkdata.domain.values import london_date
from tests.contracts.operators import Operator, row
from tests.contracts.units_of_work import read, read_store, write
from tests.feeds import AGREEMENT, REFERENCES, reference_row, write_feed, write_file
from tests.strategies import NOON

TODAY = london_date(NOON)


@pytest.fixture
def operator(storage: Storage, tmp_path: Path) -> Operator:
    """A folder with good reference files, already imported."""
    operator = Operator(storage, write_feed(tmp_path / "feed", references=REFERENCES))
    operator.write(row())
    operator.load()
    return operator


def load(operator: Operator, *agreements: dict[str, str]) -> tuple[int, int]:
    """Import a complete feed with these agreements; how many references were changed and how many removed."""
    write_file(operator.folder, "agreements", agreements)
    references = operator.load(complete=True).references
    return references.changed, references.removed


def stored(operator: Operator) -> Sequence[Agreement]:
    return read(operator.storage, lambda work: work.organisations.agreements())


def in_force(operator: Operator, day: date) -> bool:
    return any(agreement.in_force(day) for agreement in stored(operator))


def test_it_is_in_force_on_the_days_before_and_not_from_today_on(operator: Operator) -> None:
    assert in_force(operator, TODAY)
    assert load(operator) == (0, 1)
    assert in_force(operator, TODAY - timedelta(days=1))
    assert not in_force(operator, TODAY)
    assert not in_force(operator, TODAY + timedelta(days=1))


def test_the_same_feed_again_changes_nothing(operator: Operator) -> None:
    load(operator)
    before = stored(operator)
    operator.now += timedelta(days=30)
    assert load(operator) == (0, 0)
    assert stored(operator) == before


def test_a_feed_that_names_it_again_brings_it_back(operator: Operator) -> None:
    load(operator)
    assert load(operator, reference_row("agreements", AGREEMENT)) == (1, 0)
    assert list(stored(operator)) == [AGREEMENT]


def test_one_that_was_over_already_stays_as_it_was(operator: Operator) -> None:
    load(operator, reference_row("agreements", AGREEMENT, ends_on="2022-01-31"))
    assert load(operator) == (0, 0)
    assert [agreement.ends_on for agreement in stored(operator)] == [date(2022, 1, 31)]


@pytest.mark.parametrize("days", [0, 1])
def test_one_that_was_not_in_force_on_any_day_before_goes(operator: Operator, days: int) -> None:
    starts_on = (TODAY + timedelta(days=days)).isoformat()
    load(operator, reference_row("agreements", AGREEMENT, starts_on=starts_on, ends_on=""))
    assert load(operator) == (0, 1)
    assert list(stored(operator)) == []


def test_an_agreement_ended_by_hand_keeps_that_day(operator: Operator) -> None:
    ended_on = TODAY - timedelta(days=5)
    write(operator.storage, lambda work: work.organisations.end_agreement(AGREEMENT.id, ended_on))
    load(operator)
    [agreement] = stored(operator)
    assert (agreement.ended_on, agreement.last_day) == (ended_on, ended_on - timedelta(days=1))


def test_the_parties_of_an_agreement_that_is_over_stay_known(operator: Operator) -> None:
    for name in ("lead_providers", "delivery_partners"):
        write_file(operator.folder, name, [])
    load(operator)
    known = read_store(operator.storage, lambda store: store.known_ids())
    assert AGREEMENT.lead_provider_id in known.lead_providers
    assert AGREEMENT.delivery_partner_id in known.delivery_partners
