"""One answer about a user, whichever of their organisations they act for: what another service is told of `decide`.

A service asks about anyone, so an answer must not tell who uses this one: users who are not known, are suspended or
have no access get one and the same answer (service rule 1).
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from enum import Enum
from typing import Final

from attrs import field, frozen

from checkdata.domain.access.decision import (
    RULES_VERSION,
    AccessFacts,
    Acting,
    Decision,
    Granted,
    Refused,
    decide,
)
from checkdata.domain.access.scope import Scope
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, Role

LISTING_OWNERS: Final = (DeliveryPartner, AppropriateBody)
"""The organisations that have a listing."""


class VerdictReason(Enum):
    """Why a user may, or may not."""

    GRANTED = "granted"
    NO_ACCESS = "no_access"
    NO_AGREEMENT = "no_agreement"
    OUT_OF_SCOPE = "out_of_scope"


_MESSAGES: Final = {
    VerdictReason.GRANTED: "You have access.",
    VerdictReason.NO_ACCESS: "You do not have access to this data.",
    VerdictReason.OUT_OF_SCOPE: "This is not among the data that you have access to.",
}


@frozen(kw_only=True)
class Verdict:
    """Whether a user may see something, and why; ``message`` is safe to show to them.

    The answer stays the same until ``holds_until`` (None: for good) if no fact changes. ``acting`` and
    ``agreement_ids`` are what a yes rests on.
    """

    reason: VerdictReason
    message: str
    holds_until: date | None
    acting: Acting | None = None
    agreement_ids: tuple[str, ...] = ()
    rules_version: int = RULES_VERSION

    @property
    def allowed(self) -> bool:
        """Whether they may."""
        return self.reason is VerdictReason.GRANTED


@frozen(kw_only=True)
class ActingAs:
    """The roles and organisations that count: those of a user whom a service names with one, None for any."""

    role: Role | None = None
    organisation_id: str | None = None

    def counts(self, acting: Acting) -> bool:
        """Whether these are the role and the organisation."""
        return self.role in {None, acting.role} and self.organisation_id in {None, acting.organisation.id}


ANY_ROLE: Final = ActingAs()


@frozen
class UserDecisions:
    """What `decide` says about one user on a day, for every organisation that they were ever granted."""

    on: date
    decisions: tuple[tuple[Acting, Decision], ...] = field(default=())

    @classmethod
    def of(cls, facts: AccessFacts, acting_as: ActingAs, on: date) -> "UserDecisions":
        """The decisions for those roles and organisations that count; the department's teams see no participants."""
        if facts.user is None:
            return cls(on)
        user_id = facts.user.id
        granted = (grant.organisation for grant in facts.grants if grant.user_id == user_id)
        organisations = dict.fromkeys(each for each in granted if isinstance(each, LISTING_OWNERS))
        candidates = filter(acting_as.counts, (Acting(user_id, organisation) for organisation in organisations))
        return cls(on, tuple((acting, decide(acting, facts, on=on)) for acting in candidates))

    @property
    def granted(self) -> Iterable[tuple[Acting, Granted]]:
        """Those that grant something."""
        return [(acting, decision) for acting, decision in self.decisions if isinstance(decision, Granted)]

    def only(self, counts: Callable[[Acting], bool]) -> "UserDecisions":
        """Those for some organisations."""
        return UserDecisions(self.on, tuple(each for each in self.decisions if counts(each[0])))

    def verdict(self, sees: Callable[[Scope], bool]) -> Verdict:
        """Whether the user may see what one of their scopes *sees*; a yes is the one that holds longest."""
        seeing = [(acting, granted) for acting, granted in self.granted if sees(granted.scope)]
        if seeing:
            acting, granted = max(seeing, key=lambda each: each[1].holds_until or date.max)
            return Verdict(
                reason=VerdictReason.GRANTED,
                message=_MESSAGES[VerdictReason.GRANTED],
                holds_until=granted.holds_until,
                acting=acting,
                agreement_ids=granted.scope.agreement_ids,
            )
        return self._refusal()

    def _refusal(self) -> Verdict:
        told = [decision for _, decision in self.decisions if not _is_hidden(decision)]
        if not told:
            return _no_access(self.on)
        until = min((decision.holds_until or date.max for _, decision in self.decisions), default=date.max)
        refused = next((decision for decision in told if isinstance(decision, Refused)), None)
        holds_until = None if until == date.max else until
        if refused is None or any(isinstance(decision, Granted) for decision in told):
            reason = VerdictReason.OUT_OF_SCOPE
            return Verdict(reason=reason, message=_MESSAGES[reason], holds_until=holds_until)
        return Verdict(reason=VerdictReason.NO_AGREEMENT, message=refused.message, holds_until=holds_until)


def _is_hidden(decision: Decision) -> bool:
    return isinstance(decision, Refused) and decision.hides_existence


def _no_access(on: date) -> Verdict:
    """The same for everyone who is not to be told apart, so it holds for a day, whenever access may begin."""
    reason = VerdictReason.NO_ACCESS
    return Verdict(reason=reason, message=_MESSAGES[reason], holds_until=on + timedelta(days=1))
