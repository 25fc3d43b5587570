"""How much a service may send in one request, and how much it gets."""

from typing import Final

LARGEST_BODY: Final = 256 * 1024
"""How many bytes the body of a request may have; more is 413."""

MOST_EVALUATIONS: Final = 100
"""How many evaluations a request may have; more is 400."""

PAGE_SIZE: Final = 100
"""How many results a page of a search has unless the caller sets a limit."""

LARGEST_PAGE: Final = 1000
"""How many it has at most, whatever the limit."""
