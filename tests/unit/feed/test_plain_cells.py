"""What is read in columns without being read exactly stands for what it is read as exactly, and for nothing else."""

import re
import sys
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Final

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkdata.adapters.feed import cells
from checkdata.adapters.feed.cells import or_blank
from checkdata.adapters.feed.plain_lines import folded
from checkdata.domain.feed.record_words import moment_word
from checkdata.domain.values import search_key

SHAPES: Final[dict[str, Callable[[str], object]]] = {
    cells.PLAIN_TEXT: cells.filled,
    cells.PLAIN_KEY: cells.key,
    cells.PLAIN_EMAIL: cells.email,
    cells.PLAIN_TRN: lambda cell: or_blank(cells.trn)(cell) or "",
    cells.PLAIN_DAY: lambda cell: cell if isinstance(or_blank(cells.day)(cell), date) else "",
}
CHARACTERS: Final = st.characters(exclude_categories=["Cc", "Cs"])
NEARLY: Final = st.text(st.sampled_from("é\u00a0\u2003 .@-0129TZ:+"), max_size=12)
ASCII: Final = st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.sampled_from(" '`-"))
DAYS: Final = st.tuples(st.integers(0, 2999), st.integers(0, 13), st.integers(0, 32)).map(
    "{0[0]:04}-{0[1]:02}-{0[2]:02}".format
)
MOMENTS: Final = st.tuples(
    DAYS, st.integers(0, 24), st.integers(0, 60), st.sampled_from(("", ".5", ".123456", ".")), st.integers(0, 15)
).map("{0[0]}T{0[1]:02}:{0[2]:02}:59{0[3]}+{0[4]:02}:30".format)


def matches(shape: str, *texts: str) -> list[bool]:
    """Which texts have a shape, as polars sees it."""
    return pl.Series(texts, dtype=pl.String).str.contains(f"^(?:{shape})$").to_list()


@pytest.mark.parametrize("shape", SHAPES, ids=["text", "key", "email", "trn", "day"])
@given(st.data())
def test_a_cell_of_a_plain_shape_is_good_and_stands_for_itself(shape: str, data: st.DataObject) -> None:
    cell = data.draw(st.from_regex(shape, fullmatch=True))
    assert SHAPES[shape](cell) == cell


@given(MOMENTS | st.from_regex(cells.PLAIN_MOMENT, fullmatch=True))
def test_a_moment_of_a_plain_shape_is_good(cell: str) -> None:
    if re.fullmatch(cells.PLAIN_MOMENT, cell):
        assert moment_word(cells.moment(cell))


@given(DAYS)
def test_every_day_of_these_centuries_but_leap_days_is_plain(cell: str) -> None:
    try:
        day = cells.day(cell)
    except cells.CellRefused:
        day = date.min
    assert bool(re.fullmatch(cells.PLAIN_DAY, cell)) == (day.year >= 1000 and (day.month, day.day) != (2, 29))


@given(st.lists(NEARLY | MOMENTS | DAYS | st.text(CHARACTERS, max_size=9) | st.integers(250, 260).map("é".__mul__)))
def test_python_and_polars_see_the_same_shapes(texts: list[str]) -> None:
    for shape in (*SHAPES, cells.PLAIN_MOMENT):
        assert matches(shape, *texts) == [re.fullmatch(shape, text) is not None for text in texts]


def test_python_and_polars_see_the_same_white_space() -> None:
    characters = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) not in ("Cc", "Cs")]
    assert matches(r"\s", *characters) == [c.isspace() for c in characters]


@given(ASCII)
def test_a_text_is_folded_in_columns_as_it_is_alone(text: str) -> None:
    assert pl.select(folded(pl.lit(text))).item() == search_key(text)
