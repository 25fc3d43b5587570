from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.people.change_notes import TOLD_AT, ChangeNote, NoteFrequency, last_morning
from checkdata.domain.people.organisations import DeliveryPartner
from checkdata.domain.values import UserId

LONDON = ZoneInfo("Europe/London")
MOMENTS = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2035, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)


def note(looked_at: datetime, frequency: NoteFrequency = NoteFrequency.DAILY) -> ChangeNote:
    return ChangeNote(
        user_id=UserId("u1"),
        organisation=DeliveryPartner("dp-1", "North Hub"),
        frequency=frequency,
        told_until=looked_at,
        looked_at=looked_at,
    )


@pytest.mark.parametrize(
    ("frequency", "now", "morning"),
    [
        (NoteFrequency.DAILY, datetime(2026, 11, 30, 6, 59, tzinfo=UTC), datetime(2026, 11, 29, 7, tzinfo=UTC)),
        (NoteFrequency.DAILY, datetime(2026, 11, 30, 7, 0, tzinfo=UTC), datetime(2026, 11, 30, 7, tzinfo=UTC)),
        (NoteFrequency.DAILY, datetime(2026, 6, 1, 6, 0, tzinfo=UTC), datetime(2026, 6, 1, 6, tzinfo=UTC)),
        (NoteFrequency.WEEKLY, datetime(2026, 11, 30, 6, 59, tzinfo=UTC), datetime(2026, 11, 23, 7, tzinfo=UTC)),
        (NoteFrequency.WEEKLY, datetime(2026, 11, 30, 7, 0, tzinfo=UTC), datetime(2026, 11, 30, 7, tzinfo=UTC)),
        (NoteFrequency.WEEKLY, datetime(2026, 12, 6, 23, 0, tzinfo=UTC), datetime(2026, 11, 30, 7, tzinfo=UTC)),
    ],
)
def test_notes_are_due_at_seven_in_london(frequency: NoteFrequency, now: datetime, morning: datetime) -> None:
    assert last_morning(frequency, now) == morning


@given(MOMENTS, st.sampled_from(NoteFrequency))
def test_the_last_morning_is_past_at_seven_and_no_longer_ago_than_the_frequency(
    now: datetime, frequency: NoteFrequency
) -> None:
    morning = last_morning(frequency, now)
    local = morning.astimezone(LONDON)
    assert morning <= now
    assert now - morning < timedelta(days=7 if frequency is NoteFrequency.WEEKLY else 1, hours=2)  # clocks change
    assert local.time() == TOLD_AT
    assert frequency is NoteFrequency.DAILY or local.weekday() == 0


@given(MOMENTS, st.sampled_from(NoteFrequency))
def test_a_note_is_due_once_for_each_morning(now: datetime, frequency: NoteFrequency) -> None:
    assert note(now - timedelta(days=8), frequency).is_due(now)
    assert not note(now, frequency).is_due(now)
    assert not note(now + timedelta(minutes=1), frequency).is_due(now)  # a clock that went back
