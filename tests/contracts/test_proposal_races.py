"""What waits for a second support user is decided once, by those who may decide it, in every interleaving."""

from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import uuid4

import pytest
from attrs import frozen

from checkdata.domain.access.decision import AccessRefused
from checkdata.domain.access.proposals import NewAddress, Proposal
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import Overtaken
from checkdata.domain.people.organisations import Role
from checkdata.domain.people.users import User
from checkdata.domain.ports import Storage
from checkdata.domain.services.access.manage_agreements import NewAgreement
from checkdata.domain.values import EmailAddress, UserId
from tests.access_world import BEN, BOSS, LEAD, NORTH, SOUTH, SUE, AccessWorld
from tests.contracts.interleaving import Outcomes, Refused, SteppingStorage, breaks_off, interleavings
from tests.contracts.test_change_races import one_was_faster
from tests.integration.access_facts import changes_between, facts_in, recorded_between

CY: Final = EmailAddress("cy@dfe.example")


@pytest.fixture
def world(storage: Storage) -> AccessWorld:
    """Cy is a support user too."""
    world = AccessWorld(storage=SteppingStorage(storage))
    world.add(CY, Role.SUPPORT)
    return world


def drafted(world: AccessWorld) -> tuple[Proposal, NewAgreement]:
    """A draft that starts on another day than all before."""
    world.pass_time(days=1)
    new = NewAgreement(lead_provider_id=LEAD.id, delivery_partner_id=SOUTH.id, starts_on=world.today, reason="Signed")
    proposal = world.manage_agreements.add(new, by=world.sue.user_id)
    assert isinstance(proposal, Proposal)
    return proposal, new


def test_a_confirmation_that_breaks_off_anywhere_changes_nothing(world: AccessWorld) -> None:
    for proposal in (deciding(world).proposal, drafted(world)[0]):
        before, number = facts_in(world.storage), 0
        while breaks_off(lambda: world.confirm_changes.confirm(proposal.id, by=world.ben.user_id), number):  # noqa: B023
            assert facts_in(world.storage) == before
            assert proposal in [found.proposal for found in world.confirm_changes.waiting()]
            number += 1
        assert number > 10
        assert changes_between(before, after := facts_in(world.storage)) == recorded_between(before, after)
        assert after != before


def test_of_two_who_confirm_a_draft_one_does(world: AccessWorld) -> None:
    [cy] = world.access.search(CY.value)

    def holds(at: Proposal, outcomes: Outcomes) -> None:
        one_was_faster(outcomes)
        assert at.change in [found.agreement for found in world.manage_agreements.all()]

    def confirm(at: Proposal, by: UserId) -> object:
        return world.confirm_changes.confirm(at.id, by=by, seen=at.seen)

    acts = partial(confirm, by=world.ben.user_id), partial(confirm, by=cy.user.id)
    interleavings(lambda: drafted(world)[0], acts, holds)


def test_a_draft_is_never_confirmed_beside_an_agreement_that_was_made_meanwhile(world: AccessWorld) -> None:
    def confirm(at: tuple[Proposal, NewAgreement]) -> object:
        return world.confirm_changes.confirm(at[0].id, by=world.ben.user_id)

    def add(at: tuple[Proposal, NewAgreement]) -> object:
        return world.manage_agreements.add(at[1])

    for acts in ((confirm, add), (add, confirm)):
        interleavings(lambda: drafted(world), acts, lambda _, outcomes: one_was_faster(outcomes))


def test_no_mail_is_sent_again_after_its_sender_was_suspended(world: AccessWorld) -> None:
    def stage() -> str:
        if world.access.search(BEN.value)[0].user.suspended:
            world.access.reinstate(BEN, reason="Cleared")
        world.mails()
        return world.help_users.mails(BOSS)[0].entry.id

    def send(entry_id: str) -> None:
        try:
            world.help_users.send_again(BOSS, entry_id, by=world.ben.user_id)
        except AccessRefused:
            raise Overtaken from None

    def suspend(_: str) -> object:
        return world.access.suspend(BEN, reason="Investigation")

    def holds(sent: object) -> None:
        kinds = [event.kind for event in world.audit()]
        last = [kind for kind in kinds if kind in (AuditKind.MAIL_SENT_AGAIN, AuditKind.USER_SUSPENDED)][-2:]
        assert last[-1] is AuditKind.USER_SUSPENDED
        assert kept(sent) == (last[0] is AuditKind.MAIL_SENT_AGAIN)

    interleavings(stage, (send, suspend), lambda _, outcomes: holds(outcomes.first))
    interleavings(stage, (suspend, send), lambda _, outcomes: holds(outcomes.second))


@frozen
class Deciding:
    """A user whose new address Sue proposed, and who decides about it; Cy is a support user too."""

    world: AccessWorld
    user: User
    proposal: Proposal
    cy: UserId

    def confirm(self) -> object:
        return self._confirm(self.world.ben.user_id)

    def confirm_too(self) -> object:
        return self._confirm(self.cy)

    def refuse(self) -> object:
        return self.world.confirm_changes.refuse(self.proposal.id, by=self.cy, note="No", seen=self.proposal.seen)

    def withdraw(self) -> object:
        by = self.world.sue.user_id
        return self.world.confirm_changes.withdraw(self.proposal.id, by=by, note="No", seen=self.proposal.seen)

    def suspend_user(self) -> object:
        return self.world.access.suspend(self.user.email, reason="Investigation")

    def suspend_proposer(self) -> object:
        return self.world.access.suspend(SUE, reason="Investigation")

    def suspend_confirmer(self) -> object:
        return self.world.access.suspend(BEN, reason="Investigation")

    def _confirm(self, by: UserId) -> object:
        try:
            return self.world.confirm_changes.confirm(self.proposal.id, by=by, seen=self.proposal.seen)
        except AccessRefused:
            raise Overtaken from None

    @property
    def moved(self) -> bool:
        with self.world.storage.reading() as work:
            user = work.users.get(self.user.id)
        assert user is not None
        assert isinstance(self.proposal.change, NewAddress)
        return user.email == self.proposal.change.new


def deciding(world: AccessWorld) -> Deciding:
    for email in (SUE, BEN):
        if world.access.search(email.value)[0].user.suspended:
            world.access.reinstate(email, reason="Cleared")
    [cy] = world.access.search(CY.value)
    name = uuid4().hex
    user = world.add(EmailAddress(f"{name}@north.example"), Role.DELIVERY_PARTNER, NORTH.id)
    new = EmailAddress(f"{name}@moved.example")
    proposal = world.help_users.propose_address(user.email, new, reason="So", by=world.sue.user_id)
    return Deciding(world, user, proposal, cy.user.id)


@pytest.mark.parametrize(
    "acts",
    [
        (Deciding.confirm, Deciding.confirm_too),
        (Deciding.confirm, Deciding.refuse),
        (Deciding.refuse, Deciding.confirm),
        (Deciding.confirm, Deciding.withdraw),
        (Deciding.withdraw, Deciding.confirm),
    ],
    ids=lambda acts: f"{acts[0].__name__}-{acts[1].__name__}",
)
def test_of_two_who_decide_about_a_proposal_one_does(
    world: AccessWorld, acts: tuple[Callable[[Deciding], object], Callable[[Deciding], object]]
) -> None:
    def holds(at: Deciding, outcomes: Outcomes) -> None:
        one_was_faster(outcomes)
        confirmed = [act for act, done in zip(acts, (outcomes.first, outcomes.second), strict=True) if kept(done)]
        assert at.moved == (confirmed[0] in (Deciding.confirm, Deciding.confirm_too))

    interleavings(lambda: deciding(world), acts, holds)


def kept(outcome: object) -> bool:
    return not isinstance(outcome, Refused)


@pytest.mark.parametrize(
    "suspend",
    [Deciding.suspend_user, Deciding.suspend_proposer, Deciding.suspend_confirmer],
    ids=lambda act: act.__name__,
)
def test_no_address_changes_after_one_of_those_who_take_part_was_suspended(
    world: AccessWorld, suspend: Callable[[Deciding], object]
) -> None:
    def holds(at: Deciding, confirmed: object, suspended: object) -> None:
        assert at.moved == kept(confirmed)
        if at.moved and kept(suspended):
            kinds = [event.kind for event in world.audit()]
            last = [kind for kind in kinds if kind in (AuditKind.ADDRESS_CHANGED, AuditKind.USER_SUSPENDED)][-2:]
            assert last == [AuditKind.ADDRESS_CHANGED, AuditKind.USER_SUSPENDED]

    stage = partial(deciding, world)
    interleavings(stage, (Deciding.confirm, suspend), lambda at, found: holds(at, found.first, found.second))
    interleavings(stage, (suspend, Deciding.confirm), lambda at, found: holds(at, found.second, found.first))
