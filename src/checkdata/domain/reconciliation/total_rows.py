"""Rows of a user's list that count its rows instead of naming a person."""

import re
from collections.abc import Sequence
from typing import Final

from checkdata.domain.values import search_key

LONGEST_TOTAL: Final = 60
"""In characters; a longer cell is no word for a total."""

_COUNT: Final = re.compile(r"[0-9]{1,2},?[0-9]{0,3}(?:\.[0-9]+)?%?")
"""A number as a total has it, up to 99,999. A TRN is longer."""
_PEOPLE: Final = "(?:rows|records|participants|people|teachers|ects|mentors)"
_WORDS: Final = re.compile(
    rf"(?:(?:grand|sub|overall|list) ?)?totals?(?: (?:of |number of )?{_PEOPLE})?[: ]*[0-9,]*"
    rf"|(?:(?:row|record|head) ?)?count(?: of {_PEOPLE})?[: ]*[0-9,]*"
    rf"|(?:total )?(?:number|no) of {_PEOPLE}"
    rf"|[0-9,]+ {_PEOPLE}(?: in total)?"
)


def counts_others(cells: Sequence[str], rows_before: int) -> bool:
    """Whether a row is a total: one cell says so ("Grand total") and all others are numbers, or blank.

    A row with a single cell is one too if that is the number of the *rows_before* it; a list of one column has no such.
    """
    told = [cell for cell in cells if cell]
    words = [cell for cell in told if not _COUNT.fullmatch(cell)]
    if not words:
        return len(cells) > 1 and told == [str(rows_before)]
    return len(words) == 1 and len(words[0]) <= LONGEST_TOTAL and bool(_WORDS.fullmatch(search_key(words[0])))
