"""What the columns of a page's tables are called, told once for each column, where a narrow screen stacks the cells.

The stylesheet of the service shows ``--heading`` before a cell there. A heading in each cell was a quarter of a list.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from markupsafe import Markup

_KEPT = 100


def column_headings(tables: Sequence[tuple[str, Iterable[str]]], nonce: str) -> Markup:
    """A style element that the policy allows by its *nonce*, for tables that the elements with these ids name."""
    only = len(tables) == 1
    rules = "".join(_rules("" if only else table, tuple(headings)) for table, headings in tables)
    return Markup('<style nonce="{}">{}</style>').format(nonce, Markup(rules))  # noqa: S704 - escaped for a stylesheet


@lru_cache(maxsize=_KEPT)
def _rules(table: str, headings: Sequence[str]) -> str:
    """Columns are counted from the end, because a cell that spans rows stands at the beginning of the first."""
    cells = f"[aria-labelledby={_quoted(table)}] td" if table else "td"
    counted = enumerate(reversed(headings), start=1)
    return "".join(f"{cells}:nth-last-child({place}){{--heading:{_quoted(text)}}}" for place, text in counted)


def _quoted(text: str) -> str:
    """A text as stylesheets quote it; none of its letters can end the quote, or the element."""
    letters = (letter if letter.isalnum() or letter == " " else f"\\{ord(letter):x} " for letter in text)
    return f'"{"".join(letters)}"'
