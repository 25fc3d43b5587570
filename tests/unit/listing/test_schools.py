"""Schools are searched, narrowed to those who have to act, and put in order."""

from collections.abc import Sequence
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.errors import InvalidQuery
from checkdata.domain.listing.counts import SchoolCounts
from checkdata.domain.listing.schools import SchoolQuery, SchoolSort, most_to_resolve_first
from checkdata.domain.training.who_acts import WhoActs

ACTS, NOBODY, DFE = WhoActs.SCHOOL, WhoActs.NOBODY, WhoActs.DFE
ASH: Final = SchoolCounts(urn="100003", name="Ash Primary", next={NOBODY: 5})
ELM: Final = SchoolCounts(urn="100002", name="St Mary’s, Elm", next={ACTS: 1, DFE: 1, NOBODY: 1})
OAK: Final = SchoolCounts(urn="100001", name="Óak", next={ACTS: 2})
SCHOOLS: Final = most_to_resolve_first([ASH, OAK, ELM])


def found(**words: str) -> Sequence[SchoolCounts]:
    return SchoolQuery.of(**words).found_in(SCHOOLS)


def test_the_usual_order_is_most_to_resolve_first_and_then_by_name() -> None:
    assert found() == SCHOOLS == [OAK, ELM, ASH]


@pytest.mark.parametrize(
    ("text", "urns"),
    [
        ("oak", [OAK]),
        ("MARY’S st", [ELM]),
        ("100003", [ASH]),
        ("10000", []),
        ("ash 100003", [ASH]),
        ("ash 100001", []),
        ("oak, elm", []),
    ],
)
def test_every_word_has_to_be_in_the_name_or_the_whole_urn(text: str, urns: list[SchoolCounts]) -> None:
    assert found(search=text) == urns


def test_only_schools_that_have_to_act_are_found_where_that_is_asked() -> None:
    assert found(who_acts="school") == [OAK, ELM]
    assert found(who_acts="dfe") == [ELM]


def test_numbers_are_ordered_from_the_highest_and_names_from_the_first_unless_turned() -> None:
    assert found(sort="number") == [ASH, ELM, OAK]
    assert found(sort="number", direction="ascending") == [OAK, ELM, ASH]
    assert found(sort="to_act") == [OAK, ELM, ASH]
    assert found(sort="name") == [ASH, OAK, ELM]
    assert found(sort="name", direction="descending") == [ELM, OAK, ASH]


@pytest.mark.parametrize("word", ["sort", "direction", "who_acts", "search"])
def test_a_word_that_is_not_understood_is_refused(word: str) -> None:
    with pytest.raises(InvalidQuery):
        SchoolQuery.of(**{word: "--" if word == "search" else "x"})


@given(numbers=st.dictionaries(st.sampled_from(WhoActs), st.integers(0, 9)))
def test_what_is_to_resolve_is_all_but_those_about_whom_nobody_has_to_act(numbers: dict[WhoActs, int]) -> None:
    school = SchoolCounts(urn="100001", name="Oak", next=numbers)
    assert school.number == school.to_resolve + numbers.get(NOBODY, 0)
    assert SchoolQuery.of(sort=SchoolSort.NUMBER.value).found_in([school]) == [school]
