from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from attrs import evolve

from checkdata.domain.access.decision import AccessRefused, Acting
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, CheckdataError
from checkdata.domain.feed.contents import NamedIds
from checkdata.domain.mail_records import MailState
from checkdata.domain.messages import AccessGranted, SecondAddressLinkMessage
from checkdata.domain.nomination_messages import (
    ConfirmationLinkMessage,
    NominationClosed,
    NominationConfirmed,
    NominationDeclined,
    NominationEscalated,
    NominationGranted,
    NominationReceived,
)
from checkdata.domain.nominations.next_step import NextActor, Party
from checkdata.domain.nominations.steps import Answer, NominationState
from checkdata.domain.people.organisations import Role, SupportTeam
from checkdata.domain.services.nominations.nominate import MailedNomination
from checkdata.domain.services.task_steps.hand_overs import TeamAddresses
from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId
from tests.access_world import (
    BEN,
    BODY,
    BOSS,
    CAT,
    CONTACT,
    LEAD,
    NORTH,
    OTHER_LEAD,
    PAM,
    SOUTH,
    STRANGER_LEAD,
    SUE,
    SUPPORT,
    AccessWorld,
)

DEE = EmailAddress("dee@north.example")
POLICY = EmailAddress("policy@dfe.example")


@pytest.fixture
def world() -> AccessWorld:
    return AccessWorld()


def changes_nothing(
    world: AccessWorld, change: Callable[[], object], sentence: str, error: type[CheckdataError] = ChangeRefused
) -> None:
    before = world.audit(), world.queue.open(), world.queue.closed(), world.access.search()
    with pytest.raises(error, match=sentence):
        change()
    assert (world.audit(), world.queue.open(), world.queue.closed(), world.access.search()) == before


def test_a_person_nominated_confirmed_and_granted_is_mailed_and_can_act(world: AccessWorld) -> None:
    confirmed = world.confirmed()
    world.mails()
    user = world.nominate.grant(confirmed, by=world.ben)
    granted = AccessGranted(
        name="Cat Lee", role=Role.DELIVERY_PARTNER, organisation="North Hub", organisation_id=NORTH.id
    )
    decided = NominationGranted(nominee="Cat Lee", role=Role.DELIVERY_PARTNER, organisation="North Hub")
    assert world.mails() == [(CAT, granted), (BOSS, decided)]
    assert (user.email, user.name) == (CAT, "Cat Lee")
    [grant] = world.grants()
    assert (grant.organisation, grant.confirmed_by, grant.nomination_id) == (NORTH, LEAD.id, confirmed)
    assert grant.granted_by == world.ben.user_id
    assert world.nomination(confirmed).state is NominationState.GRANTED


def test_the_queue_tells_age_next_step_and_whose_it_is(world: AccessWorld) -> None:
    received = world.receive()
    world.pass_time(days=3)
    escalated = world.escalated(DEE)
    first, second = world.queue.open()
    assert (first.nomination.id, first.age) == (received, timedelta(days=3))
    assert first.next_step is not None
    assert (first.next_step.move, first.next_step.whose) == (NextActor.ESCALATE, Party.SUPPORT)
    assert second.nomination.id == escalated
    assert second.next_step is not None
    assert second.next_step.whose is Party.POLICY


def test_policy_is_offered_the_lead_providers_with_an_agreement_in_force(world: AccessWorld) -> None:
    found = world.queue.one(world.escalated())
    assert found is not None
    assert list(found.may_be_asked) == [LEAD, OTHER_LEAD]
    assert found.reachable == {LEAD.id}
    assert world.queue.one(NominationId("unheard-of")) is None


def test_each_step_can_be_told_with_the_names_of_whom_it_tells_of(world: AccessWorld) -> None:
    found = world.queue.one(world.asked())
    assert found is not None
    assert found.people == {world.sue.user_id: "Sue", world.pam.user_id: "Pam"}
    assert found.lead_providers[LEAD.id] == "Beacon"


def test_a_colleague_nominates_and_takes_it_back(world: AccessWorld) -> None:
    nomination = world.nominate.nominate(CAT, "Cat Lee", by=world.bob, note="New on our team")
    assert (nomination.organisation, nomination.nominated_by) == (NORTH, BOSS)
    withdrawn = world.nominate.withdraw(nomination.id, by=world.bob, note="Has left")
    assert withdrawn.state is NominationState.WITHDRAWN


def test_a_user_can_not_withdraw_another_organisations_nomination(world: AccessWorld) -> None:
    received = world.receive(CAT, Role.APPROPRIATE_BODY, BODY.id)
    changes_nothing(world, lambda: world.nominate.withdraw(received, by=world.bob, note="x"), "Only a")


def test_a_user_with_access_is_not_nominated(world: AccessWorld) -> None:
    changes_nothing(world, lambda: world.receive(BOSS), "already has access for this organisation")
    changes_nothing(
        world, lambda: world.nominate.nominate(BOSS, "Bob", by=world.bob), "already has access for this organisation"
    )


def test_a_nominee_is_not_nominated_twice(world: AccessWorld) -> None:
    world.receive()
    changes_nothing(world, world.receive, "is already nominated for this organisation")
    changes_nothing(world, lambda: world.nominate.nominate(CAT, "Cat", by=world.bob), "already")


@pytest.mark.parametrize(
    ("role", "organisation", "sentence"),
    [
        (Role.DELIVERY_PARTNER, SOUTH.id, "no data-sharing agreement in force"),
        (Role.DELIVERY_PARTNER, "unheard-of", "There is no delivery partner"),
        (Role.APPROPRIATE_BODY, NORTH.id, "There is no appropriate body"),
        (Role.SUPPORT, "", "operator"),
        (Role.POLICY, "", "operator"),
    ],
)
def test_no_nomination_is_made_where_no_access_could_be_given(
    world: AccessWorld, role: Role, organisation: str, sentence: str
) -> None:
    changes_nothing(world, lambda: world.receive(CAT, role, organisation), sentence)


def test_a_nominee_who_waited_too_long_can_be_nominated_again(world: AccessWorld) -> None:
    old = world.receive()
    world.pass_time(days=28)
    new = world.receive()
    assert world.nomination(old).state is NominationState.EXPIRED
    assert [queued.nomination.id for queued in world.queue.open()] == [new]


def test_what_waited_for_too_long_is_noted_once(world: AccessWorld) -> None:
    old = world.receive()
    world.pass_time(days=27)
    assert world.nominate.expire_due() == 0
    world.receive(DEE)
    world.pass_time(days=1)
    assert [world.nominate.expire_due() for _ in range(2)] == [1, 0]
    assert [queued.nomination.id for queued in world.queue.closed()] == [old]


def test_a_confirmation_granted_too_late_grants_nothing(world: AccessWorld) -> None:
    confirmed = world.confirmed()
    world.pass_time(days=28)
    changes_nothing(world, lambda: world.nominate.grant(confirmed, by=world.ben), "expired")


def test_a_confirmation_by_who_has_no_agreement_any_more_grants_nothing(world: AccessWorld) -> None:
    confirmed = world.confirmed()
    world.manage_agreements.end("ag-1", reason="Contract over")
    changes_nothing(world, lambda: world.nominate.grant(confirmed, by=world.ben), "no longer counts")
    world.nominate.ask(confirmed, OTHER_LEAD.id, by=world.pam, by_link=False)
    world.answer(confirmed)
    world.nominate.grant(confirmed, by=world.ben)
    assert [grant.confirmed_by for grant in world.grants()] == [OTHER_LEAD.id]


def test_a_grant_is_of_the_day_in_london(world: AccessWorld) -> None:
    world.now = datetime(2024, 6, 3, 23, 30, tzinfo=UTC)
    world.nominate.grant(world.confirmed(), by=world.ben)
    assert [grant.granted_on for grant in world.grants()] == [date(2024, 6, 4)]


def test_a_confirmation_whose_agreement_ended_yesterday_in_london_grants_nothing(world: AccessWorld) -> None:
    confirmed = world.confirmed()
    world.manage_agreements.end("ag-1", reason="Contract over", last_day=date(2024, 6, 3))
    world.now = datetime(2024, 6, 3, 23, 30, tzinfo=UTC)
    changes_nothing(world, lambda: world.nominate.grant(confirmed, by=world.ben), "no longer counts")


def test_a_user_who_lost_their_role_yesterday_in_london_takes_no_step(world: AccessWorld) -> None:
    received = world.receive()
    world.now = datetime(2024, 6, 3, 23, 30, tzinfo=UTC)
    world.access.remove(SUE, reason="Left")
    changes_nothing(world, lambda: world.nominate.escalate(received, by=world.sue), "do not have", AccessRefused)


def test_a_confirmation_after_which_another_lead_provider_was_asked_grants_nothing(world: AccessWorld) -> None:
    confirmed = world.confirmed()
    world.manage_agreements.end("ag-1", reason="Contract over")
    world.nominate.ask(confirmed, OTHER_LEAD.id, by=world.pam, by_link=False)
    changes_nothing(world, lambda: world.nominate.grant(confirmed, by=world.ben), "has not been confirmed")


def test_the_nominee_and_the_user_who_confirmed_never_grant(world: AccessWorld) -> None:
    both = Acting(world.pam.user_id, SupportTeam())
    world.add(PAM, Role.SUPPORT)
    confirmed = world.confirmed()
    changes_nothing(world, lambda: world.nominate.grant(confirmed, by=both), "You confirmed")
    world.nominate.grant(confirmed, by=world.sue)


def test_a_support_user_who_is_nominated_is_granted_by_another(world: AccessWorld) -> None:
    nominated = world.receive(BEN)
    world.nominate.escalate(nominated, by=world.sue)
    world.nominate.ask(nominated, LEAD.id, by=world.pam, by_link=False)
    world.answer(nominated)
    changes_nothing(world, lambda: world.nominate.grant(nominated, by=world.ben), "You are the nominee")
    world.nominate.grant(nominated, by=world.sue)
    assert {grant.organisation for grant in world.grants(BEN)} == {NORTH, SupportTeam()}


def test_a_change_of_address_makes_no_other_user_the_nominee(world: AccessWorld) -> None:
    world.add(DEE, Role.APPROPRIATE_BODY, BODY.id)
    nominated = world.receive(DEE)
    world.help_users.change_address(DEE, CAT, reason="Married")
    world.nominate.escalate(nominated, by=world.sue)
    world.nominate.ask(nominated, LEAD.id, by=world.pam, by_link=False)
    world.answer(nominated)
    changes_nothing(world, lambda: world.nominate.grant(nominated, by=world.ben), "address has changed")


@pytest.mark.parametrize("suspend", [True, False])
def test_a_user_who_may_not_act_any_more_takes_no_step(world: AccessWorld, *, suspend: bool) -> None:
    received = world.receive()
    if suspend:
        world.access.suspend(SUE, reason="Investigation")
    else:
        world.access.remove(SUE, reason="Left")
    changes_nothing(
        world, lambda: world.nominate.escalate(received, by=world.sue), "do not have|suspended", AccessRefused
    )


def test_no_user_takes_a_step_in_a_role_that_they_do_not_have(world: AccessWorld) -> None:
    received = world.receive()
    pretended = Acting(world.bob.user_id, SupportTeam())
    changes_nothing(world, lambda: world.nominate.escalate(received, by=pretended), "do not have", AccessRefused)


def test_a_suspended_user_is_not_nominated(world: AccessWorld) -> None:
    world.add(CAT, Role.APPROPRIATE_BODY, BODY.id)
    world.access.suspend(CAT, reason="Investigation")
    for email in (CAT, EmailAddress("c.at+2@north.example")):
        changes_nothing(world, lambda: world.receive(email), "a user who is suspended. Reinstate them first")  # noqa: B023
    told = "cannot be nominated. Ask support"
    changes_nothing(world, lambda: world.nominate.nominate(CAT, "Cat", by=world.bob), told)


@pytest.mark.parametrize("spelling", ["boss@trust.example", "bo.ss@trust.example", "boss+2@trust.example"])
@pytest.mark.parametrize("holder_confirms", [True, False])
def test_no_spelling_of_a_second_address_is_nominated_and_only_support_is_told_why(
    world: AccessWorld, spelling: str, *, holder_confirms: bool
) -> None:
    world.add(CAT, Role.APPROPRIATE_BODY, BODY.id)
    world.help_users.add_address(CAT, EmailAddress("boss@trust.example"), reason="Two jobs")
    if holder_confirms:
        [link] = [message for _, message in world.mails() if isinstance(message, SecondAddressLinkMessage)]
        world.sign_in.sign_in(link.url.rpartition("/")[2])
    email = EmailAddress(spelling)
    changes_nothing(
        world, lambda: world.receive(email), "nother user signs in|a user's second|has a second email address"
    )
    told = "^This person cannot be nominated. Ask support about them.$"
    changes_nothing(world, lambda: world.nominate.nominate(email, "New", by=world.bob), told)


def test_no_user_with_a_second_address_is_nominated_and_only_support_is_told_why(world: AccessWorld) -> None:
    world.add(CAT, Role.APPROPRIATE_BODY, BODY.id)
    world.help_users.add_address(CAT, EmailAddress("cat@trust.example"), reason="Two jobs")
    [link] = [message for _, message in world.mails() if isinstance(message, SecondAddressLinkMessage)]
    world.sign_in.sign_in(link.url.rpartition("/")[2])
    changes_nothing(world, lambda: world.receive(CAT), "has a second email address")
    told = "^This person cannot be nominated. Ask support about them.$"
    changes_nothing(world, lambda: world.nominate.nominate(CAT, "Cat", by=world.bob), told)


def test_no_user_nominates_themselves_under_another_spelling(world: AccessWorld) -> None:
    own = EmailAddress("bo.ss+1@north.example")
    changes_nothing(world, lambda: world.nominate.nominate(own, "Bob", by=world.bob), "nominate themselves")
    changes_nothing(world, lambda: world.receive(own), "nominate themselves")


def test_policy_is_mailed_what_waits_for_it_with_the_tickets_reference(world: AccessWorld) -> None:
    nominating = evolve(world.nominate, teams=TeamAddresses(policy=POLICY))
    received = world.receive()
    world.mails()
    escalated = nominating.escalate(received, by=world.sue, reference="Ticket 9")
    told = NominationEscalated(role=Role.DELIVERY_PARTNER, organisation="North Hub", reference="Ticket 9")
    assert world.mails() == [(POLICY, told)]
    assert escalated.steps[-1].reference == "Ticket 9"
    world.nominate.ask(received, LEAD.id, by=world.pam, by_link=False)
    nominating.correct_name(received, "Kat Lee", by=world.sue, note="Misspelt")
    assert world.mails() == [(POLICY, evolve(told, reference=""))]


def test_support_is_mailed_what_a_colleague_nominates_and_what_is_confirmed_and_not_what_it_records(
    world: AccessWorld,
) -> None:
    nominating = evolve(world.nominate, teams=TeamAddresses(support=SUPPORT))
    world.mails()
    nominated = nominating.nominate(CAT, "Cat Lee", by=world.bob)
    assert world.mails() == [(SUPPORT, NominationReceived(role=Role.DELIVERY_PARTNER, organisation="North Hub"))]
    world.nominate.escalate(nominated.id, by=world.sue)
    asked = world.nominate.ask(nominated.id, LEAD.id, by=world.pam, by_link=False)
    answer = Answer(contact="Bo", given_on=world.today, reference="Mail 2")
    nominating.record_answer(asked.id, answer, confirms=True, by=world.pam)
    assert world.mails() == [(SUPPORT, NominationConfirmed(role=Role.DELIVERY_PARTNER, organisation="North Hub"))]
    by_mail = MailedNomination(
        email=DEE,
        name="Dee",
        role=Role.DELIVERY_PARTNER,
        organisation_id=NORTH.id,
        nominated_by=BOSS,
        reference="Mail 1",
    )
    nominating.receive(by_mail, by=world.sue)
    assert world.mails() == []


def test_who_nominated_is_mailed_that_it_was_closed_unless_they_closed_it(world: AccessWorld) -> None:
    closed = NominationClosed(nominee="Cat Lee", role=Role.DELIVERY_PARTNER, organisation="North Hub", expired=False)
    world.mails()
    nominated = world.nominate.nominate(CAT, "Cat Lee", by=world.bob)
    world.nominate.withdraw(nominated.id, by=world.sue, note="Not ours")
    assert world.mails() == [(BOSS, closed)]
    nominated = world.nominate.nominate(CAT, "Cat Lee", by=world.bob)
    world.nominate.withdraw(nominated.id, by=world.bob, note="Has left")
    assert world.mails() == []
    world.nominate.nominate(CAT, "Cat Lee", by=world.bob)
    world.pass_time(days=28)
    assert world.nominate.expire_due() == 1
    assert world.mails() == [(BOSS, evolve(closed, expired=True))]


def test_who_nominated_is_not_told_without_access(world: AccessWorld) -> None:
    nominated = world.nominate.nominate(CAT, "Cat Lee", by=world.bob)
    world.access.suspend(BOSS, reason="Phone lost")
    world.mails()
    world.nominate.withdraw(nominated.id, by=world.sue, note="Not ours")
    assert world.mails() == []


def test_support_is_not_mailed_what_it_corrects(world: AccessWorld) -> None:
    nominating = evolve(world.nominate, teams=TeamAddresses(support=SUPPORT))
    nominated = world.nominate.nominate(CAT, "Cat Lee", by=world.bob)
    world.mails()
    nominating.correct_name(nominated.id, "Kat Lee", by=world.sue, note="Misspelt")
    assert world.mails() == []


def test_what_is_kept_for_review_and_waits_for_policy_is_mailed_to_it(world: AccessWorld) -> None:
    [grant] = world.grants(BOSS)
    world.manage_agreements.end("ag-1", reason="Over")
    world.mails()
    evolve(world.review_access, teams=TeamAddresses(policy=POLICY)).keep(grant.id, by=world.sue)
    assert [to for to, message in world.mails() if isinstance(message, NominationEscalated)] == [POLICY]


def test_a_corrected_name_is_on_record_without_the_name_and_ends_the_link(world: AccessWorld) -> None:
    asked = world.asked(by_link=True)
    token = world.link()
    corrected = world.nominate.correct_name(asked, " Kat  Lee", by=world.pam, note="Misspelt")
    assert corrected == world.nomination(asked)
    assert (corrected.nominee.name, corrected.state) == ("Kat Lee", NominationState.ESCALATED)
    event = world.audit()[-1]
    assert (event.kind, event.actor) == (AuditKind.NOMINATION_CORRECTED, world.pam.user_id)
    assert "Lee" not in str(event)
    assert not world.answer_by_link.link_works(token)
    world.nominate.ask(asked, LEAD.id, by=world.pam, by_link=False)
    world.answer(asked)
    assert world.nominate.grant(asked, by=world.ben).name == "Kat Lee"


def test_the_lead_provider_that_works_with_a_body_confirms_its_user(world: AccessWorld) -> None:
    received = world.receive(CAT, Role.APPROPRIATE_BODY, BODY.id)
    world.nominate.escalate(received, by=world.sue)
    found = world.queue.one(received)
    assert found is not None
    assert list(found.may_be_asked) == [LEAD, OTHER_LEAD]
    world.nominate.ask(received, LEAD.id, by=world.pam, by_link=True)
    world.answer_by_link.answer(world.answer_by_link.open(world.link()), confirms=True)
    world.nominate.grant(received, by=world.ben)
    assert [(grant.organisation, grant.confirmed_by) for grant in world.grants()] == [(BODY, LEAD.id)]


def test_a_suspended_nominee_is_given_no_access(world: AccessWorld) -> None:
    world.add(CAT, Role.APPROPRIATE_BODY, BODY.id)
    confirmed = world.confirmed()
    world.access.suspend(CAT, reason="Investigation")
    changes_nothing(world, lambda: world.nominate.grant(confirmed, by=world.ben), "suspended")


def test_a_user_suspended_since_the_nomination_gets_no_second_account_under_another_spelling(
    world: AccessWorld,
) -> None:
    confirmed = world.confirmed()
    other = EmailAddress("c.at+2@north.example")
    world.add(other, Role.APPROPRIATE_BODY, BODY.id)
    world.access.suspend(other, reason="Investigation")
    changes_nothing(world, lambda: world.nominate.grant(confirmed, by=world.ben), "suspended. Reinstate them first")


def test_a_user_who_was_given_access_meanwhile_is_given_it_once(world: AccessWorld) -> None:
    confirmed = world.confirmed()
    world.add(CAT, Role.DELIVERY_PARTNER, NORTH.id, "Cat Lee")
    changes_nothing(world, lambda: world.nominate.grant(confirmed, by=world.ben), "already has this access")


def test_a_declined_nomination_mails_the_nominator(world: AccessWorld) -> None:
    asked = world.asked()
    world.mails()
    world.answer(asked, confirms=False)
    declined = NominationDeclined(nominee="Cat Lee", role=Role.DELIVERY_PARTNER, organisation="North Hub")
    assert world.mails() == [(BOSS, declined)]
    assert list(world.grants()) == []
    world.receive()


def test_an_appropriate_bodys_user_is_confirmed_by_policy(world: AccessWorld) -> None:
    received = world.receive(CAT, Role.APPROPRIATE_BODY, BODY.id)
    world.nominate.escalate(received, by=world.sue)
    world.nominate.decide_for_body(received, confirms=True, by=world.pam, note="No lead provider")
    world.nominate.grant(received, by=world.ben)
    assert [(grant.organisation, grant.confirmed_by) for grant in world.grants()] == [(BODY, None)]


def test_a_reference_has_no_characters_that_cannot_be_seen(world: AccessWorld) -> None:
    mailed = MailedNomination(
        email=CAT,
        name="Cat",
        role=Role.DELIVERY_PARTNER,
        organisation_id=NORTH.id,
        nominated_by=BOSS,
        reference="Mail \u202e1",
    )
    changes_nothing(world, lambda: world.nominate.receive(mailed, by=world.sue), "Reference must not have characters")


def test_no_access_is_given_for_a_body_that_left_the_feed(world: AccessWorld) -> None:
    received = world.receive(CAT, Role.APPROPRIATE_BODY, BODY.id)
    world.nominate.escalate(received, by=world.sue)
    world.nominate.decide_for_body(received, confirms=True, by=world.pam, note="No lead provider")
    with world.storage.writing() as work:
        work.feed_store.delete_missing_references(NamedIds(appropriate_bodies=set()))
        work.commit()
    changes_nothing(world, lambda: world.nominate.grant(received, by=world.ben), "There is no appropriate body")


def test_the_registered_contact_is_mailed_a_link_and_not_who_it_is(world: AccessWorld) -> None:
    world.mails()
    world.asked(by_link=True)
    [(to, message)] = world.mails()
    assert to == CONTACT
    assert isinstance(message, ConfirmationLinkMessage)
    assert (message.lead_provider, message.organisation) == ("Beacon", "North Hub")
    assert CAT.value not in str(message)
    assert "Cat" not in str(message)


def test_what_became_of_the_mail_with_the_link_is_told_of_while_it_is_waited_for(world: AccessWorld) -> None:
    asked = world.asked(by_link=True)
    assert [found.mail.state for found in [world.queue.one(asked)] if found and found.mail] == [MailState.QUEUED]
    world.mails()
    assert [found.mail.state for found in [world.queue.one(asked)] if found and found.mail] == [MailState.SENT]
    world.nominate.withdraw(asked, by=world.sue, note="Left")
    found = world.queue.one(asked)
    assert found is not None
    assert found.mail is None


def test_a_lead_provider_without_a_contact_can_not_be_sent_a_link(world: AccessWorld) -> None:
    escalated = world.escalated()

    def ask(lead: LeadProviderId) -> object:
        return world.nominate.ask(escalated, lead, by=world.pam, by_link=True)

    changes_nothing(world, lambda: ask(OTHER_LEAD.id), "no registered contact")
    changes_nothing(world, lambda: ask(LeadProviderId("unheard-of")), "no registered contact")
    changes_nothing(world, lambda: ask(STRANGER_LEAD.id), "no data-sharing agreement")


def test_a_link_that_is_not_wanted_any_more_is_not_sent(world: AccessWorld) -> None:
    asked = world.asked(by_link=True)
    world.nominate.withdraw(asked, by=world.sue, note="Left")
    assert not any(isinstance(message, ConfirmationLinkMessage) for _, message in world.mails())


def test_every_step_is_exactly_one_event(world: AccessWorld) -> None:
    before = len(world.audit())
    confirmed = world.confirmed()
    user = world.nominate.grant(confirmed, by=world.ben)
    events = world.audit()[before:]
    assert [(event.kind, event.actor) for event in events] == [
        (AuditKind.NOMINATION_RECEIVED, world.sue.user_id),
        (AuditKind.NOMINATION_ESCALATED, world.sue.user_id),
        (AuditKind.NOMINATION_ASKED, world.pam.user_id),
        (AuditKind.NOMINATION_CONFIRMED, world.pam.user_id),
        (AuditKind.GRANT_ADDED, world.ben.user_id),
    ]
    assert {event.details["nomination_id"] for event in events} == {confirmed}
    assert {(event.role, event.organisation_id) for event in events} == {(Role.DELIVERY_PARTNER, NORTH.id)}
    assert events[-1].subject == user.id
    assert "Cat" not in str(events)


def test_a_person_whose_nomination_is_unknown_is_told_so(world: AccessWorld) -> None:
    unknown = NominationId("unheard-of")
    changes_nothing(world, lambda: world.nominate.escalate(unknown, by=world.sue), "no such nomination")


def test_the_nominations_of_a_person_are_all_found(world: AccessWorld) -> None:
    first = world.receive()
    world.nominate.withdraw(first, by=world.sue, note="x")
    world.pass_time(hours=1)
    second = world.receive()
    assert [nomination.id for nomination in world.queue.of_person(CAT)] == [second, first]


def test_a_name_given_before_stays(world: AccessWorld) -> None:
    world.add(CAT, Role.APPROPRIATE_BODY, BODY.id)
    user = world.nominate.grant(world.confirmed(), by=world.ben)
    assert evolve(user, name="") == evolve(world.access.search(CAT.value)[0].user, name="")
    assert user.name == "Cat"


def test_a_user_whose_address_became_the_one_confirmed_gets_no_access(world: AccessWorld) -> None:
    confirmed = world.confirmed()
    other = world.add(DEE, Role.SUPPORT, name="Cat Lee")
    world.help_users.change_address(DEE, CAT, reason="Married")
    sentence = "who was not confirmed. Check whose address it is, withdraw this nomination and nominate them again"
    changes_nothing(world, lambda: world.nominate.grant(confirmed, by=world.ben), sentence)
    assert not world.grants()[1:]
    world.nominate.withdraw(confirmed, by=world.ben, note="Another person's address")
    assert world.nominate.grant(world.confirmed(), by=world.ben).id == other.id


def test_a_user_of_another_name_who_was_made_at_the_address_meanwhile_gets_no_access(world: AccessWorld) -> None:
    confirmed = world.confirmed()
    world.add(CAT, Role.SUPPORT, name="Eve Fox")
    changes_nothing(world, lambda: world.nominate.grant(confirmed, by=world.ben), "who was not confirmed")


def test_a_user_made_meanwhile_under_the_name_that_was_confirmed_is_the_same_person(
    world: AccessWorld,
) -> None:
    confirmed = world.confirmed()
    cat = world.add(CAT, Role.APPROPRIATE_BODY, BODY.id, name="CAT LEE")
    assert world.nominate.grant(confirmed, by=world.ben) == cat


def test_a_user_suspended_meanwhile_takes_no_step_and_changes_no_user(world: AccessWorld) -> None:
    received = world.receive()
    world.access.suspend(SUE, reason="Investigation")
    sentence = "suspended"
    changes_nothing(world, lambda: world.nominate.escalate(received, by=world.sue), sentence, AccessRefused)
    by = world.sue.user_id
    for change in (
        lambda: world.access.suspend(BOSS, reason="So", by=by),
        lambda: world.access.remove(BOSS, reason="So", by=by),
        lambda: world.help_users.propose_address(BOSS, EmailAddress("boss@moved.example"), reason="So", by=by),
        lambda: world.manage_agreements.end("ag-1", reason="So", by=by),
    ):
        changes_nothing(world, change, sentence, AccessRefused)
