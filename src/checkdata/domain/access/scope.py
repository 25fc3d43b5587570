"""The participants that an organisation may see, as a value that covers a row or not (service rule 2)."""

from collections.abc import Iterable
from typing import TypeVar

from attrs import field, frozen

from checkdata.domain.access.predicates import AllOf, AnyOf, AtLeast, AtMost, Blank, Equals, Predicate, holds
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, Organisation
from checkdata.domain.values import LeadProviderId

Row = TypeVar("Row")


@frozen(kw_only=True)
class ScopeRule:
    """Participants of one lead provider, or of none (None), in the academic years from first to last, included."""

    lead_provider_id: LeadProviderId | None
    first_academic_year: int | None = None
    last_academic_year: int | None = None

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


@frozen(kw_only=True)
class Scope:
    """The participants that an organisation may see; made by `scope_of`, and of records by `scope_as_recorded`.

    Applies to listings, one row a participant as that organisation sees them; which training record such a row comes
    from is `checkdata.domain.training.records.choose_record`. ``rules`` matter only to delivery partners (service
    rule 2): a row is in scope if one of them covers it. ``agreement_ids`` are the agreements that it rests on, for
    the record; two scopes that cover the same rows are equal, even if they rest on different agreements.
    """

    organisation: Organisation
    rules: tuple[ScopeRule, ...] = ()
    agreement_ids: tuple[str, ...] = field(default=(), eq=False)
    predicate: Predicate = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Build the tree once, because it is evaluated for every row."""
        object.__setattr__(self, "predicate", _predicate_of(self.organisation, self.rules))

    def covers(self, row: object) -> bool:
        """Whether *row* is in scope.

        Reads ``delivery_partner_id``, ``lead_provider_id`` (None or "" where blank) and ``academic_year`` for a
        delivery partner; ``appropriate_body_id`` and ``role`` for an appropriate body.
        """
        return holds(self.predicate, row)

    def filter(self, rows: Iterable[Row]) -> list[Row]:
        """Those of *rows* that are in scope, in their order."""
        return [row for row in rows if self.covers(row)]


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
