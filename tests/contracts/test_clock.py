"""Our clock keeps the contract of its port."""

import pytest

from checkdata.domain.ports import Clock
from checkdata.entrypoints.composition.clock import now
from checkdata.testing import ClockContract


@pytest.fixture
def clock() -> Clock:
    return now


class TestClock(ClockContract):
    pass
