from collections.abc import Sequence

from checkdata.domain.reconciliation.close_names import MOST_SUGGESTIONS, near_misses
from checkdata.domain.reconciliation.match_keys import Marks


def marks(name: str, urn: str = "", school: str = "") -> Marks:
    return Marks(compared=(), trn="", role="", email="", name=name, school=school, urn=urn)


def all_close(_: str, names: Sequence[str]) -> list[tuple[int, float]]:
    return [(place, 1.0) for place in range(len(names))]


def near(theirs: Marks, *ours: Marks) -> list[int]:
    (found,) = near_misses([theirs], ours, all_close)
    return [place for place, _ in found]


def test_those_at_the_same_school_are_compared() -> None:
    assert near(marks("ann", urn="100001"), marks("zoe", urn="100001"), marks("ann", urn="100002")) == [0]
    assert near(marks("ann", school="st mary"), marks("zoe", school="st mary")) == [0]


def test_those_with_one_word_in_common_and_another_that_begins_alike_are_compared() -> None:
    ours = [marks("john smith"), marks("amy smith"), marks("jo jones"), marks("smith")]
    assert near(marks("jon smith"), *ours) == [0]


def test_a_row_without_a_name_is_like_nobody() -> None:
    assert near(marks("", urn="100001"), marks("zoe", urn="100001")) == []


def test_there_are_few_suggestions() -> None:
    assert len(near(marks("ann", urn="1"), *[marks(f"zoe {n}", urn="1") for n in range(9)])) == MOST_SUGGESTIONS


def test_what_many_have_in_common_is_not_compared_so_that_time_grows_with_the_rows() -> None:
    compared = 0

    def counting(_: str, names: Sequence[str]) -> Sequence[tuple[int, float]]:
        nonlocal compared
        compared += len(names)
        return ()

    rows = [marks("ann smith", urn="1") for _ in range(1000)] + [marks(f"ann {n}", urn=str(n)) for n in range(1000)]
    list(near_misses(rows, rows, counting))
    assert compared <= 4 * 50 * len(rows)
