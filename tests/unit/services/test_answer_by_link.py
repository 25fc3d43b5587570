import pickle
from collections.abc import Callable

import pytest
from attrs import evolve

from checkdata.adapters.memory import MemoryStorage
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, ConfirmationRefused
from checkdata.domain.feed.contents import References
from checkdata.domain.nomination_messages import ConfirmationLinkMessage
from checkdata.domain.nominations.steps import NominationState
from checkdata.domain.values import NominationId
from tests.access_world import BEN, BODY, CAT, CONTACT, LEAD, NORTH, OTHER_LEAD, AccessWorld


@pytest.fixture
def world() -> AccessWorld:
    return AccessWorld()


@pytest.fixture
def asked(world: AccessWorld) -> NominationId:
    """A nomination about which Beacon's contact is asked by a link, which is not sent yet."""
    world.mails()
    return world.asked(by_link=True)


def refused(ask: Callable[[], object]) -> str:
    with pytest.raises(ConfirmationRefused) as refusal:
        ask()
    return str(refusal.value)


def links_sent(world: AccessWorld) -> int:
    return sum(isinstance(message, ConfirmationLinkMessage) for _, message in world.mails())


def test_a_contact_confirms_by_the_link_and_the_nominee_can_be_granted_access(
    world: AccessWorld, asked: NominationId
) -> None:
    cookie = world.answer_by_link.open(world.link())
    world.answer_by_link.answer(cookie, confirms=True)
    step = world.nomination(asked).steps[-1]
    assert (step.state, step.by, step.contact) == (NominationState.CONFIRMED, None, CONTACT.value)
    assert (step.lead_provider_id, step.answered_on) == (LEAD.id, world.today)
    world.nominate.grant(asked, by=world.ben)
    assert [grant.confirmed_by for grant in world.grants()] == [LEAD.id]


def test_a_contact_declines_with_a_reason(world: AccessWorld, asked: NominationId) -> None:
    cookie = world.answer_by_link.open(world.link())
    with pytest.raises(ChangeRefused, match="reason"):
        world.answer_by_link.answer(cookie, confirms=False, note=" ")
    world.answer_by_link.answer(cookie, confirms=False, note="Has left them")
    step = world.nomination(asked).steps[-1]
    assert (step.state, step.note) == (NominationState.DECLINED, "Has left them")


@pytest.mark.usefixtures("asked")
def test_the_question_shows_the_nominees_name_address_and_organisation(world: AccessWorld) -> None:
    question = world.answer_by_link.question(world.answer_by_link.open(world.link()))
    assert (question.name, question.email, question.organisation) == ("Cat Lee", CAT, NORTH)


@pytest.mark.usefixtures("asked")
def test_looking_at_a_link_does_not_use_it(world: AccessWorld) -> None:
    token = world.link()
    assert all(world.answer_by_link.link_works(token) for _ in range(3))
    world.answer_by_link.open(token)
    assert not world.answer_by_link.link_works(token)


@pytest.mark.usefixtures("asked")
def test_a_link_opens_once_and_a_dead_one_is_refused_like_an_unknown_one(world: AccessWorld) -> None:
    token = world.link()
    world.answer_by_link.open(token)
    assert refused(lambda: world.answer_by_link.open(token)) == refused(
        lambda: world.answer_by_link.open("never-minted")
    )


@pytest.mark.usefixtures("asked")
def test_a_link_lives_seven_days_and_not_longer(world: AccessWorld) -> None:
    token = world.link()
    world.pass_time(days=6, hours=23, minutes=59)
    assert world.answer_by_link.link_works(token)
    world.pass_time(minutes=1)
    assert not world.answer_by_link.link_works(token)
    refused(lambda: world.answer_by_link.open(token))


def test_a_link_is_dead_once_its_nomination_waited_for_too_long(world: AccessWorld) -> None:
    escalated = world.escalated()
    world.pass_time(days=27, hours=23)
    world.mails()
    world.nominate.ask(escalated, LEAD.id, by=world.pam, by_link=True)
    token = world.link()
    assert world.answer_by_link.link_works(token)
    cookie = world.answer_by_link.open(token)
    world.nominate.ask(escalated, LEAD.id, by=world.pam, by_link=True)
    token = world.link()
    world.pass_time(hours=1)
    assert not world.answer_by_link.link_works(token)
    refused(lambda: world.answer_by_link.open(token))
    refused(lambda: world.answer_by_link.question(cookie))


@pytest.mark.usefixtures("asked")
def test_the_time_to_answer_ends_after_an_hour(world: AccessWorld) -> None:
    cookie = world.answer_by_link.open(world.link())
    world.pass_time(minutes=59)
    world.answer_by_link.question(cookie)
    world.pass_time(minutes=1)
    refused(lambda: world.answer_by_link.question(cookie))
    refused(lambda: world.answer_by_link.answer(cookie, confirms=True))


@pytest.mark.usefixtures("asked")
def test_neither_a_links_token_nor_its_digest_is_a_cookie_and_no_cookie_is_a_link(world: AccessWorld) -> None:
    token = world.link()
    refused(lambda: world.answer_by_link.question(token))
    cookie = world.answer_by_link.open(token)
    assert not world.answer_by_link.link_works(cookie)
    refused(lambda: world.answer_by_link.open(cookie))
    refused(lambda: world.answer_by_link.question(world.tokens.digest(cookie)))


@pytest.mark.usefixtures("asked")
def test_no_token_is_stored(world: AccessWorld) -> None:
    token = world.link()
    cookie = world.answer_by_link.open(token)
    assert isinstance(world.storage, MemoryStorage)
    stored = pickle.dumps(world.storage.state)
    assert token.encode() not in stored
    assert cookie.encode() not in stored
    assert world.tokens.digest(cookie).encode() in stored


def test_an_answer_is_given_once(world: AccessWorld, asked: NominationId) -> None:
    cookie = world.answer_by_link.open(world.link())
    world.answer_by_link.answer(cookie, confirms=True)
    refused(lambda: world.answer_by_link.answer(cookie, confirms=False, note="No"))
    assert world.nomination(asked).state is NominationState.CONFIRMED


def test_what_policy_recorded_meanwhile_ends_the_link_and_the_visit(world: AccessWorld, asked: NominationId) -> None:
    cookie = world.answer_by_link.open(world.link())
    world.answer(asked)
    refused(lambda: world.answer_by_link.answer(cookie, confirms=False, note="No"))
    assert world.nomination(asked).state is NominationState.CONFIRMED


def change_contact(world: AccessWorld) -> None:
    """Beacon has another contact from now on."""
    moved = evolve(LEAD, contact_email="new@beacon.example")
    with world.storage.writing() as work:
        work.feed_store.put_references(References(lead_providers=[moved]))
        work.commit()


@pytest.mark.parametrize("how", ["withdrawn", "another asked", "asked again", "expired", "contact changed"])
def test_a_link_whose_question_is_no_longer_asked_is_dead(world: AccessWorld, asked: NominationId, how: str) -> None:
    token = world.link()
    match how:
        case "withdrawn":
            world.nominate.withdraw(asked, by=world.sue, note="Left")
        case "another asked":
            world.nominate.ask(asked, OTHER_LEAD.id, by=world.pam, by_link=False)
        case "asked again":
            world.nominate.ask(asked, LEAD.id, by=world.pam, by_link=True)
        case "expired":
            world.pass_time(days=6)
            with world.storage.writing() as work:
                work.nominations.replace(world.nomination(asked).expired(world.now, "Over"))
                work.commit()
        case _:
            change_contact(world)
    assert not world.answer_by_link.link_works(token)
    refused(lambda: world.answer_by_link.open(token))


def test_a_lead_provider_whose_agreement_has_ended_confirms_no_nominee(world: AccessWorld, asked: NominationId) -> None:
    cookie = world.answer_by_link.open(world.link())
    world.manage_agreements.end("ag-1", reason="Contract over")
    with pytest.raises(ChangeRefused, match="no data-sharing agreement in force"):
        world.answer_by_link.answer(cookie, confirms=True)
    assert world.nomination(asked).state is NominationState.ASKED
    world.answer_by_link.answer(cookie, confirms=False, note="Not ours any more")


@pytest.mark.usefixtures("asked")
def test_a_dead_link_can_be_sent_again_to_the_same_contact(world: AccessWorld) -> None:
    token = world.link()
    world.pass_time(days=7)
    world.answer_by_link.send_again(token)
    again = world.link()
    assert again != token
    world.answer_by_link.answer(world.answer_by_link.open(again), confirms=True)


@pytest.mark.usefixtures("asked")
def test_a_link_is_sent_again_at_most_every_ten_minutes(world: AccessWorld) -> None:
    token = world.link()
    world.answer_by_link.send_again(token)
    assert links_sent(world) == 0
    world.pass_time(minutes=10)
    world.answer_by_link.send_again(token)
    world.answer_by_link.send_again(token)
    assert links_sent(world) == 1


@pytest.mark.usefixtures("asked")
def test_a_contact_who_used_a_link_without_answering_is_sent_another_at_once_and_no_more(world: AccessWorld) -> None:
    token = world.link()
    world.answer_by_link.open(token)
    for _ in range(3):
        world.answer_by_link.send_again(token)
    again = world.link()
    assert world.answer_by_link.link_works(again)
    world.answer_by_link.send_again(token)
    assert links_sent(world) == 0


@pytest.mark.usefixtures("asked")
def test_a_link_that_would_be_past_its_life_is_not_sent(world: AccessWorld) -> None:
    world.pass_time(days=7)
    assert world.send_mail.send_due().expired == 1
    assert links_sent(world) == 0


def test_a_link_of_an_answered_question_or_an_unknown_one_is_not_sent_again(
    world: AccessWorld, asked: NominationId
) -> None:
    token = world.link()
    world.answer(asked)
    world.pass_time(days=1)
    for dead in (token, "never-minted"):
        world.answer_by_link.send_again(dead)
    assert links_sent(world) == 0


@pytest.mark.usefixtures("asked")
def test_no_link_is_sent_again_to_who_is_no_contact_any_more(world: AccessWorld) -> None:
    token = world.link()
    change_contact(world)
    world.pass_time(days=1)
    world.answer_by_link.send_again(token)
    assert links_sent(world) == 0


def test_no_link_is_made_for_a_question_that_was_withdrawn_before_it_was_sent(
    world: AccessWorld, asked: NominationId
) -> None:
    world.nominate.withdraw(asked, by=world.sue, note="Left")
    assert links_sent(world) == 0


def test_policy_sends_a_link_again_by_asking_again(world: AccessWorld, asked: NominationId) -> None:
    first = world.link()
    world.nominate.ask(asked, LEAD.id, by=world.pam, by_link=True, note="Their mail was down")
    second = world.link()
    refused(lambda: world.answer_by_link.open(first))
    world.answer_by_link.open(second)
    found = world.queue.one(asked)
    assert found is not None
    assert len(found.links) == 2


@pytest.mark.usefixtures("asked")
def test_an_answer_is_exactly_one_event_that_names_only_the_lead_provider(world: AccessWorld) -> None:
    cookie = world.answer_by_link.open(world.link())
    before = len(world.audit())
    world.answer_by_link.answer(cookie, confirms=True)
    [event] = world.audit()[before:]
    assert (event.kind, event.actor) == (AuditKind.NOMINATION_CONFIRMED, None)
    assert event.details["lead_provider_id"] == LEAD.id
    assert CONTACT.value not in str(event)


def test_a_contact_who_is_a_support_user_does_not_grant_what_they_confirmed(world: AccessWorld) -> None:
    theirs = evolve(LEAD, contact_email=BEN.value)
    with world.storage.writing() as work:
        work.feed_store.put_references(References(lead_providers=[theirs]))
        work.commit()
    world.mails()
    asked = world.asked(by_link=True)
    world.answer_by_link.answer(world.answer_by_link.open(world.link()), confirms=True)
    with pytest.raises(ChangeRefused, match="You confirmed"):
        world.nominate.grant(asked, by=world.ben)
    world.nominate.grant(asked, by=world.sue)
    assert BODY not in {grant.organisation for grant in world.grants()}
