"""What another service is told about a user, whatever organisations they act for."""

from datetime import date, timedelta
from functools import partial
from typing import Final

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.access.decision import AccessFacts, Acting, Granted, decide
from checkdata.domain.access.scope import Scope
from checkdata.domain.access.verdicts import ANY_ROLE, ActingAs, UserDecisions, Verdict, VerdictReason
from checkdata.domain.people.organisations import (
    Agreement,
    AppropriateBody,
    DeliveryPartner,
    Organisation,
    Role,
    SupportTeam,
)
from checkdata.domain.people.users import Grant, User
from checkdata.domain.values import EmailAddress, LeadProviderId, UserId

START: Final = date(2024, 6, 1)
DAYS: Final = st.integers(-4, 8).map(lambda number: START + timedelta(days=number))
ORGANISATIONS: Final[tuple[Organisation, ...]] = (
    DeliveryPartner("north"),
    DeliveryPartner("south"),
    AppropriateBody("north"),
    SupportTeam(),
)
ANN: Final = User(id=UserId("ann"), email=EmailAddress.of("ann@north.example"), name="Ann")


def _days_after(day: date, number: int) -> date:
    return day + timedelta(days=number)


@st.composite
def worlds(draw: st.DrawFn) -> AccessFacts:
    grants = [
        Grant(
            id=f"g{number}",
            user_id=draw(st.sampled_from([ANN.id, UserId("bea")])),
            organisation=draw(st.sampled_from(ORGANISATIONS)),
            granted_on=draw(DAYS),
            granted_by="sam",
            reason="",
            ended_on=draw(st.none() | DAYS),
        )
        for number in range(draw(st.integers(0, 4)))
    ]
    agreements = []
    for number in range(draw(st.integers(0, 3))):
        starts_on = draw(DAYS)
        agreements.append(
            Agreement(
                id=f"a{number}",
                lead_provider_id=LeadProviderId("lead"),
                delivery_partner_id=draw(st.sampled_from(["north", "south"])),
                starts_on=starts_on,
                ends_on=draw(st.none() | st.integers(0, 9).map(partial(_days_after, starts_on))),
            )
        )
    user = draw(st.none() | st.builds(lambda suspended: evolve(ANN, suspended=suspended), st.booleans()))
    return AccessFacts(user=user, grants=grants, agreements=agreements)


ROWS: Final = (
    {
        "delivery_partner_id": "north",
        "lead_provider_id": "lead",
        "academic_year": 2023,
        "appropriate_body_id": None,
        "role": "ect",
    },
    {
        "delivery_partner_id": None,
        "lead_provider_id": None,
        "academic_year": 2023,
        "appropriate_body_id": "north",
        "role": "ect",
    },
)


def sees(scope: Scope) -> bool:
    return any(scope.covers(row) for row in ROWS)


def verdict(facts: AccessFacts, on: date, acting_as: ActingAs = ANY_ROLE) -> Verdict:
    return UserDecisions.of(facts, acting_as, on).verdict(sees)


@given(worlds(), DAYS)
def test_a_user_may_if_any_decision_about_them_grants_it(facts: AccessFacts, on: date) -> None:
    decisions = [decide(Acting(ANN.id, each), facts, on=on) for each in ORGANISATIONS]
    assert verdict(facts, on).allowed == any(isinstance(each, Granted) and sees(each.scope) for each in decisions)


@given(worlds(), DAYS)
def test_an_answer_stays_the_same_until_the_day_that_it_names(facts: AccessFacts, on: date) -> None:
    told = verdict(facts, on)
    for day in range(1, 15):
        later = on + timedelta(days=day)
        if told.holds_until is None or later < told.holds_until:
            assert verdict(facts, later).reason == told.reason


@given(worlds(), DAYS)
def test_a_yes_rests_on_the_decision_that_it_names(facts: AccessFacts, on: date) -> None:
    told = verdict(facts, on)
    if told.acting is not None:
        decision = decide(told.acting, facts, on=on)
        assert isinstance(decision, Granted)
        assert (decision.scope.agreement_ids, decision.holds_until) == (told.agreement_ids, told.holds_until)
    assert told.allowed == (told.acting is not None)


@given(worlds(), DAYS, st.sampled_from(Role), st.sampled_from([None, "north", "south", ""]))
def test_only_the_role_and_organisation_that_are_named_count(
    facts: AccessFacts, on: date, role: Role, organisation_id: str | None
) -> None:
    told = verdict(facts, on, ActingAs(role=role, organisation_id=organisation_id))
    named = [each for each in ORGANISATIONS if each.role is role and organisation_id in {None, each.id}]
    kept = [grant for grant in facts.grants if grant.organisation in named]
    assert told == verdict(evolve(facts, grants=kept), on)


@given(worlds(), DAYS)
def test_nothing_tells_of_a_user_who_may_see_nothing_at_all(facts: AccessFacts, on: date) -> None:
    unknown = verdict(AccessFacts(user=None, grants=[], agreements=[]), on)
    assert unknown.reason is VerdictReason.NO_ACCESS
    active = [
        grant
        for grant in facts.grants
        if grant.user_id == ANN.id and grant.active(on) and not isinstance(grant.organisation, SupportTeam)
    ]
    if facts.user is None or facts.user.suspended or not active:
        assert verdict(facts, on) == unknown
