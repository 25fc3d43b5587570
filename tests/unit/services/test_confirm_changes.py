"""A user's address is changed by two support users together, or by a nomination; never by one (service rule 4)."""

from collections.abc import Callable

import pytest

from checkdata.domain.access.decision import AccessRefused
from checkdata.domain.access.proposals import PROPOSAL_LIVES, ProposalId, ProposalState
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken, SignInRefused
from checkdata.domain.form_digest import FormDigest
from checkdata.domain.messages import AddressChanged, HowAccessIsGiven, SignInLinkMessage
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.access.confirm_changes import AddressInDetail
from checkdata.domain.values import EmailAddress
from tests.access_world import BEN, BODY, BOSS, CAT, SUE, AccessWorld

NEW = EmailAddress("boss@north.org.example")
STRANGER = EmailAddress("eve@elsewhere.example")


@pytest.fixture
def world() -> AccessWorld:
    world = AccessWorld()
    world.mails()
    return world


def proposed(world: AccessWorld, new: EmailAddress = NEW, email: EmailAddress = BOSS) -> ProposalId:
    return world.help_users.propose_address(email, new, reason="New domain", by=world.sue.user_id).id


def confirm(world: AccessWorld, proposal_id: ProposalId) -> object:
    return world.confirm_changes.confirm(proposal_id, by=world.ben.user_id)


def moved(world: AccessWorld, new: EmailAddress, email: EmailAddress = BOSS) -> None:
    confirm(world, proposed(world, new, email))


def everything(world: AccessWorld) -> object:
    with world.storage.reading() as work:
        return world.audit(), world.access.search(), work.proposals.undecided(), work.outbox.last_to(NEW, 9)


def refused(
    world: AccessWorld, change: Callable[[], object], sentence: str, kind: type[Exception] = ChangeRefused
) -> None:
    before = everything(world)
    with pytest.raises(kind, match=sentence):
        change()
    assert everything(world) == before


def link(world: AccessWorld, email: EmailAddress = BOSS) -> str:
    world.sign_in.request_link(email.value, "192.0.2.1")
    [message] = [message for _, message in world.mails() if isinstance(message, SignInLinkMessage)]
    return message.url.rpartition("/")[2]


def test_until_another_support_user_confirms_the_old_address_holds_and_nothing_is_sent_to_the_new_one(
    world: AccessWorld,
) -> None:
    session = world.sign_in.sign_in(link(world)).token
    proposed(world)
    assert world.mails() == []
    assert world.sign_in.resume(session) is not None
    world.sign_in.sign_in(link(world))
    world.sign_in.request_link(NEW.value, "192.0.2.1")
    assert world.mails() == [(NEW, HowAccessIsGiven())]


def test_confirmed_the_new_address_signs_in_and_nothing_of_the_old_one_is_worth_anything(world: AccessWorld) -> None:
    session, unused = world.sign_in.sign_in(link(world)).token, link(world)
    proposal_id = proposed(world)
    confirm(world, proposal_id)
    assert world.mails() == [
        (BOSS, AddressChanged(name="Boss", is_new=False)),
        (NEW, AddressChanged(name="Boss", is_new=True)),
    ]
    assert world.sign_in.resume(session) is None
    with pytest.raises(SignInRefused):
        world.sign_in.sign_in(unused)
    visit = world.sign_in.resume(world.sign_in.sign_in(link(world, NEW)).token)
    assert visit is not None
    assert visit.acting == world.bob


def test_each_step_is_one_event_that_names_who_took_it_and_no_address(world: AccessWorld) -> None:
    before = len(world.audit())
    proposal_id = proposed(world)
    confirm(world, proposal_id)
    told = [(event.kind, event.actor, event.subject) for event in world.audit()[before:]]
    bob = world.bob.user_id
    assert told == [
        (AuditKind.CHANGE_PROPOSED, world.sue.user_id, bob),
        (AuditKind.ADDRESS_CHANGED, world.ben.user_id, bob),
    ]
    assert world.audit()[-1].details["proposed_by"] == world.sue.user_id
    assert "@" not in str(world.audit()[before:])


def test_who_proposed_a_change_does_not_confirm_it(world: AccessWorld) -> None:
    proposal_id, sue = proposed(world), world.sue.user_id
    refused(world, lambda: world.confirm_changes.confirm(proposal_id, by=sue), "You proposed this")
    refused(world, lambda: world.confirm_changes.refuse(proposal_id, by=sue, note="No"), "Withdraw it instead")


def test_no_one_proposes_or_confirms_their_own_address_even_if_support(world: AccessWorld) -> None:
    own = EmailAddress("sue@dfe.org.example")
    propose = world.help_users.propose_address
    refused(world, lambda: propose(SUE, own, reason="x", by=world.sue.user_id), "your own access")
    refused(world, lambda: propose(SUE, own, reason="x", by=world.ben.user_id), "operator")
    proposal_id = proposed(world)
    world.add(BOSS, Role.SUPPORT)
    bob = world.bob.user_id
    refused(world, lambda: world.confirm_changes.confirm(proposal_id, by=bob), "your own access")


def test_what_could_be_a_strangers_address_is_not_proposed(world: AccessWorld) -> None:
    refused(world, lambda: proposed(world, STRANGER), "Nominate this user at the new address")
    refused(world, lambda: proposed(world, BOSS), "already signs in with this address")
    refused(world, lambda: proposed(world, SUE), "Another user signs in with this address", Overtaken)
    refused(world, lambda: proposed(world, NEW, CAT), "No user has this email")


def test_small_steps_do_not_lead_to_a_strangers_address(world: AccessWorld) -> None:
    moved(world, NEW)
    closer = EmailAddress("bosse@north.org.example")
    refused(world, lambda: proposed(world, closer, NEW), "Nominate this user at the new address")
    third = EmailAddress("boss@third.example")
    moved(world, third, NEW)
    moved(world, BOSS, third)


def test_an_address_that_an_operator_gave_is_one_to_begin_with(world: AccessWorld) -> None:
    moved(world, NEW)
    world.help_users.change_address(NEW, STRANGER, reason="Ticket 9")
    moved(world, EmailAddress("eve@third.example"), STRANGER)


def test_one_new_address_waits_for_a_user_at_a_time(world: AccessWorld) -> None:
    proposal_id = proposed(world)
    another = EmailAddress("boss@third.example")
    refused(world, lambda: proposed(world, another), "already waits", Overtaken)
    world.confirm_changes.withdraw(proposal_id, by=world.sue.user_id, note="A mistake")
    proposed(world, another)
    world.now += PROPOSAL_LIVES
    proposed(world)


def test_a_proposal_expires(world: AccessWorld) -> None:
    proposal_id = proposed(world)
    world.now += PROPOSAL_LIVES
    assert list(world.confirm_changes.waiting()) == []
    for step in (world.confirm_changes.confirm, world.confirm_changes.refuse):
        refused(world, lambda step=step: step(proposal_id, by=world.ben.user_id, note="x"), "expired", Overtaken)  # type: ignore[misc]


def test_a_proposal_is_refused_by_another_support_user_or_withdrawn_by_its_own_with_a_reason(
    world: AccessWorld,
) -> None:
    changing, sue, ben = world.confirm_changes, world.sue.user_id, world.ben.user_id
    proposal_id = proposed(world)
    refused(world, lambda: changing.refuse(proposal_id, by=ben, note=" "), "Enter a reason")
    refused(world, lambda: changing.withdraw(proposal_id, by=ben, note="x"), "Refuse it instead")
    assert changing.refuse(proposal_id, by=ben, note="Not theirs").state is ProposalState.REFUSED
    assert (world.audit()[-1].kind, world.audit()[-1].actor) == (AuditKind.CHANGE_REFUSED, ben)
    refused(world, lambda: confirm(world, proposal_id), "already refused", Overtaken)
    proposal_id = proposed(world)
    assert changing.withdraw(proposal_id, by=sue, note="A mistake").state is ProposalState.WITHDRAWN
    assert (world.audit()[-1].kind, world.audit()[-1].actor) == (AuditKind.CHANGE_WITHDRAWN, sue)
    refused(world, lambda: confirm(world, proposal_id), "already withdrawn", Overtaken)
    assert world.mails() == []


def test_what_a_form_no_longer_shows_is_not_decided(world: AccessWorld) -> None:
    proposal_id, ben = proposed(world), world.ben.user_id
    seen = FormDigest("")
    refused(world, lambda: world.confirm_changes.confirm(proposal_id, by=ben, seen=seen), "has changed", Overtaken)


@pytest.mark.parametrize(
    "happens",
    [
        lambda world: world.access.suspend(BOSS, reason="Investigation"),
        lambda world: world.access.remove(BOSS, reason="Left"),
        lambda world: world.add(BOSS, Role.APPROPRIATE_BODY, BODY.id),
        lambda world: world.help_users.change_address(BOSS, CAT, reason="Ticket 9"),
    ],
    ids=["suspended", "removed", "given more", "moved"],
)
def test_a_proposal_holds_for_the_user_as_they_then_were(
    world: AccessWorld, happens: Callable[[AccessWorld], object]
) -> None:
    proposal_id = proposed(world)
    happens(world)
    refused(world, lambda: confirm(world, proposal_id), "This user or their access has changed", Overtaken)


def test_an_address_that_became_anothers_meanwhile_is_not_given(world: AccessWorld) -> None:
    proposal_id = proposed(world)
    world.add(NEW, Role.APPROPRIATE_BODY, BODY.id)
    refused(world, lambda: confirm(world, proposal_id), "Another user signs in with this address", Overtaken)


def test_both_who_take_part_are_support_users_when_it_is_confirmed(world: AccessWorld) -> None:
    proposal_id = proposed(world)
    world.access.suspend(SUE, reason="Investigation")
    refused(world, lambda: confirm(world, proposal_id), "no longer a support user", Overtaken)
    world.access.reinstate(SUE, reason="Cleared")
    world.access.suspend(BEN, reason="Investigation")
    refused(world, lambda: confirm(world, proposal_id), "suspended", AccessRefused)
    pam = world.pam.user_id
    refused(world, lambda: world.confirm_changes.confirm(proposal_id, by=pam), "do not have access", AccessRefused)
    world.access.reinstate(BEN, reason="Cleared")
    confirm(world, proposal_id)


def test_a_page_tells_what_differs_and_how_many_colleagues_are_at_the_new_domain(world: AccessWorld) -> None:
    proposal_id = proposed(world)
    world.add(EmailAddress("cy@north.org.example"), Role.DELIVERY_PARTNER, "dp-north")
    world.add(EmailAddress("di@north.org.example"), Role.APPROPRIATE_BODY, BODY.id)
    found = world.confirm_changes.one(proposal_id)
    assert found is not None
    assert isinstance(found.about, AddressInDetail)
    assert (found.about.colleagues, found.waits) == (1, True)
    assert found.names == {world.sue.user_id: "Sue"}
    assert [each.proposal.id for each in world.confirm_changes.waiting()] == [proposal_id]
    assert world.help_users.activity(world.access.search(BOSS.value)[0].user).new_address == found.proposal
