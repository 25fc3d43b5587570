from collections.abc import Sequence

from checkdata.domain.reconciliation.close_names import MOST_SUGGESTIONS, suggestions
from checkdata.domain.reconciliation.match_keys import MatchKeys


def keys_of(name: str, urn: str = "", school: str = "") -> MatchKeys:
    return MatchKeys(compared=(), trn="", role="", email="", name=name, school=school, urn=urn)


def all_close(_: str, names: Sequence[str]) -> list[tuple[int, float]]:
    return [(place, 1.0) for place in range(len(names))]


def near(theirs: MatchKeys, *ours: MatchKeys) -> list[int]:
    (found,) = suggestions([theirs], ours, all_close)
    return [place for place, _ in found]


def test_those_at_the_same_school_are_compared() -> None:
    assert near(keys_of("ann", urn="100001"), keys_of("zoe", urn="100001"), keys_of("ann", urn="100002")) == [0]
    assert near(keys_of("ann", school="st mary"), keys_of("zoe", school="st mary")) == [0]


def test_those_with_one_word_in_common_and_another_that_begins_alike_are_compared() -> None:
    ours = [keys_of("john smith"), keys_of("amy smith"), keys_of("jo jones"), keys_of("smith")]
    assert near(keys_of("jon smith"), *ours) == [0]


def test_a_row_without_a_name_is_close_to_no_name() -> None:
    assert near(keys_of("", urn="100001"), keys_of("zoe", urn="100001")) == []


def test_there_are_few_suggestions() -> None:
    assert len(near(keys_of("ann", urn="1"), *[keys_of(f"zoe {n}", urn="1") for n in range(9)])) == MOST_SUGGESTIONS


def test_what_many_have_in_common_is_not_compared_so_that_time_grows_with_the_rows() -> None:
    compared = 0

    def counting(_: str, names: Sequence[str]) -> Sequence[tuple[int, float]]:
        nonlocal compared
        compared += len(names)
        return ()

    rows = [keys_of("ann smith", urn="1") for _ in range(1000)] + [keys_of(f"ann {n}", urn=str(n)) for n in range(1000)]
    list(suggestions(rows, rows, counting))
    assert compared <= 4 * 50 * len(rows)
