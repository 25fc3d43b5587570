"""A scope as a condition of Django, for a service that has its own models; needs Django 5 or later."""

from collections.abc import Mapping, Sequence
from typing import Any

try:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import BooleanField, CharField, F, Field, Func, IntegerField, Q, TextField, Value
    from django.db.models.sql.compiler import SQLCompiler
except ModuleNotFoundError as _missing:
    raise ModuleNotFoundError("checkdata.django needs Django: install Django 5 or later") from _missing

from checkdata.domain.access.predicates import fold
from checkdata.domain.access.same_text import same_text
from checkdata.domain.access.scope import Scope, columns_of
from checkdata.domain.checked_fields import check_type

__all__ = ["q"]


def q(scope: Scope, fields: Mapping[str, str]) -> Q:
    """The condition that is true for the rows that *scope* covers, and for no other, to filter a query set by.

    *fields* are names of a model's fields, ``__`` reaching across relations, one for each of `Scope.fields`: of texts
    for ids, of whole numbers for ``academic_year``. Texts are compared byte by byte, whatever the collation. Raises
    `TypeError` for a field that is not named; when the query set is filtered, for a field of another type; when it is
    compiled, for a database other than SQLite and PostgreSQL.
    """
    fields = columns_of(scope, fields)
    for name, field in fields.items():
        check_type(name, field, str)
    return fold(scope.predicate, _Condition(fields))


class _Condition:
    """Translates each kind of predicate."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields

    def equals(self, field: str, value: str) -> Q:
        return Q(_SameText(field, self._fields[field], value))

    def blank(self, field: str) -> Q:
        return Q(**{f"{self._fields[field]}__isnull": True}) | self.equals(field, "")

    def at_least(self, field: str, value: int) -> Q:
        return Q(_Compared(field, self._fields[field], ">=", value))

    def at_most(self, field: str, value: int) -> Q:
        return Q(_Compared(field, self._fields[field], "<=", value))

    def all_of(self, parts: Sequence[Q]) -> Q:
        return Q(*parts) if parts else ~_never()

    def any_of(self, parts: Sequence[Q]) -> Q:
        return Q(*parts, _connector=Q.OR) if parts else _never()


def _never() -> Q:
    """True of no row; an empty Q() is true of every one."""
    return Q(pk__in=[])


class _OfField(Func):
    """A condition on a field of a type that is checked as soon as the model is known."""

    output_field = BooleanField()
    kinds: tuple[type["Field[Any, Any]"], ...]

    def __init__(self, name: str, *expressions: Any) -> None:  # noqa: ANN401 - as Django takes them
        super().__init__(*expressions)
        self.name = name

    def resolve_expression(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - Django's signature
        """The same of a field of a model."""
        resolved = super().resolve_expression(*arguments, **options)
        field = resolved.get_source_expressions()[0].output_field
        field = getattr(field, "target_field", field)
        if not isinstance(field, self.kinds):
            raise TypeError(f"{self.name}: expected a {self.kinds[0].__name__}, not {type(field).__name__}")
        return resolved


class _SameText(_OfField):
    """Whether a field holds exactly a text."""

    kinds = (CharField, TextField)

    def __init__(self, name: str, field: str, value: str) -> None:
        super().__init__(name, F(field), Value(value))

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        *_: Any,  # noqa: ANN401 - Django's signature
        **__: Any,  # noqa: ANN401 - Django's signature
    ) -> tuple[str, tuple[str | int, ...]]:
        """The condition in the dialect of the connection."""
        (column, none), (value, values) = (compiler.compile(each) for each in self.get_source_expressions())
        return same_text(connection.vendor, column, value), (*none, *values, *none, *values)


class _Compared(_OfField):
    """Whether a field's number is up to a bound, or from it on."""

    kinds = (IntegerField,)

    def __init__(self, name: str, field: str, comparison: str, bound: int) -> None:
        super().__init__(name, F(field), Value(bound))
        self.comparison = comparison

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,  # noqa: ARG002 - Django's signature
        *_: Any,  # noqa: ANN401 - Django's signature
        **__: Any,  # noqa: ANN401 - Django's signature
    ) -> tuple[str, tuple[str | int, ...]]:
        """The comparison, which is the same in every dialect."""
        (column, none), (value, values) = (compiler.compile(each) for each in self.get_source_expressions())
        return f"({column} {self.comparison} {value})", (*none, *values)
