import pytest

from checkdata.adapters.spreadsheets import close_names
from checkdata.domain.reconciliation.comparing import Detail, comparable

FOLDED = comparable(Detail.FULL_NAME)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Jon Smith", "John Smith"),
        ("Smyth, Anna", "Anna Smith"),
        ("Anna Maria Smith", "Anna Smith"),
        ("Siobhan ONeil", "Siobhán O'Neill"),
        ("Katherine Jones", "Catherine Jones"),
    ],
)
def test_names_that_one_person_may_have_are_close(name: str, other: str) -> None:
    ((place, closeness),) = close_names(FOLDED(name), [FOLDED("Somebody Else"), FOLDED(other)])
    assert place == 1
    assert 0.85 <= closeness <= 1


@pytest.mark.parametrize(("name", "other"), [("Anna Smith", "Anna Jones"), ("Bob Khan", "Amy Khan"), ("", "Anna")])
def test_names_of_other_people_are_not_close(name: str, other: str) -> None:
    assert close_names(FOLDED(name), [FOLDED(other)]) == []


def test_the_closest_come_first_and_there_are_few() -> None:
    names = [FOLDED(name) for name in ("Jonn Smith", "John Smith", "John Smithe", "Johan Smith", "Zoë")]
    found = close_names(FOLDED("John Smith"), names)
    assert found[0] == (1, 1.0)
    assert len(found) == 3
