"""A scope as a condition of SQLAlchemy, for a service that has its own tables; needs the extra ``sql``."""

from collections.abc import Mapping, Sequence
from enum import Enum as PythonEnum
from typing import Any

try:
    import sqlalchemy as sa
except ModuleNotFoundError as _missing:
    raise ModuleNotFoundError("checkdata.sql needs SQLAlchemy: install checkdata[sql]") from _missing
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler, StrSQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from checkdata.domain.access.predicates import fold
from checkdata.domain.access.same_text import same_text
from checkdata.domain.access.scope import Scope, columns_of

__all__ = ["where"]

_Column = sa.SQLColumnExpression[Any]


class _SameText(FunctionElement[bool]):
    """Whether a column holds exactly a text."""

    type = sa.Boolean()
    inherit_cache = True


@compiles(_SameText)
def _in_its_dialect(element: _SameText, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    column, value = (compiler.process(part, **options) for part in element.clauses)
    is_only_read = isinstance(compiler, StrSQLCompiler)  # as by print()
    return same_text("postgresql" if is_only_read else compiler.dialect.name, column, value)


def where(scope: Scope, columns: Mapping[str, _Column], *, dialect: str | None = None) -> sa.ColumnElement[bool]:
    """The condition that is true for the rows that *scope* covers, and for no other.

    *columns* are columns of tables or attributes of mapped classes, one for each of `Scope.fields`: of texts for ids,
    of whole numbers for ``academic_year``; ``role`` may be an `Enum`. Texts are compared byte by byte, whatever the
    collation. Raises `TypeError` for a field without a column, for a column of another type, and for a *dialect* other
    than ``sqlite`` and ``postgresql``; unless that is given, when the condition is compiled.
    """
    columns = columns_of(scope, columns)
    if dialect is not None:
        same_text(dialect, "", "")
    return fold(scope.predicate, _Condition(columns))


class _Condition:
    """Translates each kind of predicate."""

    def __init__(self, columns: Mapping[str, _Column]) -> None:
        self._columns = columns

    def equals(self, field: str, value: str) -> sa.ColumnElement[bool]:
        return _is(self._text(field), value)

    def blank(self, field: str) -> sa.ColumnElement[bool]:
        column = self._text(field)
        return sa.or_(column.is_(None), _is(column, ""))

    def at_least(self, field: str, value: int) -> sa.ColumnElement[bool]:
        return self._number(field) >= value

    def at_most(self, field: str, value: int) -> sa.ColumnElement[bool]:
        return self._number(field) <= value

    def all_of(self, parts: Sequence[sa.ColumnElement[bool]]) -> sa.ColumnElement[bool]:
        return sa.and_(sa.true(), *parts)

    def any_of(self, parts: Sequence[sa.ColumnElement[bool]]) -> sa.ColumnElement[bool]:
        return sa.or_(sa.false(), *parts)

    def _text(self, field: str) -> _Column:
        return self._of_type(field, sa.String)

    def _number(self, field: str) -> _Column:
        return self._of_type(field, sa.Integer)

    def _of_type(self, field: str, kind: type[sa.types.TypeEngine[Any]]) -> _Column:
        column: object = self._columns[field]
        if not isinstance(column, sa.SQLColumnExpression) or not isinstance(_type_of(column), kind):
            told = _type_of(column) if isinstance(column, sa.SQLColumnExpression) else column
            raise TypeError(f"{field}: expected a column of type {kind.__name__}, not {type(told).__name__}")
        return column


def _type_of(column: Any) -> Any:  # noqa: ANN401 - SQLAlchemy types neither for all that has a type
    return column.expression.type


def _is(column: _Column, text: str) -> sa.ColumnElement[bool]:
    kind = _type_of(column)
    value = _as_stored(kind, text)
    return sa.false() if value is None else _SameText(column, sa.bindparam(None, value, kind, unique=True))


def _as_stored(kind: Any, text: str) -> str | PythonEnum | None:  # noqa: ANN401 - a type of SQLAlchemy
    """What a column of this type is compared with; None where it can never hold the text."""
    if not isinstance(kind, sa.Enum):
        return text
    if kind.enum_class is None:
        return text if text in kind.enums else None
    return next((member for member in kind.enum_class if member.value == text), None)
