"""Faults that a translation of predicates may have; planted in each, so that its suite is seen to notice them."""

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any, Final

import sqlalchemy as sa
from attrs import frozen
from django.db.models import Q

from checkdata import AppropriateBody, DeliveryPartner, LeadProviderId, Scope, SupportTeam, django, raw_sql, sql
from checkdata.domain.access.scope import ScopeRule

SCOPES: Final = (
    Scope(organisation=SupportTeam()),
    Scope(organisation=AppropriateBody("a")),
    Scope(organisation=DeliveryPartner("a")),
    Scope(
        organisation=DeliveryPartner("a"),
        rules=[
            ScopeRule(lead_provider_id=LeadProviderId("A"), first_academic_year=2021, last_academic_year=2021),
            ScopeRule(lead_provider_id=None, last_academic_year=2021),
        ],
    ),
    Scope(organisation=DeliveryPartner("12"), rules=[ScopeRule(lead_provider_id=None)]),
)
"""Scopes of every kind of organisation, which read every kind of predicate."""


@frozen
class Translation:
    """A module that translates, and how its conditions are negated and asked for NULL."""

    module: ModuleType
    negated: Callable[[Any], Any]
    is_null: Callable[[Any, str], Any]

    @property
    def condition(self) -> Any:  # noqa: ANN401 - a private class of the module
        """What translates each kind of predicate."""
        return self.module._Condition  # noqa: SLF001 - this is where a fault is planted


IN_SQLALCHEMY: Final = Translation(sql, sa.not_, lambda self, field: self._columns[field].is_(None))
IN_RAW_SQL: Final = Translation(
    raw_sql, lambda text: f"(NOT {text})", lambda self, field: f"({self.columns[field]} IS NULL)"
)
IN_DJANGO: Final = Translation(django, lambda q: ~q, lambda self, field: Q(**{f"{self._fields[field]}__isnull": True}))

_Methods = Mapping[str, Callable[..., Any]]

Fault = Callable[[Translation], _Methods]
"""Makes methods of a condition that are wrong."""

Compare = Callable[[str, str, str], str]
"""Compares a text in a dialect."""


def _an_equality_is_negated(of: Translation) -> _Methods:
    right = of.condition.equals
    return {"equals": lambda self, field, value: of.negated(right(self, field, value))}


def _a_bound_is_negated(of: Translation) -> _Methods:
    right = of.condition.at_most
    return {"at_most": lambda self, field, value: of.negated(right(self, field, value))}


def _the_last_part_does_not_count(of: Translation) -> _Methods:
    right = of.condition.all_of

    def all_of(self: Any, parts: Sequence[Any]) -> Any:  # noqa: ANN401 - as the translation has them
        return right(self, [*parts[:-1], *(self.any_of([part, right(self, [])]) for part in parts[-1:])])

    return {"all_of": all_of}


def _the_first_way_does_not_count(of: Translation) -> _Methods:
    right = of.condition.any_of

    def any_of(self: Any, parts: Sequence[Any]) -> Any:  # noqa: ANN401 - as the translation has them
        return right(self, [*(self.all_of([part, right(self, [])]) for part in parts[:1]), *parts[1:]])

    return {"any_of": any_of}


def _no_way_is_every_row(of: Translation) -> _Methods:
    right = of.condition.any_of
    return {"any_of": lambda self, parts: right(self, parts) if parts else self.all_of([])}


def _all_is_any(of: Translation) -> _Methods:
    return {"all_of": of.condition.any_of}


def _null_is_not_blank(_: Translation) -> _Methods:
    return {"blank": lambda self, field: self.equals(field, "")}


def _an_empty_text_is_not_blank(of: Translation) -> _Methods:
    return {"blank": of.is_null}


def _null_is_in_every_span(of: Translation) -> _Methods:
    right = of.condition.at_most
    return {"at_most": lambda self, field, value: self.any_of([right(self, field, value), of.is_null(self, field)])}


def _a_bound_is_left_out(of: Translation) -> _Methods:
    right = of.condition.at_least
    return {"at_least": lambda self, field, value: right(self, field, value + 1)}


def _the_bounds_are_swapped(of: Translation) -> _Methods:
    return {"at_least": of.condition.at_most, "at_most": of.condition.at_least}


FAULTS: Final[tuple[Fault, ...]] = (
    _an_equality_is_negated,
    _a_bound_is_negated,
    _the_last_part_does_not_count,
    _the_first_way_does_not_count,
    _no_way_is_every_row,
    _all_is_any,
    _null_is_not_blank,
    _an_empty_text_is_not_blank,
    _null_is_in_every_span,
    _a_bound_is_left_out,
    _the_bounds_are_swapped,
)


def folding_case(_dialect: str, column: str, value: str) -> str:
    """Compares texts without case, with the value as often as it should be there."""
    return f"(lower({column}) = lower({value}) AND lower({column}) = lower({value}))"


def by_the_collation(_dialect: str, column: str, value: str) -> str:
    """Compares texts as the column does."""
    return f"({column} = {value} AND {column} = {value})"
