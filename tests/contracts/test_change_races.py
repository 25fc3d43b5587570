"""Of two users who change the same thing at once, one is told that the other was faster, in every interleaving."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from itertools import product
from typing import Final, Literal
from uuid import uuid4

import pytest
from attrs import evolve, frozen

from checkdata.adapters.memory import MemoryFeed, MemoryRejections
from checkdata.domain.access.proposals import PROPOSAL_LIVES
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ConfirmationRefused, Overtaken
from checkdata.domain.form_digest import FormDigest, form_digest
from checkdata.domain.nomination_messages import ConfirmationRequested
from checkdata.domain.nominations.steps import Answer, NominationState
from checkdata.domain.people.organisations import Agreement, Role
from checkdata.domain.people.users import Grant, User
from checkdata.domain.ports import Storage
from checkdata.domain.services.access.manage_agreements import NewAgreement
from checkdata.domain.services.feed.import_feed import ImportFeed
from checkdata.domain.services.nominations.answer_by_link import new_confirmation_link
from checkdata.domain.services.nominations.nominate import MailedNomination
from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId
from tests.access_world import BOSS, CONTACT, LEAD, NORTH, OTHER_LEAD, REFERENCES, SOUTH, AccessWorld
from tests.contracts.interleaving import Act, Outcomes, Refused, SteppingStorage, interleavings


@pytest.fixture
def world(storage: Storage) -> AccessWorld:
    return AccessWorld(storage=SteppingStorage(storage))


def one_was_faster(outcomes: Outcomes) -> None:
    """One was told yes, and the other that another user was faster (rules.md: 409)."""
    refused = [each.why for each in (outcomes.first, outcomes.second) if isinstance(each, Refused)]
    assert len(refused) == 1
    assert isinstance(refused[0], Overtaken)


@frozen
class Nominated:
    """A nomination of a person of its own, as two people saw it."""

    world: AccessWorld
    id: NominationId
    email: EmailAddress
    seen: FormDigest

    def escalate(self) -> object:
        return self.world.nominate.escalate(self.id, by=self.world.sue, seen=self.seen)

    def ask(self) -> object:
        return self._ask(LEAD.id, by_link=True)

    def ask_another(self) -> object:
        return self._ask(OTHER_LEAD.id, by_link=False)

    def confirm(self) -> object:
        return self._answer(confirms=True)

    def decline(self) -> object:
        return self._answer(confirms=False)

    def withdraw(self) -> object:
        return self.world.nominate.withdraw(self.id, by=self.world.ben, note="No", seen=self.seen)

    def grant(self) -> object:
        return self.world.nominate.grant(self.id, by=self.world.ben, seen=self.seen)

    def _ask(self, lead: LeadProviderId, *, by_link: bool) -> object:
        return self.world.nominate.ask(self.id, lead, by=self.world.pam, by_link=by_link, seen=self.seen)

    def _answer(self, *, confirms: bool) -> object:
        answer = Answer(contact="Ann", given_on=self.world.today, reference="Mail 7")
        nominating, by = self.world.nominate, self.world.pam
        return nominating.record_answer(self.id, answer, confirms=confirms, by=by, note="So", seen=self.seen)


def nominated(world: AccessWorld, begins: NominationState) -> Nominated:
    """A new nomination that has come to the state that a test begins with."""
    email = EmailAddress(f"cat-{uuid4().hex}@north.example")
    received = world.receive(email)
    steps: Mapping[NominationState, Act] = {
        NominationState.RECEIVED: lambda: world.nominate.escalate(received, by=world.sue),
        NominationState.ESCALATED: lambda: world.nominate.ask(received, LEAD.id, by=world.pam, by_link=False),
        NominationState.ASKED: lambda: world.answer(received),
    }
    for state, step in steps.items():
        if state is begins:
            break
        step()
    return Nominated(world, received, email, world.nomination(received).seen)


Step = Callable[[Nominated], object]

POSSIBLE: Final[Mapping[NominationState, tuple[Step, ...]]] = {
    NominationState.RECEIVED: (Nominated.escalate, Nominated.withdraw),
    NominationState.ESCALATED: (Nominated.ask, Nominated.ask_another, Nominated.withdraw),
    NominationState.ASKED: (
        Nominated.confirm,
        Nominated.decline,
        Nominated.ask_another,
        Nominated.ask,
        Nominated.withdraw,
    ),
    NominationState.CONFIRMED: (Nominated.grant, Nominated.withdraw),
}
"""The steps that a form offers in each state."""


@pytest.mark.parametrize("begins", POSSIBLE, ids=lambda state: state.value)
def test_of_two_steps_from_one_page_one_is_taken_and_one_told(world: AccessWorld, begins: NominationState) -> None:
    for first, second in product(POSSIBLE[begins], repeat=2):
        interleavings(
            lambda: nominated(world, begins),
            (first, second),
            one_step_was_taken,
        )


def one_step_was_taken(at: Nominated, outcomes: Outcomes) -> None:
    """One step, and as many links as steps that ask for one."""
    one_was_faster(outcomes)
    steps = at.world.nomination(at.id).steps
    assert FormDigest(str(len(steps) - 1)) == at.seen
    assert len(links_to_contact(at.world, at.id)) == sum(step.contact == CONTACT.value for step in steps)


def links_to_contact(world: AccessWorld, nomination_id: NominationId) -> list[ConfirmationRequested]:
    with world.storage.reading() as work:
        messages = [mail.entry.message for mail in work.outbox.last_to(CONTACT, 1000)]
    asked = [message for message in messages if isinstance(message, ConfirmationRequested)]
    return [message for message in asked if message.nomination_id == nomination_id]


def test_an_answer_is_that_of_the_lead_provider_whom_its_form_showed(world: AccessWorld) -> None:
    def holds(at: Nominated, outcomes: Outcomes) -> None:
        one_was_faster(outcomes)
        last = world.nomination(at.id).steps[-1]
        expected = (NominationState.CONFIRMED, LEAD.id), (NominationState.ASKED, OTHER_LEAD.id)
        assert (last.state, last.lead_provider_id) in expected

    stage = partial(nominated, world, NominationState.ASKED)
    interleavings(stage, (Nominated.confirm, Nominated.ask_another), holds)
    interleavings(stage, (Nominated.ask_another, Nominated.confirm), holds)


@frozen
class Linked:
    """A nomination that waits for the answer of a contact, who has a link that works."""

    nominated: Nominated
    token: str

    def open(self) -> str:
        return self.nominated.world.answer_by_link.open(self.token)

    def withdraw(self) -> object:
        return self.nominated.withdraw()


def linked(world: AccessWorld) -> Linked:
    at = nominated(world, NominationState.ESCALATED)
    seen = world.nominate.ask(at.id, LEAD.id, by=world.pam, by_link=True).seen
    request = ConfirmationRequested(nomination_id=at.id, lead_provider_id=LEAD.id)
    lifetimes = world.answer_by_link.lifetimes
    token, link = new_confirmation_link(request, CONTACT, world.tokens, world.now, lifetimes)
    with world.storage.writing() as work:
        work.confirmations.add_link(link)
        work.commit()
    return Linked(evolve(at, seen=seen), token)


def test_no_link_opens_what_was_withdrawn_and_neither_waits_for_the_other(world: AccessWorld) -> None:
    def holds(opened: object, withdrawn: object) -> None:
        assert not isinstance(withdrawn, Refused)
        if isinstance(opened, Refused):
            assert isinstance(opened.why, ConfirmationRefused)
        else:
            with pytest.raises(ConfirmationRefused):
                world.answer_by_link.question(str(opened))

    stage = partial(linked, world)
    interleavings(stage, (Linked.open, Linked.withdraw), lambda _, found: holds(found.first, found.second))
    interleavings(stage, (Linked.withdraw, Linked.open), lambda _, found: holds(found.second, found.first))


@frozen
class Seeing:
    """Two support users who look at Bob's page, and change what it shows."""

    world: AccessWorld
    user: User
    seen: FormDigest

    def suspend(self) -> object:
        return self.world.access.suspend(self.user.email, reason="No", by=self.world.sue.user_id, seen=self.seen)

    def reinstate(self) -> object:
        return self.world.access.reinstate(self.user.email, reason="So", by=self.world.ben.user_id, seen=self.seen)

    def propose(self) -> object:
        return self._propose("a.example")

    def propose_another(self) -> object:
        return self._propose("b.example")

    def _propose(self, domain: str) -> object:
        new, by = EmailAddress(f"boss@{domain}"), self.world.sue.user_id
        return self.world.help_users.propose_address(self.user.email, new, reason="So", by=by, seen=self.seen)


def seeing(world: AccessWorld) -> Seeing:
    """Both look at Bob while he is not suspended, and no new address waits."""
    world.now += PROPOSAL_LIVES
    if bob(world).suspended:
        world.access.reinstate(bob(world).email, reason="Over")
    return Seeing(world, bob(world), form_digest(bob(world)))


def bob(world: AccessWorld) -> User:
    with world.storage.reading() as work:
        user = work.users.get(world.bob.user_id)
    assert user is not None
    return user


@pytest.mark.parametrize(
    "acts",
    [
        (Seeing.suspend, Seeing.suspend),
        (Seeing.suspend, Seeing.reinstate),
        (Seeing.reinstate, Seeing.suspend),
        (Seeing.propose, Seeing.propose_another),
    ],
    ids=lambda acts: f"{acts[0].__name__}-{acts[1].__name__}",
)
def test_of_two_changes_from_one_page_of_a_user_one_is_made_and_one_told(
    world: AccessWorld, acts: tuple[Callable[[Seeing], object], Callable[[Seeing], object]]
) -> None:
    interleavings(lambda: seeing(world), acts, lambda _, outcomes: one_was_faster(outcomes))


def test_of_two_users_who_get_one_address_one_does(world: AccessWorld) -> None:
    def stage() -> tuple[User, User, EmailAddress]:
        words = [uuid4().hex for _ in range(3)]
        ann, bea, new = (EmailAddress(f"{word}@south.example") for word in words)
        return world.add(ann, Role.SUPPORT), world.add(bea, Role.SUPPORT), new

    def move(at: tuple[User, User, EmailAddress], number: Literal[0, 1]) -> object:
        return world.help_users.change_address(at[number].email, at[2], reason="So")

    acts = (partial(move, number=0), partial(move, number=1))
    interleavings(stage, acts, lambda _, outcomes: one_was_faster(outcomes))


def south_agrees(world: AccessWorld) -> Agreement:
    """An agreement by hand, the only one of its partner that began that day."""
    world.pass_time(days=1)
    return world.manage_agreements.add(of_today(world))


def of_today(world: AccessWorld) -> NewAgreement:
    return NewAgreement(lead_provider_id=LEAD.id, delivery_partner_id=SOUTH.id, starts_on=world.today, reason="Signed")


def test_of_two_who_end_an_agreement_on_other_days_one_does(world: AccessWorld) -> None:
    def end(agreement: Agreement, last_day: date | None) -> object:
        return world.manage_agreements.end(agreement.id, reason="Over", last_day=last_day, seen=form_digest(agreement))

    acts = (lambda at: end(at, world.today), lambda at: end(at, None))
    interleavings(lambda: south_agrees(world), acts, lambda _, outcomes: one_was_faster(outcomes))


def test_of_two_who_add_the_same_agreement_one_does(world: AccessWorld) -> None:
    def add(new: NewAgreement) -> object:
        return world.manage_agreements.add(new)

    def stage() -> NewAgreement:
        world.pass_time(days=1)
        return of_today(world)

    interleavings(stage, (add, add), lambda _, outcomes: one_was_faster(outcomes))


@frozen
class Reviewed:
    """Access that two support users review, as they saw it."""

    world: AccessWorld
    grant: Grant
    seen: FormDigest

    def keep(self) -> object:
        return self.world.review_access.keep(self.grant.id, by=self.world.sue, seen=self.seen)

    def remove(self) -> object:
        return self.world.review_access.remove(self.grant.id, reason="No", by=self.world.ben.user_id, seen=self.seen)


def reviewed(world: AccessWorld) -> Reviewed:
    email = EmailAddress(f"{uuid4().hex}@north.example")
    user = world.add(email, Role.DELIVERY_PARTNER, NORTH.id)
    [grant] = world.grants(email)
    return Reviewed(world, grant, form_digest(user, grant))


@pytest.mark.parametrize("act", [Reviewed.keep, Reviewed.remove], ids=lambda act: act.__name__)
def test_of_two_who_give_the_same_answer_to_a_review_one_does(
    world: AccessWorld, act: Callable[[Reviewed], object]
) -> None:
    interleavings(lambda: reviewed(world), (act, act), lambda _, outcomes: one_was_faster(outcomes))


@frozen
class Ending:
    """A confirmed nomination, and the agreement under which it was confirmed."""

    world: AccessWorld
    nomination_id: NominationId
    agreement: Agreement

    def grant(self) -> object:
        return self.world.nominate.grant(self.nomination_id, by=self.world.ben)

    def end(self) -> object:
        return self.world.manage_agreements.end(self.agreement.id, reason="Over")

    def end_by_feed(self) -> object:
        load(self.world, evolve(self.agreement, ends_on=self.world.today - timedelta(days=1)))
        return self.agreement


def confirmed_under(world: AccessWorld, agreement: Agreement) -> Ending:
    mailed = MailedNomination(
        email=EmailAddress(f"{uuid4().hex}@south.example"),
        name="Cat Lee",
        role=Role.DELIVERY_PARTNER,
        organisation_id=SOUTH.id,
        nominated_by=BOSS,
        reference="Mail 1",
    )
    received = world.nominate.receive(mailed, by=world.sue).id
    world.nominate.escalate(received, by=world.sue)
    world.nominate.ask(received, LEAD.id, by=world.pam, by_link=False)
    return Ending(world, world.answer(received).id, agreement)


def south_agrees_by_feed(world: AccessWorld) -> Agreement:
    world.pass_time(days=1)
    agreement = Agreement(
        id=f"feed-{uuid4().hex}",
        lead_provider_id=LEAD.id,
        delivery_partner_id=SOUTH.id,
        starts_on=world.today - timedelta(days=9),
    )
    load(world, agreement)
    return agreement


def load(world: AccessWorld, agreement: Agreement) -> None:
    """A feed with this agreement, whatever others there are, comes in."""
    feed = MemoryFeed.of([], references=evolve(REFERENCES, agreements=[agreement]))
    ImportFeed(storage=world.storage, clock=world.clock).load(feed, MemoryRejections(), today=world.today)


def given_before(at: Ending, ends: AuditKind, granted: object) -> None:
    """Where access was given, that comes before the agreement's end by the log's own numbers."""
    events = at.world.audit()
    end = max(number for number, event in enumerate(events) if event.kind is ends)
    given = [n for n, event in enumerate(events) if event.details.get("nomination_id") == at.nomination_id]
    added = [number for number in given if events[number].kind is AuditKind.GRANT_ADDED]
    assert len(added) == (not isinstance(granted, Refused))
    assert all(number < end for number in added)


def test_no_access_is_given_after_the_end_of_its_agreement(world: AccessWorld) -> None:
    def stage() -> Ending:
        return confirmed_under(world, south_agrees(world))

    ends = AuditKind.AGREEMENT_ENDED
    interleavings(stage, (Ending.grant, Ending.end), lambda at, found: given_before(at, ends, found.first))
    interleavings(stage, (Ending.end, Ending.grant), lambda at, found: given_before(at, ends, found.second))


def test_no_access_is_given_after_an_import_that_ends_its_agreement(world: AccessWorld) -> None:
    def stage() -> Ending:
        return confirmed_under(world, south_agrees_by_feed(world))

    acts, ends = (Ending.grant, Ending.end_by_feed), AuditKind.FEED_IMPORTED
    interleavings(stage, acts, lambda at, found: given_before(at, ends, found.first))
    interleavings(stage, acts[::-1], lambda at, found: given_before(at, ends, found.second))


@frozen
class Moving:
    """A confirmed nomination of a person who is no user, and another user who will get their address."""

    nominated: Nominated
    other: User

    def grant(self) -> object:
        return self.nominated.grant()

    def move(self) -> object:
        helping = self.nominated.world.help_users
        return helping.change_address(self.other.email, self.nominated.email, reason="Married")


def test_a_grant_never_names_a_user_whose_address_became_the_one_confirmed(world: AccessWorld) -> None:
    def stage() -> Moving:
        other = world.add(EmailAddress(f"{uuid4().hex}@dfe.example"), Role.SUPPORT, name="Cat Lee")
        return Moving(nominated(world, NominationState.CONFIRMED), other)

    def holds(at: Moving, outcomes: Outcomes) -> None:
        assert isinstance(outcomes.first, Refused) != isinstance(outcomes.second, Refused)
        with world.storage.reading() as work:
            assert [grant.organisation.role for grant in work.users.grants_of(at.other.id)] == [Role.SUPPORT]

    interleavings(stage, (Moving.grant, Moving.move), holds)
    interleavings(stage, (Moving.move, Moving.grant), holds)
