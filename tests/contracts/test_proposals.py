"""What every adapter of `checkdata.domain.ports.Proposals` must do."""

from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve

from checkdata.domain.access.proposals import NewAddress, Proposal, ProposalId, ProposalState, ProposedChange
from checkdata.domain.errors import StorageConflict
from checkdata.domain.form_digest import FormDigest
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.ports import Storage
from checkdata.domain.values import EmailAddress, LeadProviderId, UserId
from tests.contracts.units_of_work import read, write
from tests.strategies import NOON

HOUR = timedelta(hours=1)
ADDRESS = NewAddress(
    user_id=UserId("ada"), old=EmailAddress("ada@north.example"), new=EmailAddress("ada@north.org.example")
)


DRAFT = Agreement(
    id="hand-1",
    lead_provider_id=LeadProviderId("ambition"),
    delivery_partner_id="north",
    starts_on=date(2023, 9, 1),
    ends_on=date(2025, 8, 31),
    first_academic_year=2022,
    covers_unconfirmed=False,
    added_by_hand=True,
)


def a_proposal(id: str = "p1", **changes: Any) -> Proposal:  # noqa: A002, ANN401 - the field's own name, any field
    proposal = Proposal(
        id=ProposalId(id),
        change=ADDRESS,
        basis=FormDigest("as it was"),
        reason="Married: “Zoë”\nnow",
        proposed_by=UserId("sue"),
        proposed_at=NOON,
        expires_at=NOON + 7 * 24 * HOUR,
    )
    return evolve(proposal, **changes)


def add(storage: Storage, *proposals: Proposal) -> None:
    for proposal in proposals:
        write(storage, lambda work, each=proposal: work.proposals.add(each))  # type: ignore[misc]


def ids(found: object) -> list[str]:
    assert isinstance(found, list)
    return [proposal.id for proposal in found]


def test_there_is_no_proposal_at_first(storage: Storage) -> None:
    assert read(storage, lambda work: work.proposals.get(ProposalId("p1"))) is None
    assert list(read(storage, lambda work: work.proposals.undecided())) == []
    assert list(read(storage, lambda work: work.proposals.of_user(UserId("ada")))) == []


@pytest.mark.parametrize(
    "change", [ADDRESS, DRAFT, evolve(DRAFT, ends_on=None, first_academic_year=None)], ids=["address", "draft", "open"]
)
def test_a_proposal_comes_back_as_it_was_added_and_as_it_was_decided(storage: Storage, change: ProposedChange) -> None:
    proposal = a_proposal(change=change)
    add(storage, proposal)
    assert read(storage, lambda work: work.proposals.get(proposal.id)) == proposal
    decided = proposal.refused(UserId("ben"), NOON + HOUR, "Not theirs")
    write(storage, lambda work: work.proposals.replace(decided))
    assert read(storage, lambda work: work.proposals.get(proposal.id)) == decided


def test_a_proposal_whose_id_is_taken_is_not_added(storage: Storage) -> None:
    add(storage, a_proposal())
    with pytest.raises(StorageConflict):
        add(storage, a_proposal(reason="Another"))


def test_a_proposal_is_decided_once_and_only_if_it_is_there(storage: Storage) -> None:
    proposal = a_proposal()
    confirmed = proposal.confirmed(UserId("ben"), NOON, "")
    with pytest.raises(StorageConflict):
        write(storage, lambda work: work.proposals.replace(confirmed))
    add(storage, proposal)
    write(storage, lambda work: work.proposals.replace(confirmed))
    with pytest.raises(StorageConflict):
        write(storage, lambda work: work.proposals.replace(evolve(confirmed, state=ProposalState.REFUSED)))
    assert read(storage, lambda work: work.proposals.get(proposal.id)) == confirmed


def test_what_is_undecided_is_found_the_oldest_first_and_what_is_a_users_the_newest_first(storage: Storage) -> None:
    bea = evolve(ADDRESS, user_id=UserId("bea"))
    add(
        storage,
        a_proposal("p2", proposed_at=NOON + HOUR),
        a_proposal("p1"),
        a_proposal("p3", change=bea, proposed_at=NOON + 2 * HOUR),
        a_proposal("p5", change=DRAFT, proposed_at=NOON + 5 * HOUR),
        a_proposal("p4", proposed_at=NOON + 3 * HOUR).withdrawn(UserId("sue"), NOON + 4 * HOUR, "A mistake"),
    )
    assert ids(read(storage, lambda work: work.proposals.undecided())) == ["p1", "p2", "p3", "p5"]
    assert ids(read(storage, lambda work: work.proposals.of_user(UserId("ada")))) == ["p4", "p2", "p1"]


def test_a_proposal_can_be_held_and_then_read(storage: Storage) -> None:
    add(storage, a_proposal())
    with storage.writing() as work:
        work.proposals.hold(ProposalId("p1"))
        assert work.proposals.get(ProposalId("p1")) == a_proposal()
