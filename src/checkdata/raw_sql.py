"""A scope as the text of a condition and its parameters, for a service that writes its SQL itself."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, overload

from attrs import define, field

from checkdata.domain.access.predicates import fold
from checkdata.domain.access.same_text import same_text
from checkdata.domain.access.scope import Scope, columns_of
from checkdata.domain.checked_fields import check_type

__all__ = ["ByName", "ByPosition", "where"]

ByPosition = Literal["qmark", "format", "numeric", "numeric_dollar"]
"""Styles whose parameters are a sequence: ``?`` (sqlite3), ``%s`` (psycopg, Django), ``:1``, ``$1`` (asyncpg)."""

ByName = Literal["named", "pyformat"]
"""Styles whose parameters are a mapping: ``:scope_1`` (sqlite3), ``%(scope_1)s`` (psycopg)."""

_PLACEHOLDERS: Final[Mapping[str, tuple[str, str]]] = {
    "qmark": ("?", "sqlite"),
    "named": (":scope_{}", "sqlite"),
    "format": ("%s", "postgresql"),
    "pyformat": ("%(scope_{})s", "postgresql"),
    "numeric": (":{}", "postgresql"),
    "numeric_dollar": ("${}", "postgresql"),
}
"""How a parameter is written, and the dialect of the drivers that write it so."""


@overload
def where(
    scope: Scope, columns: Mapping[str, str], paramstyle: ByPosition, *, dialect: str | None = None, first: int = 1
) -> tuple[str, Sequence[str | int]]: ...
@overload
def where(
    scope: Scope, columns: Mapping[str, str], paramstyle: ByName, *, dialect: str | None = None, first: int = 1
) -> tuple[str, Mapping[str, str | int]]: ...
def where(
    scope: Scope,
    columns: Mapping[str, str],
    paramstyle: ByPosition | ByName,
    *,
    dialect: str | None = None,
    first: int = 1,
) -> tuple[str, Sequence[str | int] | Mapping[str, str | int]]:
    """The text that is true for the rows that *scope* covers, and for no other, in parentheses, and its parameters.

    *columns* are the names of columns as they stand in the statement, one for each of `Scope.fields`: of texts for
    ids, of whole numbers for ``academic_year``; write ``CAST(role AS text)`` for an enum of PostgreSQL. They are not
    escaped: never make them of what a user typed. *paramstyle* is PEP 249's, or ``numeric_dollar``. *dialect* is
    ``sqlite`` or ``postgresql``; unless it is given, that of the drivers that have this style. *first* is the number of
    the first parameter where they are numbered.

    Raises `TypeError` for a field without a column, and for a style or dialect that is not known.
    """
    columns = columns_of(scope, columns)
    for name, column in columns.items():
        check_type(name, column, str)
    if paramstyle not in _PLACEHOLDERS:
        raise TypeError(f"paramstyle: expected {', '.join(_PLACEHOLDERS)}, not {paramstyle}")
    placeholder, usual = _PLACEHOLDERS[paramstyle]
    condition = _Condition(columns=columns, placeholder=placeholder, dialect=dialect or usual, first=first)
    same_text(condition.dialect, "", "")
    text = fold(scope.predicate, condition)
    if paramstyle in ("named", "pyformat"):
        return text, {f"scope_{number}": value for number, value in enumerate(condition.values, start=first)}
    return text, tuple(condition.values)


@define(kw_only=True)
class _Condition:
    """Translates each kind of predicate, and gathers the parameters in the order of the text."""

    columns: Mapping[str, str]
    placeholder: str
    dialect: str
    first: int
    values: list[str | int] = field(factory=list)

    def equals(self, field: str, value: str) -> str:
        return self._is(self.columns[field], value)

    def blank(self, field: str) -> str:
        column = self.columns[field]
        return f"({column} IS NULL OR {self._is(column, '')})"

    def at_least(self, field: str, value: int) -> str:
        return self._compared(field, ">=", value)

    def at_most(self, field: str, value: int) -> str:
        return self._compared(field, "<=", value)

    def all_of(self, parts: Sequence[str]) -> str:
        return f"({' AND '.join(['1 = 1', *parts])})"

    def any_of(self, parts: Sequence[str]) -> str:
        return f"({' OR '.join(['1 = 0', *parts])})"

    def _is(self, column: str, text: str) -> str:
        written = self._bound(text, times=2)
        if self.dialect == "postgresql":  # so that a number or a uuid is an error and not a match
            written = f"CAST({written} AS text)"
        return same_text(self.dialect, column, written)

    def _compared(self, field: str, comparison: str, number: int) -> str:
        column = self.columns[field]
        compared = f"{column} {comparison} {self._bound(number)}"
        return f"(typeof({column}) = 'integer' AND {compared})" if self.dialect == "sqlite" else f"({compared})"

    def _bound(self, value: str | int, times: int = 1) -> str:
        """The parameter as it is written; one without a name or number is given as often as it is written."""
        is_named = self.placeholder not in ("?", "%s")
        self.values.extend([value] * (1 if is_named else times))
        return self.placeholder.format(self.first + len(self.values) - 1)
