"""Which agreements by hand widen what users see, so that a second support user has to confirm them."""

from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve

from checkdata.domain.access.drafts import Widening, widenings
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.values import LeadProviderId

TODAY = date(2024, 6, 3)
SIGNED = Agreement(
    id="ag-1",
    lead_provider_id=LeadProviderId("lp-1"),
    delivery_partner_id="dp-1",
    starts_on=date(2021, 9, 1),
    first_academic_year=2021,
    last_academic_year=2023,
)
RENEWED = evolve(SIGNED, id="ag-2", starts_on=TODAY, first_academic_year=2022, covers_unconfirmed=False)
UNBOUNDED: dict[str, Any] = {"first_academic_year": None, "last_academic_year": None}


def widened(between: tuple[Agreement, ...] = (SIGNED,), **changes: Any) -> tuple[Widening, ...]:  # noqa: ANN401 - any field
    return widenings(evolve(RENEWED, **changes), between, TODAY)


def test_what_is_covered_already_and_starts_today_or_later_widens_nothing() -> None:
    assert widened() == ()
    assert widened(starts_on=TODAY + timedelta(days=90), first_academic_year=2021) == ()
    assert widened(between=(evolve(SIGNED, **UNBOUNDED),), **UNBOUNDED) == ()


def test_a_first_day_in_the_past_widens() -> None:
    assert widened(starts_on=TODAY - timedelta(days=1)) == (Widening.PAST,)


@pytest.mark.parametrize("ends_on", [None, date(2024, 8, 31)])
def test_a_last_day_after_those_of_the_agreements_in_force_widens(ends_on: date | None) -> None:
    ending = evolve(SIGNED, ends_on=date(2024, 7, 31))
    assert widened((ending,), ends_on=ends_on) == (Widening.LONGER,)
    assert widened((ending,), starts_on=date(2024, 8, 1), ends_on=ends_on) == (Widening.LONGER,)
    assert widened((ending, SIGNED), ends_on=ends_on) == ()
    assert widened((ending,), ends_on=date(2024, 7, 31)) == ()


def test_it_may_last_as_long_as_the_agreements_of_each_of_its_years_and_no_longer() -> None:
    longer = evolve(SIGNED, id="ag-3", first_academic_year=2023, ends_on=date(2024, 8, 31))
    ending = evolve(SIGNED, last_academic_year=2022, ends_on=date(2024, 7, 31))
    years = {"first_academic_year": 2023, "last_academic_year": 2023}
    assert widened((ending, longer), ends_on=date(2024, 8, 31), **years) == ()
    assert widened((ending, longer), ends_on=date(2024, 8, 31)) == (Widening.LONGER,)
    assert widened((ending, longer), ends_on=date(2024, 7, 31)) == ()


def test_participants_without_a_lead_provider_widen_whatever_was_agreed_before() -> None:
    assert widened(covers_unconfirmed=True) == (Widening.UNCONFIRMED,)


@pytest.mark.parametrize(
    "years",
    [
        {"first_academic_year": 2020},
        {"last_academic_year": 2024},
        {"first_academic_year": None},
        {"last_academic_year": None},
        {"first_academic_year": 2030, "last_academic_year": 2031},
    ],
)
def test_years_that_no_agreement_in_force_between_the_two_covers_widen(years: dict[str, Any]) -> None:
    assert widened(**years) == (Widening.YEARS,)


def test_years_are_counted_over_all_agreements_in_force_and_over_no_others() -> None:
    later = evolve(SIGNED, id="ag-3", first_academic_year=2024, last_academic_year=2024)
    assert widened((SIGNED, later), last_academic_year=2024) == ()
    gap = evolve(later, first_academic_year=2025, last_academic_year=2025)
    assert widened((SIGNED, gap), last_academic_year=2025) == (Widening.YEARS,)
    over = evolve(SIGNED, ends_on=TODAY - timedelta(days=1))
    for other in (over, evolve(SIGNED, ended_on=TODAY), evolve(SIGNED, starts_on=TODAY + timedelta(days=1))):
        assert widened((other,)) == (Widening.YEARS,)
    assert widened(()) == (Widening.YEARS,)


@pytest.mark.parametrize("ends_on", [None, TODAY + timedelta(days=90)])
def test_one_that_is_to_end_by_hand_covers_no_years_for_another(ends_on: date | None) -> None:
    ending = evolve(SIGNED, ends_on=ends_on, ended_on=TODAY + timedelta(days=30))
    assert widened((ending,)) == (Widening.YEARS,)
    assert widened((ending, evolve(SIGNED, id="ag-3"))) == ()


def test_an_agreement_widens_in_every_way_at_once() -> None:
    ending = evolve(SIGNED, first_academic_year=2023, ends_on=TODAY)
    assert widened((ending,), starts_on=date(2020, 1, 1), covers_unconfirmed=True) == tuple(Widening)
