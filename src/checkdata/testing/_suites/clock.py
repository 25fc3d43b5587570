"""What every clock must do."""

from datetime import date

from checkdata.domain.ports import Clock
from checkdata.domain.values import london_date


class ClockContract:
    """Holds a `checkdata.ports.Clock` to its contract; the fixture ``clock`` gives it."""

    def test_a_moment_carries_its_offset_so_that_the_day_in_london_is_known(self, clock: Clock) -> None:
        moment = clock()
        assert moment.utcoffset() is not None
        assert isinstance(london_date(moment), date)
