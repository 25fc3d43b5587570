"""The life of a nomination: every order of steps and every actor that the rules forbid (service rule 4)."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.errors import ChangeRefused
from checkdata.domain.nominations.next_step import NextActor, NextStep, Party, next_step
from checkdata.domain.nominations.nomination import NOMINATION_LIVES, Nomination
from checkdata.domain.nominations.nominee import Nominee
from checkdata.domain.nominations.steps import Act, Actor, Answer, Contact, NominationState
from checkdata.domain.people.organisations import (
    Agreement,
    AppropriateBody,
    DeliveryPartner,
    Organisation,
    PolicyTeam,
    SupportTeam,
)
from checkdata.domain.people.users import User
from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId, UserId
from tests.strategies import NOON, TODAY, day

PARTNER: Final = DeliveryPartner("dp", "North Hub")
BODY: Final = AppropriateBody("ab", "Borough")
LEAD: Final = LeadProviderId("lead")
OTHER: Final = LeadProviderId("other")
CONTACT: Final = EmailAddress("contact@lead.example")
NOMINEE: Final = Nominee(email=EmailAddress("cat@north.example"), name="Cat Lee")
ANSWER: Final = Answer(contact="Ann at Lead", given_on=TODAY, reference="Mail 7")


def a_user(name: str) -> User:
    return User(id=UserId(name), email=EmailAddress(f"{name}@dfe.example"), name=name)


def act(name: str = "sue", organisation: Organisation | None = None, at: datetime = NOON, note: str = "") -> Act:
    return Act(by=Actor(a_user(name), organisation or SupportTeam()), at=at, note=note)


def policy(name: str = "pam", at: datetime = NOON, note: str = "") -> Act:
    return act(name, PolicyTeam(), at, note)


def by_link(at: datetime = NOON, note: str = "", lead: LeadProviderId = LEAD) -> Act:
    return Act(by=Contact(lead, CONTACT), at=at, note=note)


def an_agreement(lead: LeadProviderId = LEAD, **changes: Any) -> Agreement:  # noqa: ANN401 - any field
    agreement = Agreement(id=f"a-{lead}", lead_provider_id=lead, delivery_partner_id=PARTNER.id, starts_on=day(-100))
    return evolve(agreement, **changes)


AGREED: Final = (an_agreement(),)


def new(**changes: Any) -> Nomination:  # noqa: ANN401 - any field
    nomination = Nomination(
        id=NominationId("n1"),
        nominee=NOMINEE,
        organisation=PARTNER,
        nominated_by=EmailAddress("boss@north.example"),
        expires_at=NOON + NOMINATION_LIVES,
    )
    return evolve(nomination, **changes)


RECEIVED: Final = new().received(act(), "Mail 1")
ESCALATED: Final = RECEIVED.escalated(act())
ASKED: Final = ESCALATED.asked(policy(), LEAD, AGREED)
ASKED_BY_LINK: Final = ESCALATED.asked(policy(), LEAD, AGREED, contact=CONTACT.value)
CONFIRMED: Final = ASKED.confirmed(policy(), ANSWER, AGREED)
DECLINED: Final = ASKED.declined(policy(note="Not ours"), ANSWER)
GRANTED: Final = CONFIRMED.granted(act(), AGREED)
WITHDRAWN: Final = RECEIVED.withdrawn(act(note="A mistake"))
EXPIRED: Final = RECEIVED.expired(NOON + NOMINATION_LIVES)
FOR_BODY: Final = new(organisation=BODY).received(act(), "Mail 1").escalated(act())
EVERY: Final = (RECEIVED, ESCALATED, ASKED, ASKED_BY_LINK, CONFIRMED, DECLINED, GRANTED, WITHDRAWN, EXPIRED)

STEPS: Final[dict[str, Callable[[Nomination, datetime], Nomination]]] = {
    "escalated": lambda n, at: n.escalated(act(at=at)),
    "asked": lambda n, at: n.asked(policy(at=at), LEAD, AGREED),
    "confirmed": lambda n, at: n.confirmed(policy(at=at), ANSWER, AGREED),
    "confirmed by link": lambda n, at: n.confirmed(by_link(at), ANSWER, AGREED),
    "declined": lambda n, at: n.declined(policy(at=at, note="Not ours"), ANSWER),
    "declined by link": lambda n, at: n.declined(by_link(at, "Not ours"), ANSWER),
    "granted": lambda n, at: n.granted(act(at=at), AGREED),
    "withdrawn": lambda n, at: n.withdrawn(act(at=at, note="A mistake")),
}
"""Every step that a user can take, by who is allowed to."""

ALLOWED: Final = {
    "escalated": (RECEIVED,),
    "asked": (ESCALATED, ASKED, ASKED_BY_LINK),
    "confirmed": (ASKED, ASKED_BY_LINK),
    "confirmed by link": (ASKED_BY_LINK,),
    "declined": (ASKED, ASKED_BY_LINK),
    "declined by link": (ASKED_BY_LINK,),
    "granted": (CONFIRMED,),
    "withdrawn": (RECEIVED, ESCALATED, ASKED, ASKED_BY_LINK, CONFIRMED),
}


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("nomination", EVERY, ids=lambda n: n.state.value)
def test_a_step_is_taken_in_its_order_and_in_no_other(nomination: Nomination, name: str) -> None:
    if nomination in ALLOWED[name]:
        after = STEPS[name](nomination, NOON)
        assert after.steps[:-1] == nomination.steps
        assert after.state.value == name.split(maxsplit=1)[0]
    else:
        with pytest.raises(ChangeRefused, match=r"^[A-Z].*\.$"):
            STEPS[name](nomination, NOON)


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("nomination", EVERY, ids=lambda n: n.state.value)
def test_no_step_is_possible_once_time_is_up(nomination: Nomination, name: str) -> None:
    with pytest.raises(ChangeRefused):
        STEPS[name](nomination, nomination.expires_at)
    if nomination in ALLOWED[name]:
        STEPS[name](nomination, nomination.expires_at - timedelta(microseconds=1))


@given(st.lists(st.sampled_from([*STEPS]), max_size=12))
def test_whatever_the_order_nothing_is_granted_that_was_not_confirmed_by_who_was_asked(names: list[str]) -> None:
    nomination = RECEIVED
    for name in names:
        try:
            nomination = STEPS[name](nomination, NOON)
        except ChangeRefused:
            continue
    states = [step.state for step in nomination.steps]
    if NominationState.GRANTED in states:
        assert states[-2:] == [NominationState.CONFIRMED, NominationState.GRANTED]
        assert nomination.steps[-2].lead_provider_id == nomination.steps[-3].lead_provider_id == LEAD
    assert sum(not state.is_open for state in states) == (not nomination.is_open)


def test_each_step_says_who_when_and_what_they_noted() -> None:
    step = RECEIVED.escalated(act("sue", at=NOON, note="  For you \n")).steps[-1]
    assert (step.by, step.at, step.note) == (UserId("sue"), NOON, "For you")
    answered = ASKED_BY_LINK.confirmed(by_link(), ANSWER, AGREED).steps[-1]
    assert (answered.by, answered.contact, answered.lead_provider_id) == (None, ANSWER.contact, LEAD)
    assert (answered.reference, answered.answered_on) == (ANSWER.reference, ANSWER.given_on)


def test_a_mail_comes_in_through_support_with_its_reference() -> None:
    assert RECEIVED.steps[0].reference == "Mail 1"
    with pytest.raises(ChangeRefused, match="reference"):
        new().received(act(), "  ")


def test_a_colleague_nominates_only_for_the_organisation_for_which_they_act() -> None:
    assert new().received(act("bob", PARTNER)).steps[0].by == UserId("bob")
    for other in (DeliveryPartner("other"), AppropriateBody(PARTNER.id), PolicyTeam()):
        with pytest.raises(ChangeRefused, match="Only a support user"):
            new().received(act("bob", other), "Mail 1")


def test_a_nominee_has_a_name() -> None:
    with pytest.raises(ChangeRefused, match="full name"):
        new(nominee=evolve(NOMINEE, name=" ")).received(act(), "Mail 1")


ROLES: Final[Sequence[tuple[str, Nomination, Organisation]]] = [
    ("escalated", RECEIVED, SupportTeam()),
    ("asked", ESCALATED, PolicyTeam()),
    ("confirmed", ASKED, PolicyTeam()),
    ("declined", ASKED, PolicyTeam()),
    ("granted", CONFIRMED, SupportTeam()),
]


def step_by(name: str, nomination: Nomination, by: Organisation) -> Nomination:
    taking = act("zed", by, note="A note")
    match name:
        case "escalated":
            return nomination.escalated(taking)
        case "asked":
            return nomination.asked(taking, LEAD, AGREED)
        case "confirmed":
            return nomination.confirmed(taking, ANSWER, AGREED)
        case "declined":
            return nomination.declined(taking, ANSWER)
        case _:
            return nomination.granted(taking, AGREED)


@pytest.mark.parametrize(("name", "nomination", "whose"), ROLES)
@pytest.mark.parametrize("by", [SupportTeam(), PolicyTeam(), PARTNER, BODY])
def test_each_step_belongs_to_one_role(
    name: str, nomination: Nomination, whose: Organisation, by: Organisation
) -> None:
    if by == whose:
        assert step_by(name, nomination, by).steps[-1].by == UserId("zed")
    else:
        with pytest.raises(ChangeRefused, match="Only a"):
            step_by(name, nomination, by)


@pytest.mark.parametrize("by", [SupportTeam(), PolicyTeam(), PARTNER])
def test_support_policy_and_colleagues_withdraw_with_a_reason(by: Organisation) -> None:
    assert CONFIRMED.withdrawn(act("zed", by, note="Left")).state is NominationState.WITHDRAWN
    with pytest.raises(ChangeRefused, match="Enter a reason"):
        CONFIRMED.withdrawn(act("zed", by))


def test_a_user_of_another_organisation_can_not_withdraw() -> None:
    with pytest.raises(ChangeRefused, match="Only a"):
        CONFIRMED.withdrawn(act("zed", DeliveryPartner("other"), note="Left"))


def test_policy_chooses_among_lead_providers_whose_agreement_is_in_force() -> None:
    agreements = (
        an_agreement(),
        an_agreement(OTHER, ends_on=day(-1)),
        an_agreement(LeadProviderId("next"), starts_on=day(1)),
        an_agreement(LeadProviderId("elsewhere"), delivery_partner_id="other"),
        an_agreement(LeadProviderId("ended"), ended_on=day(0)),
    )
    assert ESCALATED.asked(policy(), LEAD, agreements).asked_of == LEAD
    for lead in ("other", "next", "elsewhere", "ended", "unheard-of"):
        with pytest.raises(ChangeRefused, match="no data-sharing agreement in force"):
            ESCALATED.asked(policy(), LeadProviderId(lead), agreements)


def test_another_lead_provider_can_be_asked_as_long_as_none_has_answered() -> None:
    agreements = (*AGREED, an_agreement(OTHER))
    again = ASKED_BY_LINK.asked(policy(), OTHER, agreements)
    assert again.asked_of == OTHER
    assert again.confirmed(policy(), ANSWER, agreements).steps[-1].lead_provider_id == OTHER
    with pytest.raises(ChangeRefused, match="already been answered"):
        CONFIRMED.asked(policy(), OTHER, agreements)


def test_a_link_answers_only_for_the_lead_provider_to_whom_it_was_sent() -> None:
    with pytest.raises(ChangeRefused):
        ASKED_BY_LINK.confirmed(by_link(lead=OTHER), ANSWER, (*AGREED, an_agreement(OTHER)))
    with pytest.raises(ChangeRefused):
        ASKED.confirmed(by_link(), ANSWER, AGREED)


def test_a_lead_provider_whose_agreement_has_ended_confirms_no_nominee() -> None:
    with pytest.raises(ChangeRefused, match="cannot confirm"):
        ASKED_BY_LINK.confirmed(by_link(), ANSWER, [an_agreement(ended_on=day(0))])
    assert ASKED_BY_LINK.declined(by_link(note="Not ours"), ANSWER).state is NominationState.DECLINED


def test_declining_takes_a_reason() -> None:
    for taking in (policy(), by_link()):
        with pytest.raises(ChangeRefused, match="reason"):
            ASKED_BY_LINK.declined(taking, ANSWER)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"contact": " "}, "who answered"),
        ({"reference": ""}, "reference"),
        ({"given_on": day(1)}, "in the future"),
        ({"given_on": day(-1)}, "before the day of the nomination"),
        ({"contact": "Cat@North.example "}, "themselves"),
        ({"contact": "Cat Lee <cat@north.example>"}, "themselves"),
        ({"contact": "ｃａｔ＠north.example"}, "themselves"),
        ({"contact": "cat+yes@north.example"}, "themselves"),
        ({"contact": "LEE, Cat"}, "only has the same name"),
    ],
)
def test_an_answer_says_who_gave_it_when_and_where_it_is(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ChangeRefused, match=sentence):
        ASKED.confirmed(policy(), evolve(ANSWER, **changes), AGREED)


def test_another_person_of_the_nominees_name_confirms_with_their_address() -> None:
    answer = evolve(ANSWER, contact="Cat Lee <cat.lee@lead.example>")
    assert ASKED.confirmed(policy(), answer, AGREED).state is NominationState.CONFIRMED


@given(st.integers(-3, 12), st.integers(0, 10))
def test_an_answer_is_dated_from_the_day_of_the_nomination_to_today(given_on: int, today: int) -> None:
    taking = policy(at=NOON + timedelta(days=today))
    answer = evolve(ANSWER, given_on=day(given_on))
    if 0 <= given_on <= today:
        assert ASKED.confirmed(taking, answer, AGREED).steps[-1].answered_on == day(given_on)
    else:
        with pytest.raises(ChangeRefused, match="The day of the answer cannot be"):
            ASKED.confirmed(taking, answer, AGREED)


@pytest.mark.parametrize("own", ["cat@north.example", "cat+1@north.example", "c.at@north.example"])
def test_no_one_is_nominated_by_themselves(own: str) -> None:
    with pytest.raises(ChangeRefused, match="No one can nominate themselves"):
        new(nominated_by=EmailAddress(own)).received(act(), "Mail 1")
    for theirs in (EmailAddress("sue@dfe.example"), EmailAddress("su.e+2@dfe.example")):
        with pytest.raises(ChangeRefused, match="You are the nominee"):
            new(nominee=evolve(NOMINEE, email=theirs)).received(act("sue"), "Mail 1")


@pytest.mark.parametrize("theirs", [{"email": EmailAddress("z.ed@dfe.example")}, {"user_id": UserId("zed")}])
@pytest.mark.parametrize(("name", "nomination", "whose"), ROLES)
def test_a_nominee_takes_no_step_but_to_withdraw(
    name: str, nomination: Nomination, whose: Organisation, theirs: dict[str, Any]
) -> None:
    about_zed = evolve(nomination, nominee=evolve(NOMINEE, **theirs))
    with pytest.raises(ChangeRefused, match=r"You are the nominee|themselves"):
        step_by(name, about_zed, whose)
    with pytest.raises(ChangeRefused, match="You are the nominee"):
        about_zed.corrected(act("zed", whose), "Zed Lee")
    assert about_zed.withdrawn(act("zed", whose, note="Not me")).state is NominationState.WITHDRAWN


def test_escalating_keeps_the_reference_of_the_ticket() -> None:
    assert RECEIVED.escalated(act(), " Ticket 9 ").steps[-1].reference == "Ticket 9"


@pytest.mark.parametrize(
    "nomination", [RECEIVED, ESCALATED, ASKED, ASKED_BY_LINK, CONFIRMED], ids=lambda n: n.state.value
)
def test_a_corrected_name_is_on_record_and_is_asked_about_again(nomination: Nomination) -> None:
    corrected = nomination.corrected(policy(note="Misspelt"), "Kat Lee")
    step = corrected.steps[-1]
    assert (corrected.nominee.name, step.former_name, step.by, step.note) == (
        *("Kat Lee", "Cat Lee"),
        *(UserId("pam"), "Misspelt"),
    )
    assert corrected.steps[:-1] == nomination.steps
    received = nomination.state is NominationState.RECEIVED
    assert corrected.state is (NominationState.RECEIVED if received else NominationState.ESCALATED)
    for name in ("confirmed", "confirmed by link", "declined", "declined by link", "granted"):
        with pytest.raises(ChangeRefused):
            STEPS[name](corrected, NOON)


@pytest.mark.parametrize(("name", "sentence"), [(" ", "full name"), ("Cat Lee", "has already")])
def test_a_name_is_corrected_to_another_name(name: str, sentence: str) -> None:
    with pytest.raises(ChangeRefused, match=sentence):
        RECEIVED.corrected(act(), name)


def test_only_support_and_policy_correct_a_name_while_the_nomination_is_open() -> None:
    with pytest.raises(ChangeRefused, match="Only a support or policy user"):
        RECEIVED.corrected(act("bob", PARTNER), "Kat Lee")
    for closed in (DECLINED, GRANTED, WITHDRAWN, EXPIRED):
        with pytest.raises(ChangeRefused):
            closed.corrected(act(), "Kat Lee")
    with pytest.raises(ChangeRefused, match="keeps the name"):
        RENEWAL.corrected(act(), "Kat Lee")


def test_a_nominee_can_not_confirm_themselves() -> None:
    theirs = evolve(NOMINEE, email=EmailAddress("pam@dfe.example"))
    for nomination in (evolve(ASKED, nominee=theirs), evolve(FOR_BODY, nominee=theirs)):
        with pytest.raises(ChangeRefused, match="themselves"):
            nomination.confirmed(policy("pam"), ANSWER, AGREED)
    contact = evolve(NOMINEE, email=CONTACT)
    with pytest.raises(ChangeRefused, match="cannot confirm themselves"):
        evolve(ESCALATED, nominee=contact).asked(policy(), LEAD, AGREED, contact=CONTACT.value)
    with pytest.raises(ChangeRefused, match="themselves"):
        evolve(ASKED_BY_LINK, nominee=contact).confirmed(by_link(), ANSWER, AGREED)


def test_the_nominee_never_grants_whatever_their_address_is_now() -> None:
    for theirs in (
        evolve(NOMINEE, email=EmailAddress("sue@dfe.example")),
        evolve(NOMINEE, user_id=UserId("sue")),
    ):
        nomination = evolve(CONFIRMED, nominee=theirs)
        with pytest.raises(ChangeRefused, match="You are the nominee"):
            nomination.granted(act("sue"), AGREED)
        assert nomination.granted(act("ben"), AGREED).state is NominationState.GRANTED


def test_a_user_who_confirmed_never_grants() -> None:
    with pytest.raises(ChangeRefused, match="You confirmed"):
        ASKED.confirmed(policy("sue"), ANSWER, AGREED).granted(act("sue"), AGREED)
    by_contact = evolve(ANSWER, contact="Sue@DfE.example")
    with pytest.raises(ChangeRefused, match="You confirmed"):
        ASKED.confirmed(policy(), by_contact, AGREED).granted(act("sue"), AGREED)


def test_other_steps_may_share_an_actor() -> None:
    received = new().received(act("sue"), "Mail 1").escalated(act("sue"))
    asked = received.asked(policy("pam"), LEAD, AGREED).confirmed(policy("pam"), ANSWER, AGREED)
    assert asked.granted(act("sue"), AGREED).state is NominationState.GRANTED


LATER: Final = NOON + timedelta(days=10)


@pytest.mark.parametrize(
    ("agreements", "counts"),
    [
        ([an_agreement()], True),
        ([an_agreement(ends_on=day(10))], True),
        ([an_agreement(ends_on=day(9))], False),
        ([an_agreement(ended_on=day(10))], False),
        ([an_agreement(ended_on=day(11))], True),
        ([an_agreement(OTHER)], False),
        ([an_agreement(ends_on=day(4)), an_agreement(id="a2", starts_on=day(5))], True),
        ([an_agreement(ends_on=day(4)), an_agreement(id="a2", starts_on=day(6))], False),
        ([an_agreement(ends_on=day(4)), an_agreement(id="a2", starts_on=day(5), delivery_partner_id="x")], False),
        ([], False),
    ],
)
def test_a_confirmation_counts_while_there_is_an_agreement_every_day(agreements: list[Agreement], counts: bool) -> None:  # noqa: FBT001 - a case
    assert CONFIRMED.confirmation_counts(agreements, day(10)) is counts
    if counts:
        assert CONFIRMED.granted(act(at=LATER), agreements).state is NominationState.GRANTED
        return
    with pytest.raises(ChangeRefused, match="no longer counts"):
        CONFIRMED.granted(act(at=LATER), agreements)


def test_where_a_confirmation_no_longer_counts_policy_asks_again() -> None:
    agreements = [an_agreement(ended_on=day(0)), an_agreement(OTHER)]
    again = CONFIRMED.asked(policy(), OTHER, agreements).confirmed(policy(), ANSWER, agreements)
    assert again.granted(act(), agreements).steps[-1].lead_provider_id == OTHER


BY_POLICY: Final = Answer(contact="", given_on=TODAY, reference="")


def test_policy_decides_about_an_appropriate_bodys_user_with_a_reason() -> None:
    with pytest.raises(ChangeRefused, match="reason for your decision"):
        FOR_BODY.confirmed(policy(), BY_POLICY, ())
    confirmed = FOR_BODY.confirmed(policy(note="No lead provider works with it"), BY_POLICY, ())
    assert confirmed.granted(act(), ()).steps[-1].lead_provider_id is None
    with pytest.raises(ChangeRefused, match="You confirmed"):
        FOR_BODY.confirmed(policy("sue", note="None"), BY_POLICY, ()).granted(act("sue"), ())
    with pytest.raises(ChangeRefused, match="already been answered"):
        confirmed.declined(policy(note="No"), BY_POLICY)


def test_the_lead_provider_that_works_with_an_appropriate_body_is_asked_about_its_user() -> None:
    elsewhere = (an_agreement(delivery_partner_id="other"),)
    asked = FOR_BODY.asked(policy(), LEAD, elsewhere, contact=CONTACT.value)
    with pytest.raises(ChangeRefused, match="who answered"):
        asked.confirmed(policy(note="It is known"), BY_POLICY, elsewhere)
    for taking in (policy(), by_link()):
        confirmed = asked.confirmed(taking, ANSWER, elsewhere)
        assert confirmed.granted(act(), elsewhere).steps[-1].lead_provider_id == LEAD
        with pytest.raises(ChangeRefused, match=r"with any delivery partner\. Its confirmation no longer counts"):
            confirmed.granted(act(), ())
    with pytest.raises(ChangeRefused, match="no data-sharing agreement in force with any"):
        FOR_BODY.asked(policy(), OTHER, elsewhere)


def test_after_a_correction_policy_decides_about_a_body_without_the_lead_provider_asked_before() -> None:
    corrected = FOR_BODY.asked(policy(), LEAD, AGREED).corrected(policy(note="Misspelt"), "Kat Lee")
    decided = corrected.confirmed(policy(note="No lead provider works with it"), BY_POLICY, ())
    assert decided.steps[-1].lead_provider_id is None


def test_it_expires_when_its_time_is_up_and_not_before() -> None:
    for nomination in (RECEIVED, ESCALATED, ASKED, CONFIRMED):
        assert nomination.expired(nomination.expires_at).state is NominationState.EXPIRED
        with pytest.raises(ChangeRefused, match="not expired"):
            nomination.expired(nomination.expires_at - timedelta(microseconds=1))
    for nomination in (DECLINED, GRANTED, WITHDRAWN, EXPIRED):
        assert not nomination.is_overdue(nomination.expires_at)
        with pytest.raises(ChangeRefused):
            nomination.expired(nomination.expires_at)


RENEWAL: Final = new(renews="g1").received(act(), "Access review")


def test_what_renews_a_grant_is_handed_on_by_who_reviews_and_grants_nothing() -> None:
    for by in (SupportTeam(), PolicyTeam()):
        reviewer = act("sue", by)
        asked = new(renews="g1").received(reviewer, "Access review").escalated(reviewer).asked(reviewer, LEAD, AGREED)
        with pytest.raises(ChangeRefused):
            asked.renewed(NOON)
        confirmed = asked.confirmed(policy(), ANSWER, AGREED)
        with pytest.raises(ChangeRefused):
            confirmed.granted(act("ben"), AGREED)
        assert confirmed.renewed(NOON).state is NominationState.GRANTED


def test_support_does_not_record_the_answer_about_what_it_reviews() -> None:
    asked = RENEWAL.escalated(act()).asked(act(), LEAD, AGREED)
    with pytest.raises(ChangeRefused, match="Only a policy user"):
        asked.confirmed(act(), ANSWER, AGREED)


def test_a_user_can_not_renew_their_own_access() -> None:
    with pytest.raises(ChangeRefused, match="your own access"):
        new(renews="g1", nominated_by=NOMINEE.email).received(act(), "Access review")


@pytest.mark.parametrize(
    ("nomination", "expected"),
    [
        (RECEIVED, NextStep(NextActor.ESCALATE, Party.SUPPORT)),
        (ESCALATED, NextStep(NextActor.ASK, Party.POLICY)),
        (FOR_BODY, NextStep(NextActor.DECIDE, Party.POLICY)),
        (ASKED, NextStep(NextActor.ANSWER, Party.POLICY)),
        (ASKED_BY_LINK, NextStep(NextActor.ANSWER, Party.LEAD_PROVIDER)),
        (CONFIRMED, NextStep(NextActor.GRANT, Party.SUPPORT)),
        (DECLINED, None),
        (GRANTED, None),
        (WITHDRAWN, None),
        (EXPIRED, None),
    ],
)
def test_a_nomination_tells_whose_move_is_next(nomination: Nomination, expected: NextStep | None) -> None:
    assert next_step(nomination, AGREED, NOON) == expected
    assert next_step(nomination, AGREED, nomination.expires_at) is None


def test_where_the_lead_provider_can_not_vouch_any_more_it_is_policys_move() -> None:
    for nomination in (ASKED, ASKED_BY_LINK, CONFIRMED):
        assert next_step(nomination, (), NOON) == NextStep(NextActor.ASK_AGAIN, Party.POLICY)


MOVES: Final = {
    NextActor.ESCALATE: "escalated",
    NextActor.ASK: "asked",
    NextActor.ANSWER: "declined",
    NextActor.GRANT: "granted",
}


@pytest.mark.parametrize("nomination", EVERY, ids=lambda n: n.state.value)
@given(st.integers(0, 27))
def test_the_next_step_is_one_that_can_be_taken(nomination: Nomination, days: int) -> None:
    at = NOON + timedelta(days=days)
    following = next_step(nomination, AGREED, at)
    if following is not None:
        assert STEPS[MOVES[following.move]](nomination, at).steps[:-1] == nomination.steps
