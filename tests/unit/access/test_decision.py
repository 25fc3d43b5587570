"""rules.md, rules 1 to 3 and 6; 0014-access-looks-nothing-up.md: who may see whom."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import pytest
from attrs import evolve, frozen
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from checkdata.domain.access.decision import (
    RULES_VERSION,
    AccessFacts,
    AccessRefused,
    Acting,
    Decision,
    Granted,
    Reason,
    Refused,
    available,
    decide,
    require,
    scope_of,
)
from checkdata.domain.access.explanation import explain
from checkdata.domain.access.predicates import AllOf, AnyOf, AtLeast, AtMost, Blank, Equals, Predicate
from checkdata.domain.access.scope import Scope, ScopeRule
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import (
    Agreement,
    AppropriateBody,
    DeliveryPartner,
    Organisation,
    PolicyTeam,
    Role,
    SupportTeam,
)
from checkdata.domain.people.users import Grant, User
from checkdata.domain.values import EmailAddress, LeadProviderId, UserId
from tests.strategies import (
    TODAY,
    USER_IDS,
    agreements,
    day,
    days,
    grants,
    listed_participants,
    organisations,
    scopes,
    users,
)

ADA: Final = User(id=UserId("ada"), email=EmailAddress.of("ada@partner.example"), name="Ada")
NORTH: Final = DeliveryPartner("north", "North Hub")
BODY: Final = AppropriateBody("borough", "Borough Council")
AMBITION: Final = LeadProviderId("ambition")


def a_grant(organisation: Organisation = NORTH, **changes: Any) -> Grant:  # noqa: ANN401 - any field
    grant = Grant(
        id="grant",
        user_id=ADA.id,
        organisation=organisation,
        granted_on=day(-30),
        granted_by="support",
        reason="nominated",
    )
    return evolve(grant, **changes)


def an_agreement(**changes: Any) -> Agreement:  # noqa: ANN401 - any field
    agreement = Agreement(
        id="agreement", lead_provider_id=AMBITION, delivery_partner_id="north", starts_on=day(-30), ends_on=None
    )
    return evolve(agreement, **changes)


def facts(
    user: User | None = ADA, *, grants: Sequence[Grant] = (), agreements: Sequence[Agreement] = ()
) -> AccessFacts:
    return AccessFacts(user=user, grants=grants, agreements=agreements)


def decided(organisation: Organisation, given_facts: AccessFacts, on: date = TODAY) -> Decision:
    return decide(Acting(ADA.id, organisation), given_facts, on=on)


GOOD: Final = facts(grants=[a_grant()], agreements=[an_agreement()])


@st.composite
def any_facts(draw: DrawFn) -> AccessFacts:
    return AccessFacts(
        user=draw(st.none() | users()),
        grants=draw(st.lists(grants(), max_size=5)),
        agreements=draw(st.lists(agreements(), max_size=4)),
    )


@st.composite
def likely_facts(draw: DrawFn, organisation: Organisation) -> AccessFacts:
    """Facts that hang on their dates: a user with grants for the organisation, and agreements of it."""
    some = draw(st.lists(grants(), min_size=1, max_size=3))
    ours = draw(st.lists(agreements(), min_size=1, max_size=4))
    return AccessFacts(
        user=ADA,
        grants=[evolve(grant, user_id=ADA.id, organisation=organisation) for grant in some],
        agreements=[evolve(agreement, delivery_partner_id=organisation.id) for agreement in ours],
    )


def any_acting() -> SearchStrategy[Acting]:
    return st.builds(Acting, st.sampled_from(USER_IDS), organisations())


def test_an_active_grant_and_an_agreement_in_force_give_access() -> None:
    decision = decided(NORTH, GOOD)
    assert isinstance(decision, Granted)
    assert bool(decision) is True
    assert decision.rules_version == RULES_VERSION
    assert decision.scope == scope_of(NORTH, GOOD.agreements, on=TODAY)


@pytest.mark.parametrize(
    ("given_facts", "reason", "hides"),
    [
        pytest.param(facts(None), Reason.UNKNOWN_USER, True, id="nobody"),
        pytest.param(
            evolve(GOOD, user=evolve(ADA, id=UserId("bea"))), Reason.UNKNOWN_USER, True, id="facts of another user"
        ),
        pytest.param(evolve(GOOD, user=evolve(ADA, suspended=True)), Reason.SUSPENDED, True, id="suspended"),
        pytest.param(evolve(GOOD, grants=[]), Reason.NO_GRANT, True, id="no grant"),
        pytest.param(
            evolve(GOOD, grants=[a_grant(user_id=UserId("bea"))]), Reason.NO_GRANT, True, id="another user's grant"
        ),
        pytest.param(
            evolve(GOOD, grants=[a_grant(DeliveryPartner("south"))]), Reason.NO_GRANT, True, id="another partner's"
        ),
        pytest.param(
            evolve(GOOD, grants=[a_grant(AppropriateBody("north"))]), Reason.NO_GRANT, True, id="another role's"
        ),
        pytest.param(evolve(GOOD, grants=[a_grant(ended_on=TODAY)]), Reason.NO_GRANT, True, id="ended today"),
        pytest.param(evolve(GOOD, grants=[a_grant(ended_on=day(-1))]), Reason.NO_GRANT, True, id="ended before"),
        pytest.param(evolve(GOOD, grants=[a_grant(granted_on=day(1))]), Reason.NO_GRANT, True, id="to come"),
        pytest.param(evolve(GOOD, agreements=[]), Reason.NO_AGREEMENT, False, id="no agreement"),
        pytest.param(
            evolve(GOOD, agreements=[an_agreement(delivery_partner_id="south")]),
            Reason.NO_AGREEMENT,
            False,
            id="another partner's agreement",
        ),
        pytest.param(
            evolve(GOOD, agreements=[an_agreement(ends_on=day(-1))]), Reason.NO_AGREEMENT, False, id="agreement ended"
        ),
        pytest.param(
            evolve(GOOD, agreements=[an_agreement(starts_on=day(1))]), Reason.NO_AGREEMENT, False, id="not in force yet"
        ),
    ],
)
def test_access_is_refused_without_each_of_its_conditions(
    given_facts: AccessFacts, reason: Reason, *, hides: bool
) -> None:
    decision = decided(NORTH, given_facts)
    assert isinstance(decision, Refused)
    assert bool(decision) is False
    assert (decision.reason, decision.hides_existence) == (reason, hides)
    assert decision.rules_version == RULES_VERSION


def test_an_agreement_is_in_force_on_its_first_and_its_last_day() -> None:
    for agreement in (an_agreement(starts_on=TODAY), an_agreement(ends_on=TODAY)):
        assert decided(NORTH, evolve(GOOD, agreements=[agreement]))


def test_a_grant_gives_access_on_its_first_day_and_until_the_day_before_its_end() -> None:
    for grant in (a_grant(granted_on=TODAY), a_grant(ended_on=day(1))):
        assert decided(NORTH, evolve(GOOD, grants=[grant]))


def test_an_ended_grant_takes_nothing_from_an_active_one() -> None:
    assert decided(NORTH, evolve(GOOD, grants=[a_grant(ended_on=day(-1)), a_grant(granted_on=day(-1))]))


def test_an_appropriate_body_needs_no_agreement() -> None:
    assert decided(BODY, facts(grants=[a_grant(BODY)]))


@pytest.mark.parametrize("team", [SupportTeam(), PolicyTeam()])
def test_a_team_has_access_that_covers_no_participant(team: Organisation) -> None:
    decision = decided(team, facts(grants=[a_grant(team)], agreements=GOOD.agreements))
    assert isinstance(decision, Granted)
    assert decision.scope.predicate == AnyOf(())


def test_a_refusal_tells_the_user_nothing_about_the_organisation() -> None:
    known, unknown = (
        decided(organisation, facts(agreements=GOOD.agreements)) for organisation in (NORTH, DeliveryPartner("no-such"))
    )
    assert isinstance(known, Refused)
    assert isinstance(unknown, Refused)
    assert known.message == unknown.message
    assert NORTH.name not in known.message
    assert known.detail == "They do not have access for North Hub on 2 September 2024."


@given(any_acting(), any_facts(), days())
def test_what_belongs_to_others_never_counts(acting: Acting, some: AccessFacts, on: date) -> None:
    ours = evolve(
        some,
        grants=[g for g in some.grants if (g.user_id, g.organisation) == (acting.user_id, acting.organisation)],
        agreements=[a for a in some.agreements if a.delivery_partner_id == acting.organisation.id],
    )
    with_others, without = decide(acting, some, on=on), decide(acting, ours, on=on)
    assert with_others == without


@given(any_acting(), any_facts(), days())
def test_no_user_has_access_without_an_active_grant_of_their_own(acting: Acting, some: AccessFacts, on: date) -> None:
    if decide(acting, some, on=on):
        assert some.user is not None
        assert some.user.id == acting.user_id
        assert not some.user.suspended
        assert any(
            g.user_id == acting.user_id
            and g.organisation.role is acting.role
            and g.organisation.id == acting.organisation.id
            and g.granted_on <= on
            and (g.ended_on is None or g.ended_on > on)
            for g in some.grants
        )


@given(likely_facts(NORTH), days())
def test_a_suspended_user_is_refused_whatever_was_granted(some: AccessFacts, on: date) -> None:
    decision = decided(NORTH, evolve(some, user=evolve(ADA, suspended=True)), on)
    assert isinstance(decision, Refused)
    assert decision.reason is Reason.SUSPENDED


@given(likely_facts(NORTH), st.integers(-10, 10).map(day))
def test_the_answer_is_the_same_on_every_day_before_holds_until_and_another_then(
    some: AccessFacts, today: date
) -> None:
    decision = decided(NORTH, some, today)
    until = decision.holds_until
    assert until is None or until > today
    asked = today
    while asked < (until or day(900)):
        assert _meaning(decided(NORTH, some, asked)) == _meaning(decision)
        asked += timedelta(days=1 if asked < day(20) else 50)
    if until is not None:
        assert _meaning(decided(NORTH, some, until)) != _meaning(decision)
        assert _meaning(decided(NORTH, some, until - timedelta(days=1))) == _meaning(decision)


def _meaning(decision: Decision) -> object:
    return (decision.scope.organisation, set(decision.scope.rules)) if decision else decision.reason


@given(st.lists(agreements(), max_size=4), days())
def test_an_organisation_is_refused_until_an_agreement_begins(some: list[Agreement], on: date) -> None:
    ours = [evolve(agreement, delivery_partner_id="north") for agreement in some]
    refused = scope_of(NORTH, ours, on=on)
    assume(isinstance(refused, Refused))
    assert isinstance(refused, Refused)
    begins = [a.starts_on for a in ours if a.starts_on > on and a.in_force(a.starts_on)]
    assert refused.holds_until == min(begins, default=None)


@pytest.mark.parametrize(
    ("acting", "some", "on"),
    [
        pytest.param(Acting(ADA.id, NORTH), GOOD, datetime(2024, 9, 2, 12), id="datetime"),  # noqa: DTZ001
        pytest.param(Acting(ADA.id, NORTH), GOOD, "2024-09-02", id="text for a date"),
        pytest.param(Acting(ADA.id, NORTH), GOOD, None, id="no date"),
        pytest.param(Acting(ADA.id, NORTH), None, TODAY, id="no facts"),
        pytest.param(Acting(ADA.id, NORTH), {"user": ADA}, TODAY, id="a dictionary"),
        pytest.param(NORTH, GOOD, TODAY, id="an organisation for acting"),
        pytest.param(None, GOOD, TODAY, id="no acting"),
    ],
)
def test_a_wrong_type_is_a_type_error_never_a_refusal_and_never_a_grant(acting: Any, some: Any, on: Any) -> None:  # noqa: ANN401 - wrong on purpose
    for ask in (decide, require):
        with pytest.raises(TypeError, match="expected"):
            ask(acting, some, on=on)
    with pytest.raises(TypeError, match="expected"):
        explain(acting, object(), some, on=on)


@given(any_acting(), any_facts(), days())
def test_require_gives_the_scope_that_decide_grants_and_raises_its_refusal(
    acting: Acting, some: AccessFacts, on: date
) -> None:
    decision = decide(acting, some, on=on)
    if isinstance(decision, Granted):
        assert require(acting, some, on=on) == decision.scope
    else:
        with pytest.raises(AccessRefused) as raised:
            require(acting, some, on=on)
        assert raised.value.refusal == decision
        assert str(raised.value) == decision.message


@given(any_acting(), any_facts(), days(), listed_participants())
def test_explain_agrees_with_decide(acting: Acting, some: AccessFacts, on: date, row: ListedParticipant) -> None:
    decision, explanation = decide(acting, some, on=on), explain(acting, row, some, on=on)
    assert explanation.decision == decision
    assert explanation.visible == (isinstance(decision, Granted) and decision.scope.covers(row))
    assert explanation.visible == all(finding.holds for finding in explanation.findings)
    assert all(finding.holds for finding in explanation.findings[:-1])
    if isinstance(decision, Refused):
        assert explanation.findings[-1].refusal == decision
        assert explanation.findings[-1].sentence == decision.detail


@given(likely_facts(NORTH), listed_participants(), days())
def test_explain_agrees_with_decide_where_access_is_likely(some: AccessFacts, row: ListedParticipant, on: date) -> None:
    explanation = explain(Acting(ADA.id, NORTH), row, some, on=on)
    decision = decided(NORTH, some, on)
    assert explanation.visible == (isinstance(decision, Granted) and decision.scope.covers(row))
    assert explanation.visible == all(finding.holds for finding in explanation.findings)


@given(any_facts(), st.sampled_from(USER_IDS), days())
def test_the_choice_is_every_organisation_granted_on_the_day_once_each_by_role_and_name(
    some: AccessFacts, user_id: UserId, on: date
) -> None:
    choices = available(user_id, some, on=on)
    granted = {(g.organisation.role, g.organisation.id) for g in some.grants if g.user_id == user_id and g.active(on)}
    usable = some.user is not None and some.user.id == user_id and not some.user.suspended
    found = [(choice.role, choice.organisation.id) for choice in choices]
    assert set(found) == (granted if usable else set())
    assert len(found) == len(set(found))
    assert {choice.user_id for choice in choices} <= {user_id}
    order = [(list(Role).index(choice.role), choice.organisation.name) for choice in choices]
    assert order == sorted(order)


@given(any_facts(), st.sampled_from(USER_IDS), days())
def test_a_user_who_may_act_has_the_choice_of_it(some: AccessFacts, user_id: UserId, on: date) -> None:
    choices = available(user_id, some, on=on)
    for grant in some.grants:
        acting = Acting(user_id, grant.organisation)
        decision = decide(acting, some, on=on)
        if decision or decision.reason is Reason.NO_AGREEMENT:
            assert acting in choices
        else:
            assert acting not in choices


def test_a_suspended_user_has_nothing_to_choose() -> None:
    assert available(ADA.id, GOOD, on=TODAY) == (Acting(ADA.id, NORTH),)
    assert available(ADA.id, evolve(GOOD, user=evolve(ADA, suspended=True)), on=TODAY) == ()


def test_an_organisation_whose_agreements_have_ended_can_still_be_chosen() -> None:
    ended = evolve(GOOD, agreements=[an_agreement(ends_on=day(-1))])
    assert available(ADA.id, ended, on=TODAY) == (Acting(ADA.id, NORTH),)


@frozen(kw_only=True)
class Row:
    """What a scope reads of a row, and nothing more."""

    delivery_partner_id: str | None = "north"
    appropriate_body_id: str | None = None
    lead_provider_id: str | None = "ambition"
    academic_year: int = 2022
    role: str = "ect"


def covered(agreement: Agreement, row: Row) -> bool:
    scope = scope_of(NORTH, [agreement], on=TODAY)
    return isinstance(scope, Scope) and scope.covers(row)


def test_a_partner_sees_its_lead_providers_participants() -> None:
    assert covered(an_agreement(), Row())
    assert not covered(an_agreement(), Row(lead_provider_id="teach-first"))
    assert not covered(an_agreement(), Row(delivery_partner_id="south"))
    assert not covered(an_agreement(), Row(delivery_partner_id=None))


@pytest.mark.parametrize("blank", [None, ""])
def test_a_participant_without_a_lead_provider_is_seen_where_the_agreement_covers_unconfirmed(
    blank: str | None,
) -> None:
    assert covered(an_agreement(covers_unconfirmed=True), Row(lead_provider_id=blank))
    assert not covered(an_agreement(covers_unconfirmed=False), Row(lead_provider_id=blank))


def test_a_partner_sees_the_academic_years_that_the_agreement_covers_both_ends_included() -> None:
    agreement = an_agreement(first_academic_year=2022, last_academic_year=2023)
    assert [year for year in range(2020, 2026) if covered(agreement, Row(academic_year=year))] == [2022, 2023]
    assert covered(an_agreement(first_academic_year=2022), Row(academic_year=2099))
    assert covered(an_agreement(last_academic_year=2022), Row(academic_year=2000))


@pytest.mark.parametrize("blank", [None, ""])
def test_the_years_of_an_agreement_bind_participants_without_a_lead_provider_too(blank: str | None) -> None:
    agreement = an_agreement(first_academic_year=2022, last_academic_year=2023)
    rows = [Row(academic_year=year, lead_provider_id=blank) for year in range(2020, 2026)]
    assert [row.academic_year for row in rows if covered(agreement, row)] == [2022, 2023]


def test_an_appropriate_body_sees_only_its_ects_of_any_lead_provider() -> None:
    scope = scope_of(BODY, (), on=TODAY)
    assert isinstance(scope, Scope)
    assert scope.covers(Row(appropriate_body_id="borough", delivery_partner_id=None, lead_provider_id=None))
    assert not scope.covers(Row(appropriate_body_id="borough", role="mentor"))
    assert not scope.covers(Row(appropriate_body_id="north"))
    assert not scope.covers(Row(appropriate_body_id=None))


def test_the_ids_of_a_body_and_a_partner_are_apart_even_where_they_are_the_same() -> None:
    agreement = an_agreement(delivery_partner_id="both")
    as_partner, as_body = (
        scope_of(o, [agreement], on=TODAY) for o in (DeliveryPartner("both"), AppropriateBody("both"))
    )
    assert isinstance(as_partner, Scope)
    assert isinstance(as_body, Scope)
    assert not as_body.covers(Row(delivery_partner_id="both"))
    assert not as_partner.covers(Row(delivery_partner_id=None, appropriate_body_id="both"))


def test_an_organisation_is_the_same_whatever_it_is_called() -> None:
    assert decided(evolve(NORTH, name="Renamed"), GOOD)


@given(scopes(), st.lists(listed_participants(), max_size=8))
def test_filter_keeps_what_is_covered_in_its_order(scope: Scope, rows: list[ListedParticipant]) -> None:
    assert scope.filter(rows) == [row for row in rows if scope.covers(row)]
    assert scope.filter(iter(rows)) == scope.filter(rows)


@given(scopes(), listed_participants())
def test_the_predicate_as_a_tree_means_what_covers_means(scope: Scope, row: ListedParticipant) -> None:
    assert _read(scope.predicate, row) == scope.covers(row) == _plainly(scope, row)


def _read(predicate: Predicate, row: ListedParticipant) -> bool:
    """The tree as an adapter would read it, from a row of plain values."""
    plain = {
        "delivery_partner_id": row.delivery_partner_id,
        "appropriate_body_id": row.appropriate_body_id,
        "lead_provider_id": row.lead_provider_id,
        "academic_year": row.academic_year,
        "role": row.role.value,
    }
    match predicate:
        case AllOf(parts):
            return False not in [_read(part, row) for part in parts]
        case AnyOf(parts):
            return True in [_read(part, row) for part in parts]
        case Equals(field, value):
            return plain[field] == value
        case Blank(field):
            return not plain[field]
        case AtLeast(field, value):
            return plain[field] in range(value, 3000)
        case AtMost(field, value):
            return plain[field] in range(value + 1)


def _plainly(scope: Scope, row: ListedParticipant) -> bool:
    """Service rule 2, written once more."""
    match scope.organisation:
        case DeliveryPartner(id):
            return row.delivery_partner_id == id and any(_allows(rule, row) for rule in scope.rules)
        case AppropriateBody(id):
            return row.appropriate_body_id == id and row.role.value == "ect"
        case _:
            return False


def _allows(rule: ScopeRule, row: ListedParticipant) -> bool:
    first, last = rule.first_academic_year or 0, rule.last_academic_year or 9999
    return rule.lead_provider_id == row.lead_provider_id and first <= row.academic_year <= last


def test_a_row_that_lacks_what_a_scope_reads_is_an_error_not_an_answer() -> None:
    scope = scope_of(NORTH, [an_agreement()], on=TODAY)
    assert isinstance(scope, Scope)
    with pytest.raises(AttributeError):
        scope.covers(object())


@given(st.lists(agreements(), max_size=4), days())
def test_an_agreement_more_never_shows_less(some: list[Agreement], on: date) -> None:
    for organisation in {a.delivery_partner_id: DeliveryPartner(a.delivery_partner_id) for a in some}.values():
        less, more = (scope_of(organisation, part, on=on) for part in (some[1:], some))
        if isinstance(less, Scope):
            assert isinstance(more, Scope)
            assert set(less.rules) <= set(more.rules)


def test_a_scope_names_the_agreements_that_it_stands_on() -> None:
    ours = an_agreement(id="ours")
    ended = an_agreement(id="ended", starts_on=day(-30), ends_on=day(-1))
    theirs = an_agreement(id="theirs", delivery_partner_id="another")
    scope = scope_of(NORTH, [ours, ended, theirs], on=TODAY)
    assert isinstance(scope, Scope)
    assert scope.agreement_ids == ("ours",)
