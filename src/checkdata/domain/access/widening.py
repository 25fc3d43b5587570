"""What changed agreements let users newly see (service rule 2), so that no import widens access by accident."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from attrs import frozen

from checkdata.domain.access.decision import scope_of
from checkdata.domain.access.scope import Scope
from checkdata.domain.errors import FeedRefused
from checkdata.domain.people.organisations import Agreement, DeliveryPartner

WIDENED_UNASKED_PERCENT: Final = 10
"""How much more of what a partner's users see an import may let them see before wider access has to be allowed."""

Count = Callable[[Scope], int]
"""Counts the participants that a scope covers."""

_NAMED: Final = 10
"""How many partners a refusal names."""


@frozen(kw_only=True)
class ListedNumber:
    """How many participants of a lead provider ("" for none) and an academic year a partner's listing has."""

    delivery_partner_id: str
    lead_provider_id: str
    academic_year: int
    number: int


@frozen(kw_only=True)
class NewlySeen:
    """How many participants come into view on a day because agreements changed.

    ``already`` is how many would be in view on that day without the change.
    """

    on: date
    participants: int
    already: int

    def is_more_than(self, percent: int) -> bool:
        """Whether it is more than this share of what is in view already; where that is nothing, anything is more."""
        return self.participants * 100 > self.already * percent


@frozen(kw_only=True)
class WiderView:
    """How many users of a partner newly see how many participants of its listing."""

    partner: DeliveryPartner
    users: int
    newly: NewlySeen

    @property
    def summary(self) -> str:
        """The same in a line, for an operator."""
        return (
            f"{self.partner.name or self.partner.id} ({self.partner.id}), from {self.newly.on.isoformat()}: "
            f"participants newly in view: {self.newly.participants:,}, beside {self.newly.already:,}; "
            f"users: {self.users:,}"
        )


class AccessWidened(FeedRefused):
    """A feed that would let users newly see more than an import may by itself; ``widened`` says who and how much."""

    def __init__(self, widened: Sequence[WiderView], percent: int) -> None:
        named = [widening.summary for widening in widened[:_NAMED]]
        more = [f"and {len(widened) - _NAMED:,} other partners"] if len(widened) > _NAMED else []
        super().__init__(
            f"The feed would let users newly see more than {percent} % of what they see. {'. '.join([*named, *more])}. "
            "Nothing was loaded. If they may see them, allow wider access."
        )
        self.widened = widened


@frozen(kw_only=True)
class ChangedAgreements:
    """The agreements of a partner before and after a change."""

    partner: DeliveryPartner
    before: Collection[Agreement]
    after: Collection[Agreement]

    def loses_a_lead_provider(self, today: date) -> bool:
        """Whether a lead provider that it had an agreement with, from today on, has none with it any more."""
        return not _lead_providers(self.before, today) <= _lead_providers(self.after, today)

    def scopes_on(self, day: date) -> tuple[Scope, Scope]:
        """What it may see on a day under the agreements before, and under those after."""
        return _scope(self.partner, self.before, day), _scope(self.partner, self.after, day)


def newly_seen(
    change: ChangedAgreements, count: Count, *, today: date, arrived: Count = lambda _: 0
) -> NewlySeen | None:
    """What a partner's users newly see because its agreements change; None if that is nothing.

    Looks at today and at each later day on which an agreement begins or ends, and tells of the day on which the share
    is largest. *arrived* counts those of the participants who come from a partner that was merged into this one:
    they are new to its users even if the agreements before would cover them.
    """
    days = sorted({today, *(day for day in _turning_days((*change.before, *change.after)) if day > today)})
    found = [_newly_seen_on(day, change, count, arrived) for day in days]
    return max((newly for newly in found if newly.participants), key=_share, default=None)


def _newly_seen_on(day: date, change: ChangedAgreements, count: Count, arrived: Count) -> NewlySeen:
    before, after = change.scopes_on(day)
    either = Scope(organisation=change.partner, rules=(*before.rules, *after.rules))
    arrived_in_both = arrived(before) + arrived(after) - arrived(either)
    return NewlySeen(
        on=day,
        participants=count(either) - count(before) + arrived_in_both,
        already=count(before) - arrived(before),
    )


def _scope(partner: DeliveryPartner, agreements: Collection[Agreement], day: date) -> Scope:
    found = scope_of(partner, agreements, on=day)
    return found if isinstance(found, Scope) else Scope(organisation=partner)


def _share(newly: NewlySeen) -> tuple[float, int]:
    return (newly.participants / newly.already if newly.already else float("inf")), newly.participants


def _turning_days(agreements: Iterable[Agreement]) -> Iterator[date]:
    """Every day on which an agreement begins, or is in force no more."""
    for agreement in agreements:
        yield agreement.starts_on
        if agreement.last_day is not None and agreement.last_day < date.max:
            yield agreement.last_day + timedelta(days=1)


def _lead_providers(agreements: Iterable[Agreement], today: date) -> frozenset[str]:
    return frozenset(agreement.lead_provider_id for agreement in agreements if agreement.lasts_beyond(today))
