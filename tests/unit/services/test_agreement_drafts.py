"""What a support user may not add alone is a draft, and gives nobody anything, until another confirms (rule 4)."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from attrs import evolve

from checkdata.domain.access.decision import AccessRefused
from checkdata.domain.access.drafts import Widening
from checkdata.domain.access.proposals import PROPOSAL_LIVES, Proposal
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken
from checkdata.domain.feed.contents import NamedIds
from checkdata.domain.people.organisations import Agreement, Role
from checkdata.domain.services.access.confirm_changes import DraftInDetail
from checkdata.domain.services.access.manage_agreements import NewAgreement
from tests.access_world import BEN, BOSS, LEAD, NORTH, SOUTH, STRANGER_LEAD, SUE, AccessWorld


@pytest.fixture
def world() -> AccessWorld:
    """Bob works at South Hub too, which has one agreement, with Meadow."""
    world = AccessWorld()
    world.load()
    return world


def new(world: AccessWorld, **changes: Any) -> NewAgreement:  # noqa: ANN401 - any field
    agreement = NewAgreement(
        lead_provider_id=LEAD.id, delivery_partner_id=SOUTH.id, starts_on=world.today, reason="Signed today"
    )
    return evolve(agreement, **changes)


def drafted(world: AccessWorld, **changes: Any) -> Proposal:  # noqa: ANN401 - any field
    proposal = world.manage_agreements.add(new(world, **changes), by=world.sue.user_id)
    assert isinstance(proposal, Proposal)
    return proposal


def confirm(world: AccessWorld, proposal: Proposal) -> object:
    return world.confirm_changes.confirm(proposal.id, by=world.ben.user_id)


def agreements(world: AccessWorld) -> list[Agreement]:
    return [found.agreement for found in world.manage_agreements.all()]


def refused(
    world: AccessWorld, change: Callable[[], object], sentence: str, kind: type[Exception] = ChangeRefused
) -> None:
    before = world.audit(), agreements(world), world.confirm_changes.drafts()
    with pytest.raises(kind, match=sentence):
        change()
    assert (world.audit(), agreements(world), world.confirm_changes.drafts()) == before


def test_a_draft_gives_nobody_anything_and_what_was_confirmed_gives_what_it_covers(world: AccessWorld) -> None:
    before = agreements(world)
    proposal = drafted(world, starts_on=world.today - timedelta(days=300))
    assert agreements(world) == before
    with pytest.raises(ChangeRefused, match="no data-sharing agreement"):
        world.add(BOSS, Role.DELIVERY_PARTNER, SOUTH.id)
    [draft] = world.confirm_changes.drafts()
    assert draft.proposal == proposal
    confirm(world, proposal)
    user = world.add(BOSS, Role.DELIVERY_PARTNER, SOUTH.id)
    assert world.seen(evolve(world.bob, user_id=user.id, organisation=SOUTH)) == {"souths"}
    assert list(world.confirm_changes.drafts()) == []


def test_what_widens_nothing_is_added_by_one_support_user(world: AccessWorld) -> None:
    renewal = new(world, delivery_partner_id=NORTH.id, covers_unconfirmed=False)
    added = world.manage_agreements.add(renewal, by=world.sue.user_id)
    assert isinstance(added, Agreement)
    assert added in agreements(world)


@pytest.mark.parametrize(
    ("changes", "widens"),
    [
        ({"delivery_partner_id": NORTH.id, "covers_unconfirmed": True}, (Widening.UNCONFIRMED,)),
        ({"lead_provider_id": STRANGER_LEAD.id, "covers_unconfirmed": False}, (Widening.YEARS,)),
        ({}, (Widening.YEARS, Widening.UNCONFIRMED)),
    ],
)
def test_a_draft_tells_why_it_needs_a_second_support_user(
    world: AccessWorld, changes: dict[str, Any], widens: tuple[Widening, ...]
) -> None:
    found = world.confirm_changes.one(drafted(world, **changes).id)
    assert found is not None
    assert isinstance(found.about, DraftInDetail)
    assert (found.about.widens, found.names) == (widens, {world.sue.user_id: "Sue"})


def test_an_operator_adds_an_agreement_which_is_recorded_as_an_operators(world: AccessWorld) -> None:
    world.manage_agreements.add(new(world))
    event = world.audit()[-1]
    assert (event.kind, event.actor) == (AuditKind.AGREEMENT_ADDED, None)


def test_each_step_is_one_event_that_names_who_took_it(world: AccessWorld) -> None:
    before = len(world.audit())
    proposal = drafted(world)
    confirm(world, proposal)
    told = [(event.kind, event.actor, event.organisation_id) for event in world.audit()[before:]]
    assert told == [
        (AuditKind.CHANGE_PROPOSED, world.sue.user_id, SOUTH.id),
        (AuditKind.AGREEMENT_ADDED, world.ben.user_id, SOUTH.id),
    ]
    details = world.audit()[-1].details
    assert (details["proposed_by"], details["proposal_id"]) == (world.sue.user_id, proposal.id)
    assert details["reason"] == "Signed today"


def test_one_support_user_does_not_make_a_draft_an_agreement(world: AccessWorld) -> None:
    proposal = drafted(world)
    assert isinstance(proposal.change, Agreement)
    draft_id, sue = proposal.change.id, world.sue.user_id
    refused(world, lambda: world.confirm_changes.confirm(proposal.id, by=sue), "You proposed this")
    refused(world, lambda: world.manage_agreements.end(draft_id, reason="x", by=sue), "no such agreement")
    refused(world, lambda: drafted(world), "same agreement already waits", Overtaken)


def test_a_draft_is_refused_or_withdrawn_and_expires(world: AccessWorld) -> None:
    changing = world.confirm_changes
    changing.refuse(drafted(world).id, by=world.ben.user_id, note="Not signed")
    changing.withdraw(drafted(world).id, by=world.sue.user_id, note="A mistake")
    proposal = drafted(world)
    world.now += PROPOSAL_LIVES
    refused(world, partial(confirm, world, proposal), "expired", Overtaken)
    assert [agreement for agreement in agreements(world) if agreement.added_by_hand] == []


def test_both_who_take_part_are_support_users_when_a_draft_is_confirmed(world: AccessWorld) -> None:
    proposal = drafted(world)
    world.access.remove(SUE, reason="Left")
    refused(world, partial(confirm, world, proposal), "no longer a support user", Overtaken)
    world.add(SUE, Role.SUPPORT)
    world.access.suspend(BEN, reason="Investigation")
    refused(world, partial(confirm, world, proposal), "suspended", AccessRefused)


def test_a_draft_is_for_what_the_two_had_agreed_when_it_was_proposed(world: AccessWorld) -> None:
    proposal = drafted(world, delivery_partner_id=NORTH.id)
    world.manage_agreements.end("ag-1", reason="Contract over")
    refused(world, partial(confirm, world, proposal), "What the two parties have agreed has changed", Overtaken)


def test_a_draft_with_a_party_that_the_feed_no_longer_has_is_not_confirmed(world: AccessWorld) -> None:
    proposal = drafted(world, lead_provider_id=STRANGER_LEAD.id)
    with world.storage.writing() as work:
        leads = frozenset(lead.id for lead in work.organisations.lead_providers()) - {STRANGER_LEAD.id}
        work.feed_store.delete_missing_references(NamedIds(lead_providers=leads))
        work.commit()
    refused(world, partial(confirm, world, proposal), "no lead provider with this id")
    found = world.confirm_changes.one(proposal.id)
    assert found is not None
    assert isinstance(found.about, DraftInDetail)
    assert found.about.lead_provider.name == STRANGER_LEAD.id


def test_a_draft_that_cannot_be_an_agreement_is_not_proposed(world: AccessWorld) -> None:
    refused(world, lambda: drafted(world, lead_provider_id="lp-nobody"), "no lead provider")
    same = {"delivery_partner_id": NORTH.id, "starts_on": agreements(world)[0].starts_on}
    refused(world, lambda: drafted(world, **same), "already exists", Overtaken)
