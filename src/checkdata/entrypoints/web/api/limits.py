"""How often and how much at once may be read with one API key, in each process."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Final

from attrs import define, field

from checkdata.entrypoints.counted_requests import CountedRequests, MostRequests, OneTooMany
from checkdata.entrypoints.web.problems import later

READS_IN_A_WINDOW: Final = 120
"""How many requests a key may make in a window; with N workers, up to N times as many."""

AT_ONCE: Final = 2
"""How many of them may be worked on at a time."""


def _counted() -> CountedRequests:
    return CountedRequests(MostRequests(in_a_window=READS_IN_A_WINDOW, at_once=AT_ONCE))


@define(eq=False)
class ReadsOfKeys:
    """The requests of each key in this process."""

    _counted: CountedRequests = field(init=False, factory=_counted)

    @contextmanager
    def one_more(self, key_id: str, now: datetime) -> Iterator[None]:
        """Count one more request of a key until it is answered; raises `Problem` (429) where it is one too many."""
        with ExitStack() as counted:
            try:
                counted.enter_context(self._counted.one_more(key_id, now))
            except OneTooMany as error:
                told = f"Too many requests{' at once' if error.at_once else ''} with this API key."
                raise later(HTTPStatus.TOO_MANY_REQUESTS, told, error.seconds) from None
            yield
