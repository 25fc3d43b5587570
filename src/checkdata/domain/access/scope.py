"""The participants that an organisation may see, as a value that covers a row or not (service rule 2)."""

from collections.abc import Iterable, Mapping
from types import NoneType
from typing import Any, TypeVar

from attrs import field, frozen

from checkdata.domain.access.predicates import AllOf, AnyOf, AtLeast, AtMost, Blank, Equals, Predicate, holds
from checkdata.domain.checked_fields import an_id_or_none, check_type, of, tuple_of
from checkdata.domain.people.organisations import ORGANISATIONS, AppropriateBody, DeliveryPartner, Organisation
from checkdata.domain.values import LeadProviderId

Row = TypeVar("Row")
Column = TypeVar("Column")

Years = tuple[int | None, int | None]
"""The first and the last academic year, both included; None is no limit."""


@frozen(kw_only=True)
class ScopeRule:
    """Participants of one lead provider, or of none (None), in the academic years from first to last, included."""

    lead_provider_id: LeadProviderId | None = field(validator=an_id_or_none)
    first_academic_year: int | None = field(default=None, validator=of(int, NoneType))
    last_academic_year: int | None = field(default=None, validator=of(int, NoneType))

    @property
    def predicate(self) -> Predicate:
        """The same as a tree over ``lead_provider_id`` and ``academic_year``."""
        parts: list[Predicate] = [
            Blank("lead_provider_id")
            if self.lead_provider_id is None
            else Equals("lead_provider_id", self.lead_provider_id)
        ]
        if self.first_academic_year is not None:
            parts.append(AtLeast("academic_year", self.first_academic_year))
        if self.last_academic_year is not None:
            parts.append(AtMost("academic_year", self.last_academic_year))
        return AllOf(tuple(parts))


def rules_in_words(rules: Iterable[ScopeRule]) -> str:
    """Rules as the fewest words that cover the same rows, such as ``2021-2024:lp-1 -:``, for the record of a view.

    A word is the first and the last academic year and the lead provider's id, each of them blank where there is none.
    """
    years: dict[str, list[Years]] = {}
    for rule in rules:
        of_lead = years.setdefault(rule.lead_provider_id or "", [])
        of_lead.append((rule.first_academic_year, rule.last_academic_year))
    words = (f"{first or ''}-{last or ''}:{lead}" for lead, some in years.items() for first, last in _joined(some))
    return " ".join(sorted(words))


def rules_of_words(words: str) -> tuple[ScopeRule, ...]:
    """The rules that `rules_in_words` wrote."""
    return tuple(map(_rule_of_word, words.split()))


def _rule_of_word(word: str) -> ScopeRule:
    years, _, lead = word.partition(":")
    first, _, last = years.partition("-")
    return ScopeRule(
        lead_provider_id=LeadProviderId(lead) if lead else None,
        first_academic_year=int(first) if first else None,
        last_academic_year=int(last) if last else None,
    )


def _joined(years: Iterable[Years]) -> list[Years]:
    """The same years in as few spans as there are gaps between them."""
    joined: list[Years] = []
    for first, last in sorted(years, key=lambda span: span[0] or 0):
        before = joined[-1] if joined else None
        if before is None or (before[1] is not None and (first or 0) > before[1] + 1):
            joined.append((first, last))
        elif before[1] is not None and (last is None or last > before[1]):
            joined[-1] = before[0], last
    return joined


def _rules(rules: Iterable[ScopeRule]) -> tuple[ScopeRule, ...]:
    return tuple_of("rules", rules, ScopeRule)


def _ids(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple_of("agreement_ids", ids, str)


@frozen(kw_only=True)
class Scope:
    """The participants that an organisation may see; made by `scope_of`, and of records by `scope_as_recorded`.

    Applies to listings, one row a participant as that organisation sees them; which training record such a row comes
    from is `checkdata.choose_record`. ``rules`` matter only to delivery partners (service
    rule 2): a row is in scope if one of them covers it. ``agreement_ids`` are the agreements that it rests on, for
    the record; two scopes that cover the same rows are equal, even if they rest on different agreements.
    """

    organisation: Organisation = field(validator=of(*ORGANISATIONS))
    rules: tuple[ScopeRule, ...] = field(default=(), converter=_rules)
    agreement_ids: tuple[str, ...] = field(default=(), eq=False, converter=_ids)
    predicate: Predicate = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Build the tree once, because it is evaluated for every row."""
        object.__setattr__(self, "predicate", _predicate_of(self.organisation, self.rules))

    @property
    def recorded(self) -> dict[str, str]:
        """What goes on record of it with what it showed: its rules, and the agreements behind them."""
        what = {"agreements": " ".join(self.agreement_ids), "rules": rules_in_words(self.rules)}
        return {name: words for name, words in what.items() if words}

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a row that a scope of this organisation may depend on, whatever its rules are today.

        ``delivery_partner_id``, ``lead_provider_id`` (None or "" where blank) and ``academic_year`` (None is in no
        span of years) for a delivery partner; ``appropriate_body_id`` and ``role`` for an appropriate body.
        """
        match self.organisation:
            case DeliveryPartner():
                return "delivery_partner_id", "lead_provider_id", "academic_year"
            case AppropriateBody():
                return "appropriate_body_id", "role"
            case _:
                return ()

    def covers(self, row: object, fields: Mapping[str, str] | None = None) -> bool:
        """Whether *row* is in scope.

        *row* has `fields` as attributes or, if it is a mapping, as keys, under the same names or those of *fields*.
        """
        if fields is not None:
            names = columns_of(self, fields)
            return holds(self.predicate, row, lambda row, field: _read(row, names[field]))
        return holds(self.predicate, row, _read if isinstance(row, Mapping) else getattr)

    def filter(self, rows: Iterable[Row], fields: Mapping[str, str] | None = None) -> list[Row]:
        """Those of *rows* that are in scope, in their order."""
        return [row for row in rows if self.covers(row, fields)]


def columns_of(scope: Scope, columns: Mapping[str, Column]) -> Mapping[str, Column]:
    """The columns of a scope's fields.

    Raises `TypeError` if one is missing, so that a translation that works today also works when the rules change.
    """
    check_type("scope", scope, Scope)
    check_type("columns", columns, Mapping)
    missing = [field for field in scope.fields if field not in columns]
    if missing:
        raise TypeError(f"columns: no column for {' and '.join(missing)}")
    return {field: columns[field] for field in scope.fields}


def _read(row: Any, name: str) -> object:  # noqa: ANN401 - any row
    return row[name] if isinstance(row, Mapping) else getattr(row, name)


def _predicate_of(organisation: Organisation, rules: tuple[ScopeRule, ...]) -> Predicate:
    match organisation:
        case DeliveryPartner(id):
            return AllOf((Equals("delivery_partner_id", id), AnyOf(tuple(rule.predicate for rule in rules))))
        case AppropriateBody(id):
            return AllOf((Equals("appropriate_body_id", id), Equals("role", "ect")))
        case _:
            return AnyOf(())


def scope_as_recorded(
    organisation: Organisation, rules: Iterable[ScopeRule], agreement_ids: Iterable[str] = ()
) -> Scope:
    """A scope as recorded in the past; use it only to tell what was seen, never to show anything now."""
    return Scope(organisation=organisation, rules=tuple(rules), agreement_ids=tuple(agreement_ids))
