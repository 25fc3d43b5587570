"""statuses.md, section 3: when the row of a participant who is no longer involved leaves view."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checkdata.domain.listing.departures import last_day_out_of_view, leaves_view_on


@pytest.mark.parametrize(
    ("known", "months", "leaves"),
    [
        (date(2024, 1, 15), 12, date(2025, 1, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 11, 30), 3, date(2025, 2, 28)),
        (date(9999, 1, 1), 12, date.max),
    ],
)
def test_a_row_leaves_so_many_months_after_it_became_known(known: date, months: int, leaves: date) -> None:
    assert leaves_view_on(known, months) == leaves


@given(st.dates(date(2, 1, 1), date(9000, 1, 1)), st.integers(1, 120), st.integers(-40, 40))
@example(date(2025, 2, 28), 12, 0)
@example(date(2024, 2, 29), 12, 0)
def test_a_day_is_the_last_of_those_whose_rows_have_left_view(today: date, months: int, about: int) -> None:
    last = last_day_out_of_view(today, months)
    known = last + timedelta(days=about) if last > date.min + timedelta(days=40) else last
    assert (leaves_view_on(known, months) <= today) is (known <= last) or last == date.min
