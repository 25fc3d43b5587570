"""Orders of rows: total, the same whatever order they came in, ties by name."""

from itertools import product, starmap
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.access.scope import Scope
from checkdata.domain.errors import InvalidQuery
from checkdata.domain.listing.orders import Direction, Order, Sort
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.training.statuses import Status
from tests.contracts.listings import a_record, an_entry
from tests.strategies import day, listed_participants

ORDERS: Final = list(starmap(Order, product(Sort, Direction)))
ROWS: Final = st.lists(listed_participants(), unique_by=lambda row: row.participant_id)
SCOPE: Final = Scope(organisation=DeliveryPartner("north"))
ROW: Final = an_entry(a_record()).listed


def arranged(rows: list[ListedParticipant], sort: Sort, direction: Direction = Direction.ASCENDING) -> list[str]:
    return [row.full_name for row in Order(sort, direction).arranged(rows)]


def named(name: str, **changes: Any) -> ListedParticipant:  # noqa: ANN401 - any field
    return evolve(ROW, full_name=name, **changes)


@given(rows=ROWS, order=st.sampled_from(ORDERS), data=st.data())
def test_rows_come_out_alike_however_they_come_in(
    rows: list[ListedParticipant], order: Order, data: st.DataObject
) -> None:
    assert order.arranged(data.draw(st.permutations(rows))) == order.arranged(rows)


@given(rows=ROWS)
def test_by_name_is_the_order_of_the_listing_and_descending_its_exact_reverse(rows: list[ListedParticipant]) -> None:
    by_name = sorted(rows, key=lambda row: row.order)
    assert Order().arranged(rows) == by_name
    assert Order(direction=Direction.DESCENDING).arranged(rows) == by_name[::-1]


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("sort", [Sort.SCHOOL, Sort.ACADEMIC_YEAR, Sort.STATUS, Sort.SINCE])
def test_equal_rows_stand_by_name_in_either_direction(sort: Sort, direction: Direction) -> None:
    assert arranged([named("B"), named("a"), named("C")], sort, direction) == ["a", "B", "C"]


def test_schools_go_by_their_folded_name_and_those_of_one_name_stay_together() -> None:
    rows = [
        named("a", school="St Mary’s", school_urn="100002"),
        named("b", school="ST MARYS", school_urn="100001"),
        named("c", school="St Mary's", school_urn="100002"),
        named("d", school="Élan", school_urn="100009"),
    ]
    assert arranged(rows, Sort.SCHOOL) == ["d", "b", "a", "c"]
    assert arranged(rows, Sort.SCHOOL, Direction.DESCENDING) == ["a", "c", "b", "d"]


def test_a_body_which_sees_no_name_of_a_school_gets_them_by_urn() -> None:
    row = an_entry(a_record(appropriate_body_id="borough"), AppropriateBody("borough")).listed
    rows = [
        evolve(row, full_name="a", school="Alder", school_urn="100002"),
        evolve(row, full_name="b", school="Birch", school_urn="100001"),
    ]
    assert arranged(rows, Sort.SCHOOL) == ["b", "a"]


def test_statuses_go_in_the_order_of_the_filter() -> None:
    rows = [named(status.label, status=status) for status in reversed(Status)]
    assert arranged(rows, Sort.STATUS) == [status.label for status in Status]


def test_years_and_days_go_upwards() -> None:
    rows = [named("a", academic_year=2023, since=day(0)), named("b", academic_year=2021, since=day(3))]
    assert arranged(rows, Sort.ACADEMIC_YEAR) == ["b", "a"]
    assert arranged(rows, Sort.SINCE) == ["a", "b"]


@pytest.mark.parametrize("order", ORDERS)
def test_the_words_of_an_order_give_it_again(order: Order) -> None:
    words = ParticipantQuery(scope=SCOPE, order=order).words
    assert ParticipantQuery.of(SCOPE, **words).order == order
    assert bool(words) == (order != Order())


@pytest.mark.parametrize(("name", "word"), [("sort", "trn"), ("sort", "NAME"), ("direction", "up"), ("sort", " ")])
def test_a_word_that_is_no_order_is_not_understood(name: str, word: str) -> None:
    with pytest.raises(InvalidQuery, match="from the list") as refused:
        ParticipantQuery.of(SCOPE, **{name: word})
    assert refused.value.field == name
