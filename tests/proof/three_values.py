"""SQL's three-valued logic for Z3: what SQLAlchemy writes, as formulas over columns that may be NULL."""

from collections.abc import Callable, Mapping
from operator import eq, ge, le, ne
from typing import Any, Final

import z3  # type: ignore[import-untyped]
from attrs import frozen
from sqlalchemy import BinaryExpression, BindParameter, Column, False_, Null, True_, UnaryExpression
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import AsBoolean, BooleanClauseList, CollationClause, Grouping


@frozen(eq=False)
class Maybe:
    """A value that may be NULL: of a column or a parameter, or of a condition, whose value is then a truth."""

    null: Any
    value: Any

    @property
    def is_true(self) -> Any:  # noqa: ANN401 - Z3 has no types
        """Whether a WHERE clause takes the row: NULL is not true."""
        return z3.And(z3.Not(self.null), self.value)


Known = Mapping[object, Maybe]
"""What columns and parameters are, by the column's name and by the parameter's value."""

_COMPARISONS: Final[Mapping[object, Callable[[Any, Any], Any]]] = {
    operators.eq: eq,
    operators.ne: ne,
    operators.ge: ge,
    operators.le: le,
}


def truth_of(condition: object, known: Known) -> Maybe:
    """A condition as SQL evaluates it; anything that is not understood is a `NotImplementedError`."""
    match condition:
        case True_():
            return _certain(value=True)
        case False_():
            return _certain(value=False)
        case Grouping() | AsBoolean(operator=operators.istrue):
            return truth_of(condition.element, known)
        case BooleanClauseList():
            parts = [truth_of(part, known) for part in condition.clauses]
            return _all(parts) if condition.operator is operators.and_ else _any(parts)
        case AsBoolean(operator=operators.isfalse) | UnaryExpression(operator=operators.inv):
            part = truth_of(condition.element, known)
            return Maybe(part.null, z3.Not(part.value))
        case BinaryExpression():
            return _compared(condition, known)
        case _:
            raise NotImplementedError(type(condition).__name__)


def _compared(condition: BinaryExpression[Any], known: Known) -> Maybe:
    left = _value(condition.left, known)
    if condition.operator is operators.is_:
        assert isinstance(condition.right, Null)
        return Maybe(z3.BoolVal(val=False), left.null)
    right = _value(condition.right, known)
    compared = _COMPARISONS[condition.operator](left.value, right.value)
    return Maybe(z3.Or(left.null, right.null), compared)


def _value(element: Any, known: Known) -> Maybe:  # noqa: ANN401 - SQLAlchemy's own
    match element:
        case Grouping():
            return _value(element.element, known)
        case BinaryExpression() if isinstance(element.right, CollationClause):
            return _value(element.left, known)  # compared byte by byte, as Z3 compares texts
        case Column():
            return known[element.name]
        case BindParameter(value=value) if value in known:
            return known[value]
        case BindParameter(value=str() as value):
            return Maybe(z3.BoolVal(val=False), z3.StringVal(value))
        case _:
            raise NotImplementedError(type(element).__name__)


def _certain(*, value: bool) -> Maybe:
    return Maybe(z3.BoolVal(val=False), z3.BoolVal(val=value))


def _all(parts: list[Maybe]) -> Maybe:
    """AND: false where one part is, whatever the others are; else NULL where one is."""
    refuted = z3.Or([z3.And(z3.Not(part.null), z3.Not(part.value)) for part in parts])
    return Maybe(z3.And(z3.Not(refuted), z3.Or([part.null for part in parts])), z3.Not(refuted))


def _any(parts: list[Maybe]) -> Maybe:
    """OR: true where one part is, whatever the others are; else NULL where one is."""
    shown = z3.Or([part.is_true for part in parts])
    return Maybe(z3.And(z3.Not(shown), z3.Or([part.null for part in parts])), shown)
