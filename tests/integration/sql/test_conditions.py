"""Conditions in SQL mean what they mean in the domain; the contract suite asks whole queries of real listings."""

from collections.abc import Callable, Iterator

import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, select

from checkdata.adapters.sql.bulk import fill
from checkdata.adapters.sql.column_types import Words
from checkdata.adapters.sql.conditions import term_condition, where
from checkdata.domain.access.predicates import AllOf, AnyOf, AtLeast, AtMost, Blank, Equals, Predicate, holds
from checkdata.domain.listing.searches import Term
from tests.strategies import HARD_NAMES

PEOPLE = Table(
    "people",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("word", Words),
    Column("year", Integer, nullable=False),
    Column("search", Words),
    Column("email_key", Words),
    Column("school_urn", Words),
)
COLUMNS = {"word": PEOPLE.c.word, "year": PEOPLE.c.year}


@frozen
class Person:
    id: int
    word: str | None
    year: int


FOLK = [
    Person(n, word, year)
    for n, (word, year) in enumerate((word, year) for word in (None, "", "a", "A", "É") for year in (2021, 2022))
]

shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)


@pytest.fixture
def connection(empty_engine: Engine) -> Iterator[Connection]:
    with empty_engine.begin() as connection:
        PEOPLE.create(connection)
        fill(connection, PEOPLE, [(p.id, p.word, p.year, None, None, None) for p in FOLK])
        yield connection


words = st.sampled_from(["", "a", "A", "É", "É%"])
years = st.integers(2020, 2023)
leaves: st.SearchStrategy[Predicate] = (
    st.builds(Equals, st.just("word"), words)
    | st.just(Blank("word"))
    | st.builds(AtLeast, st.just("year"), years)
    | st.builds(AtMost, st.just("year"), years)
)
trees: st.SearchStrategy[Predicate] = st.recursive(
    leaves,
    lambda parts: st.lists(parts, max_size=3).map(tuple).flatmap(lambda p: st.sampled_from([AllOf(p), AnyOf(p)])),
    max_leaves=8,
)


@shared
@given(predicate=trees)
def test_the_condition_finds_the_rows_of_which_the_predicate_holds(
    connection: Connection, predicate: Predicate
) -> None:
    found = connection.execute(select(PEOPLE.c.id).where(where(predicate, COLUMNS))).scalars().all()
    assert sorted(found) == [person.id for person in FOLK if holds(predicate, person)]


@pytest.mark.parametrize("leaf", [Equals("x", "y"), Blank("x"), AtLeast("x", 1), AtMost("x", 1)])
@pytest.mark.parametrize("around", [lambda p: p, lambda p: AllOf((p,)), lambda p: AnyOf((AllOf((p,)),))])
def test_a_field_that_has_no_column_is_an_error(leaf: Predicate, around: Callable[[Predicate], Predicate]) -> None:
    with pytest.raises(TypeError, match="the field x has no column"):
        where(around(leaf), {"word": PEOPLE.c.word})


def test_a_text_is_found_exactly_where_python_finds_it(connection: Connection) -> None:
    texts = [*HARD_NAMES, "100% sure_thing", "back\\slash", "a\nb"]
    fill(connection, PEOPLE, [(100 + n, None, 0, text, "", "") for n, text in enumerate(texts)])
    pieces = {text[start : start + length] for text in texts for start in range(len(text)) for length in (1, 2, 5)}
    for piece in sorted({*pieces, "%", "_", "\\", "A", "a", "%_", "É", "e\u0301"}):
        term = term_condition(Term(texts=(piece,)), PEOPLE)
        found = connection.execute(select(PEOPLE.c.search).where(term).order_by(PEOPLE.c.id)).scalars().all()
        assert found == [text for text in texts if piece in text], repr(piece)


@pytest.mark.parametrize("text", ["\0", "a\0", "\ud800", "a\udfff"])
def test_what_no_row_can_hold_finds_nothing(connection: Connection, text: str) -> None:
    fill(connection, PEOPLE, [(100, None, 0, "a", "a", "a")])
    term = term_condition(Term(texts=(text,), email=text), PEOPLE)
    assert connection.execute(select(PEOPLE.c.id).where(term)).all() == []
