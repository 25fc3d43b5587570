"""Decides who may see whom: `decide` for a user, `scope_of` for an organisation (service rules 1 to 3 and 6)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from enum import Enum
from types import NoneType
from typing import Final, Literal, Self

from attrs import evolve, field, frozen

from checkdata.domain.access.scope import Scope, ScopeRule
from checkdata.domain.access.turning_days import days_of_agreements, days_of_grants
from checkdata.domain.checked_fields import an_id, check_day, check_type, of, tuple_of
from checkdata.domain.errors import CheckdataError
from checkdata.domain.form_digest import form_digest
from checkdata.domain.people.organisations import ORGANISATIONS, Agreement, DeliveryPartner, Organisation, Role
from checkdata.domain.people.users import Grant, User
from checkdata.domain.values import UserId, day_in_words

RULES_VERSION: Final = 1
"""The version of these rules; every decision carries it, so that a record of it can be read later."""


@frozen
class Acting:
    """A person in the act of using the service for one organisation; the role follows from its type."""

    user_id: UserId = field(validator=an_id)
    organisation: Organisation = field(validator=of(*ORGANISATIONS))

    @property
    def role(self) -> Role:
        """The role in which the person acts (service rule 6)."""
        return self.organisation.role


def _grants(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    return tuple_of("grants", grants, Grant)


def _agreements(agreements: Iterable[Agreement]) -> tuple[Agreement, ...]:
    return tuple_of("agreements", agreements, Agreement)


@frozen(kw_only=True)
class AccessFacts:
    """What was looked up for a decision: the user, grants and agreements; those of others may be among them."""

    user: User | None = field(validator=of(User, NoneType))
    grants: tuple[Grant, ...] = field(converter=_grants)
    agreements: tuple[Agreement, ...] = field(converter=_agreements)

    @property
    def version(self) -> str:
        """A digest of the facts in any order, which changes when one of them does.

        A decision that was kept holds while this is the same, before ``holds_until``, under the same
        ``rules_version``.
        """
        return form_digest(self.user, sorted(map(repr, self.grants)), sorted(map(repr, self.agreements)))


class Reason(Enum):
    """Why access was refused; a new reason is a minor version of the library."""

    UNKNOWN_USER = "unknown_user"
    SUSPENDED = "suspended"
    NO_GRANT = "no_grant"
    NO_AGREEMENT = "no_agreement"


@frozen(kw_only=True)
class Granted:
    """Yes: see ``scope``. The answer stays the same until ``holds_until`` (None: for good) if no fact changes."""

    scope: Scope
    holds_until: date | None
    rules_version: int = RULES_VERSION

    def __bool__(self) -> Literal[True]:
        """A grant is true, a refusal is not."""
        return True


@frozen(kw_only=True)
class Refused:
    """No: ``message`` is safe to show to the user, ``detail`` is for support.

    ``hides_existence`` means that the user must not learn that the organisation has data (service rule 1). The reason
    stays the same until ``holds_until`` (None: for good) if no fact changes.
    """

    reason: Reason
    message: str
    detail: str
    hides_existence: bool
    holds_until: date | None = None
    rules_version: int = RULES_VERSION

    def __bool__(self) -> Literal[False]:
        """A refusal is false, so that ``if decide(...)`` reads as it should."""
        return False


Decision = Granted | Refused


class AccessRefused(CheckdataError):
    """`require` was called and access was refused; ``refusal`` says why."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal

    def __reduce__(self) -> tuple[type[Self], tuple[Refused]]:
        """As it comes from another process."""
        return type(self), (self.refusal,)


@frozen(kw_only=True)
class Finding:
    """One rule that was checked, and its answer in a sentence that support can send on."""

    rule: str
    holds: bool
    sentence: str
    refusal: Refused | None = None


def decide(acting: Acting, facts: AccessFacts, *, on: date) -> Decision:
    """Decide whether a person may act for an organisation on a day, and what they see then.

    Grants of other users and grants at other organisations do not count; a suspended user has none. Raises
    `TypeError` for wrong types, such as a datetime instead of a date: a bug is never a refusal, and never a grant.
    Source: service rules 1 to 3.
    """
    check_type("acting", acting, Acting)
    check_type("facts", facts, AccessFacts)
    check_day("on", on)
    ours = _concerning(acting, facts)
    turning_days = [*days_of_grants(ours.grants), *days_of_agreements(ours.agreements)]
    answer = _answer(acting, ours, on)
    until = _held_until(answer, lambda day: _answer(acting, ours, day), on, turning_days)
    if isinstance(answer, Refused):
        return evolve(answer, holds_until=until)
    return Granted(scope=answer, holds_until=until)


def require(acting: Acting, facts: AccessFacts, *, on: date) -> Scope:
    """The scope that `decide` grants; raises `AccessRefused` with the refusal if it grants none."""
    decision = decide(acting, facts, on=on)
    if isinstance(decision, Refused):
        raise AccessRefused(decision)
    return decision.scope


def available(user_id: UserId, facts: AccessFacts, *, on: date) -> tuple[Acting, ...]:
    """Every role and organisation granted to the user on that day, for the choice after sign-in (service rule 6).

    This includes an organisation whose agreements have all ended: choosing it says why there is nothing to see.
    """
    check_type("user_id", user_id, str)
    check_type("facts", facts, AccessFacts)
    check_day("on", on)
    if facts.user is None or facts.user.id != user_id or facts.user.suspended:
        return ()
    organisations = {
        (grant.organisation.role, grant.organisation.id): grant.organisation
        for grant in facts.grants
        if grant.user_id == user_id and grant.active(on)
    }
    order = list(Role)
    chosen = sorted(organisations.values(), key=lambda o: (order.index(o.role), o.name, o.id))
    return tuple(Acting(user_id, organisation) for organisation in chosen)


def scope_of(organisation: Organisation, agreements: Iterable[Agreement], *, on: date) -> Scope | Refused:
    """What an organisation may see on a day, whichever user asks; operators export by it (service rule 2).

    A delivery partner sees what its agreements in force cover and is refused where there is none. An appropriate body
    needs no agreement. The department's teams see no participants: their scope covers nothing. Raises `TypeError` as
    `decide` does.
    """
    check_type("organisation", organisation, *ORGANISATIONS)
    check_day("on", on)
    ours = _agreements_of(organisation, _agreements(agreements))
    answer = _scope_of(organisation, ours, on)
    if isinstance(answer, Scope):
        return answer
    until = _held_until(answer, lambda day: _scope_of(organisation, ours, day), on, days_of_agreements(ours))
    return evolve(answer, holds_until=until)


def _concerning(acting: Acting, facts: AccessFacts) -> AccessFacts:
    """The facts without those of others, of which there may be thousands."""
    user_id, organisation = acting.user_id, acting.organisation
    grants = [grant for grant in facts.grants if grant.user_id == user_id and grant.organisation == organisation]
    return AccessFacts(user=facts.user, grants=grants, agreements=_agreements_of(organisation, facts.agreements))


def _agreements_of(organisation: Organisation, agreements: Iterable[Agreement]) -> tuple[Agreement, ...]:
    if not isinstance(organisation, DeliveryPartner):
        return ()
    return tuple([a for a in agreements if a.delivery_partner_id == organisation.id])


def _answer(acting: Acting, facts: AccessFacts, on: date) -> Scope | Refused:
    for finding in asked_about_user(acting, facts, on):
        if finding.refusal is not None:
            return finding.refusal
    return _scope_of(acting.organisation, facts.agreements, on)


def _scope_of(organisation: Organisation, agreements: Iterable[Agreement], on: date) -> Scope | Refused:
    """The same as `scope_of` where all the agreements are the organisation's."""
    if not isinstance(organisation, DeliveryPartner):
        return Scope(organisation=organisation)
    counting = [agreement for agreement in agreements if agreement.in_force(on)]
    if not counting:
        return _no_agreement(organisation, on)
    ids = [agreement.id for agreement in counting]
    return Scope(organisation=organisation, rules=_rules_of(counting), agreement_ids=ids)


def asked_about_user(acting: Acting, facts: AccessFacts, on: date) -> Iterator[Finding]:
    """The findings of the rules about the user, in order, up to the first that refuses."""
    user = facts.user
    if user is None or user.id != acting.user_id:
        yield refusing("service rule 1", _unknown_user())
        return
    yield Finding(rule="service rule 1", holds=True, sentence="They are a user of the service.")
    if user.suspended:
        yield refusing("service rule 3", _suspended())
        return
    yield Finding(rule="service rule 3", holds=True, sentence="Their access is not suspended.")
    if not any(_counts(grant, acting, on) for grant in facts.grants):
        yield refusing("service rule 1", _no_grant(acting, on))
        return
    yield Finding(rule="service rule 1", holds=True, sentence=f"They have access for {named(acting.organisation)}.")


def _counts(grant: Grant, acting: Acting, on: date) -> bool:
    return grant.user_id == acting.user_id and grant.organisation == acting.organisation and grant.active(on)


def _rules_of(agreements: Iterable[Agreement]) -> tuple[ScopeRule, ...]:
    return tuple(dict.fromkeys(rule for agreement in agreements for rule in _covered_by(agreement)))


def _covered_by(agreement: Agreement) -> Iterator[ScopeRule]:
    years = agreement.first_academic_year, agreement.last_academic_year
    leads = (agreement.lead_provider_id, None) if agreement.covers_unconfirmed else (agreement.lead_provider_id,)
    for lead in leads:
        yield ScopeRule(lead_provider_id=lead, first_academic_year=years[0], last_academic_year=years[1])


def _held_until(
    answer: Scope | Refused, answer_on: Callable[[date], Scope | Refused], on: date, turning_days: Iterable[date]
) -> date | None:
    """The first of the turning days after *on* whose answer is another one than that of *on*."""
    today = _meaning(answer)
    later = sorted({day for day in turning_days if day > on})
    return next((day for day in later if _meaning(answer_on(day)) != today), None)


def _meaning(answer: Scope | Refused) -> object:
    """What of an answer its user would notice: not which of two agreements gives the same rules."""
    return answer.reason if isinstance(answer, Refused) else frozenset(answer.rules)


def named(organisation: Organisation) -> str:
    """The name of an organisation in a sentence; its id where it has no name."""
    return organisation.name or organisation.id


def refusing(rule: str, refusal: Refused) -> Finding:
    """The finding of a rule that refuses."""
    return Finding(rule=rule, holds=False, sentence=refusal.detail, refusal=refusal)


def _unknown_user() -> Refused:
    return Refused(
        reason=Reason.UNKNOWN_USER,
        message="You do not have access to this service.",
        detail="They are not a user of the service.",
        hides_existence=True,
    )


def _suspended() -> Refused:
    return Refused(
        reason=Reason.SUSPENDED,
        message="Your access to this service is suspended.",
        detail="Their access is suspended.",
        hides_existence=True,
    )


def _no_grant(acting: Acting, on: date) -> Refused:
    return Refused(
        reason=Reason.NO_GRANT,
        message="You do not have access to this organisation's data.",
        detail=f"They do not have access for {named(acting.organisation)} on {day_in_words(on)}.",
        hides_existence=True,
    )


def _no_agreement(organisation: DeliveryPartner, on: date) -> Refused:
    return Refused(
        reason=Reason.NO_AGREEMENT,
        message="There is no data-sharing agreement in force between your organisation and a lead provider.",
        detail=f"{named(organisation)} has no data-sharing agreement in force on {day_in_words(on)}.",
        hides_existence=False,
    )
