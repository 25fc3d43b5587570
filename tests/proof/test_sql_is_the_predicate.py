"""The SQL of a predicate is true exactly where it holds: proved leaf by leaf, and by induction (proof.md)."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import pytest
import z3  # type: ignore[import-untyped]
from sqlalchemy import Column, ColumnElement, Integer, Text, not_

from checkdata.adapters.sql.conditions import where
from checkdata.domain.access.predicates import AllOf, AnyOf, AtLeast, AtMost, Blank, Equals, Predicate
from tests.proof.three_values import Known, Maybe, truth_of

TEXT: Final = Maybe(z3.Bool("text is null"), z3.String("text"))
YEAR: Final = Maybe(z3.Bool("year is null"), z3.Int("year"))
A_TEXT: Final = Maybe(z3.BoolVal(val=False), z3.String("a text"))
A_YEAR: Final = Maybe(z3.BoolVal(val=False), z3.Int("a year"))
KNOWN: Final[Known] = {"text": TEXT, "year": YEAR, "A TEXT": A_TEXT, 12345: A_YEAR}
"""Any row, and any value that a predicate may compare it with: ``A TEXT`` and 12345 stand for all of them."""

COLUMNS: Final[dict[str, ColumnElement[Any]]] = {
    "text": Column("text", Text()),
    "year": Column("year", Integer()),
    **{name: Column(name, Text()) for name in ("p", "q", "r")},
}

LEAVES: Final[Sequence[tuple[Predicate, object]]] = (
    (Equals("text", "A TEXT"), z3.And(z3.Not(TEXT.null), TEXT.value == A_TEXT.value)),
    (Blank("text"), z3.Or(TEXT.null, TEXT.value == "")),
    (AtLeast("year", 12345), z3.And(z3.Not(YEAR.null), YEAR.value >= A_YEAR.value)),
    (AtMost("year", 12345), z3.And(z3.Not(YEAR.null), YEAR.value <= A_YEAR.value)),
)
"""Each kind of leaf, and what `holds` says of a row: a field that holds None is not equal, nor more or less."""

PARTS: Final = {name: Maybe(z3.Bool(f"{name} is null"), z3.Bool(name)) for name in ("p", "q", "r")}
"""Parts that are true, false or NULL in any way; of each is known that its SQL is true exactly where it holds."""


def counterexample(condition: ColumnElement[bool], expected: object, known: Known) -> z3.ModelRef | None:
    """A row for which the SQL is not true exactly where it is expected; None where there is none at all."""
    solver = z3.Solver()
    solver.add(truth_of(condition, known).is_true != expected)
    found = solver.check()
    assert found != z3.unknown
    return solver.model() if found == z3.sat else None


def standing_for(names: Sequence[str]) -> Known:
    """Columns that make ``p = 'yes'`` stand for any SQL: it is true, false or NULL as the part is."""
    return {
        name: Maybe(PARTS[name].null, z3.If(PARTS[name].value, z3.StringVal("yes"), z3.StringVal(""))) for name in names
    }


@pytest.mark.parametrize(("leaf", "holds"), LEAVES, ids=[type(leaf).__name__ for leaf, _ in LEAVES])
def test_the_sql_of_a_leaf_is_true_exactly_where_it_holds(leaf: Predicate, holds: object) -> None:
    assert counterexample(where(leaf, COLUMNS), holds, KNOWN) is None


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize(("kind", "together"), [(AllOf, z3.And), (AnyOf, z3.Or)], ids=["AllOf", "AnyOf"])
def test_parts_together_are_true_exactly_where_they_hold_together(
    kind: type[AllOf | AnyOf], together: Callable[[list[Any]], Any], number: int
) -> None:
    names = ("p", "q", "r")[:number]
    predicate = kind(tuple(Equals(name, "yes") for name in names))
    expected = together([PARTS[name].is_true for name in names])
    assert counterexample(where(predicate, COLUMNS), expected, standing_for(names)) is None


def test_a_negation_would_break_it_and_is_noticed() -> None:
    leaf, holds = LEAVES[0]
    assert counterexample(not_(where(leaf, COLUMNS)), z3.Not(holds), KNOWN) is not None


@pytest.mark.parametrize(("leaf", "holds"), LEAVES[1:], ids=[type(leaf).__name__ for leaf, _ in LEAVES[1:]])
def test_another_comparison_would_break_it_and_is_noticed(leaf: Predicate, holds: object) -> None:
    flipped = {
        Blank: COLUMNS["text"] == "",
        AtLeast: COLUMNS["year"] <= 12345,
        AtMost: COLUMNS["year"] >= 12345,
    }
    assert counterexample(flipped[type(leaf)], holds, KNOWN) is not None
