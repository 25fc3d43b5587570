"""What is told of an error."""

from checkdata.entrypoints.error_kinds import kinds_of


def test_errors_that_came_from_each_other_are_told_once() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert [kind.name for kind in kinds_of(first)] == ["ValueError", "KeyError"]
