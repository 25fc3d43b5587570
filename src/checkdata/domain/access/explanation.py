"""Explains a decision about one participant, rule by rule (service rules 1 to 3)."""

from datetime import date

from attrs import frozen

from checkdata.domain.access.decision import (
    AccessFacts,
    Acting,
    Decision,
    Finding,
    Reason,
    Refused,
    asked_about_user,
    decide,
    named,
    refusing,
)
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, Organisation


@frozen(kw_only=True)
class Explanation:
    """A decision about one participant with every rule that was checked, in order; ``visible`` is the outcome."""

    visible: bool
    decision: Decision
    findings: tuple[Finding, ...]


def explain(acting: Acting, participant: object | None, facts: AccessFacts, *, on: date) -> Explanation:
    """Tell, rule by rule, whether a person sees *participant* (a row as `Scope.covers` takes it) on a day.

    *participant* is None if they are not in the organisation's listing. It asks `decide` itself, so that it always
    agrees with the pages.
    """
    decision = decide(acting, facts, on=on)
    findings = list(asked_about_user(acting, facts, on))
    if isinstance(decision, Refused):
        if decision.reason is Reason.NO_AGREEMENT:
            findings.append(refusing("service rule 2", decision))
        return Explanation(visible=False, decision=decision, findings=tuple(findings))
    if participant is None:
        findings.append(_not_listed(acting.organisation))
        return Explanation(visible=False, decision=decision, findings=tuple(findings))
    covered = decision.scope.covers(participant)
    findings.append(_coverage(acting.organisation, covered=covered))
    return Explanation(visible=covered, decision=decision, findings=tuple(findings))


def _coverage(organisation: Organisation, *, covered: bool) -> Finding:
    match organisation:
        case DeliveryPartner():
            which = "An" if covered else "No"
            sentence = f"{which} agreement in force covers the participant's lead provider and academic year."
        case AppropriateBody():
            sentence = f"The participant is {'' if covered else 'not '}an ECT of this appropriate body."
        case _:
            sentence = "Support and policy users see no participants."
    return Finding(rule="service rule 2", holds=covered, sentence=sentence)


def _not_listed(organisation: Organisation) -> Finding:
    if not isinstance(organisation, DeliveryPartner | AppropriateBody):
        return _coverage(organisation, covered=False)
    sentence = f"No current training record links the participant to {named(organisation)} on that day."
    return Finding(rule="statuses.md 3", holds=False, sentence=sentence)
