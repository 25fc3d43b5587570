"""How much a service may send in one request, and how much it gets."""

from typing import Final

from checkdata.entrypoints.counted_requests import MostRequests

MOST_REQUESTS: Final = MostRequests(in_a_window=6000, at_once=20)
"""How often and how much at once a key may ask, in each process; more is 429.

A process answers 40 requests at a time, so that half of its threads are for other keys.
"""

LARGEST_BODY: Final = 256 * 1024
"""How many bytes the body of a request may have; more is 413."""

MOST_EVALUATIONS: Final = 100
"""How many evaluations a request may have; more is 400."""

PAGE_SIZE: Final = 100
"""How many results a page of a search has unless the caller sets a limit."""

LARGEST_PAGE: Final = 1000
"""How many it has at most, whatever the limit."""
