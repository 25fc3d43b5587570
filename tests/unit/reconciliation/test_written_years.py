from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.reconciliation.written_years import academic_year, is_named_year


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Sept 2025", 2025),
        ("September 2025", 2025),
        ("Sep-25", 2025),
        ("1st Sept 2025", 2025),
        ("Sept. ’25", 2025),
        ("Cohort Sept 2025", 2025),
        ("2025/26", 2025),
        ("25-26", 2025),
        ("2025-2026", 2025),
        ("2025 – 2026", 2025),
        ("Aug 2025", 2024),
        ("January 2026", 2025),
        ("01/09/2025", 2025),
        ("31/08/2025", 2024),
        ("09/2025", 2025),
        ("2025-09-01", 2025),
        ("2025-09-01 00:00:00", 2025),
        ("45901", 2025),
        ("45900", 2024),
        ("45901.5", 2025),
    ],
)
def test_an_academic_year_is_understood_however_it_is_written(text: str, year: int) -> None:
    assert academic_year(text) == year


@pytest.mark.parametrize(
    "text", ["25", "2025/27", "1925", "13/2025", "Smarch 2025", "2025 to 2025", "99999", "", "-", "1234567"]
)
def test_what_is_no_year_is_not_taken_for_one(text: str) -> None:
    assert academic_year(text) is None


@pytest.mark.parametrize("text", ["01/09/1999", "2001-09-01", "45901", "12/05/88"])
def test_a_day_does_not_name_a_year_because_it_may_be_of_birth(text: str) -> None:
    assert not is_named_year(text)


@given(st.dates(date(2001, 9, 1), date(2099, 8, 31)))
def test_a_day_is_in_the_same_year_in_every_form(day: date) -> None:
    serial = (day - date(1899, 12, 30)) // timedelta(days=1)
    forms = [f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d}", f"{day:%d.%m.%y}", f"{day:%d %B %Y}", f"{day:%b-%y}", str(serial)]
    assert {academic_year(form) for form in forms} == {day.year if day.month >= 9 else day.year - 1}
