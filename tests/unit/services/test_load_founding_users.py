from collections.abc import Sequence

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.messages import AccessGranted
from checkdata.domain.nominations.founding_users import ListedUser, RefusedUser
from checkdata.domain.services.access.load_founding_users import LoadedUsers, LoadFoundingUsers
from checkdata.domain.values import LeadProviderId
from tests.access_world import BODY, BOSS, CAT, LEAD, NORTH, SOUTH, STRANGER_LEAD, SUE, AccessWorld


@pytest.fixture
def world() -> AccessWorld:
    world = AccessWorld()
    world.mails()
    return world


def row(line: int = 2, email: str = CAT.value, name: str = "Cat Lee", partner: str = NORTH.id) -> ListedUser:
    return ListedUser(line=line, email=email, name=name, delivery_partner_id=partner)


def load(
    world: AccessWorld,
    *rows: ListedUser | RefusedUser,
    confirmed_by: LeadProviderId = LEAD.id,
    dry_run: bool = False,
) -> LoadedUsers:
    loading = LoadFoundingUsers(storage=world.storage, clock=world.clock)
    return loading.load(rows, confirmed_by, dry_run=dry_run)


def lines(outcome: LoadedUsers) -> Sequence[int]:
    return [refused.line for refused in outcome.refused]


def test_a_listed_user_is_given_access_with_the_lead_provider_as_confirmer(world: AccessWorld) -> None:
    assert load(world, row(email=" Cat@NORTH.example ")) == LoadedUsers(added=1, refused=[])
    [grant] = world.grants()
    assert (grant.organisation, grant.confirmed_by, grant.nomination_id) == (NORTH, LEAD.id, None)
    assert [type(message) for _, message in world.mails()] == [AccessGranted]


def test_nothing_is_loaded_twice_neither_by_two_rows_nor_by_two_runs(world: AccessWorld) -> None:
    assert load(world, row(2), row(3)) == LoadedUsers(added=1, already=1, refused=[])
    before = world.audit()
    assert load(world, row(2), row(3, BOSS.value)) == LoadedUsers(already=2, refused=[])
    assert world.audit() == before


def test_a_refused_row_says_why_and_leaves_the_others_as_they_are(world: AccessWorld) -> None:
    world.access.suspend(BOSS, reason="Investigation")
    world.access.remove(BOSS, reason="Left")
    outcome = load(
        world,
        row(2, "no address"),
        row(3, name="  "),
        row(4, partner="unheard-of"),
        row(5, partner=BODY.id),
        row(6, partner=SOUTH.id),
        row(7, BOSS.value),
        RefusedUser(8, "The row has 2 cells, the header 3."),
        row(9),
    )
    assert lines(outcome) == [2, 3, 4, 5, 6, 7, 8]
    assert all(refused.why.endswith(".") for refused in outcome.refused)
    assert not any("@" in refused.why.replace("name@example.com", "") for refused in outcome.refused)
    assert outcome.added == len(world.grants()) == 1


def test_a_dry_run_tells_the_same_and_changes_nothing(world: AccessWorld) -> None:
    before = world.audit(), world.access.search()
    rows = row(2), row(3, "no address"), row(4), row(5, BOSS.value)
    outcome = load(world, *rows, dry_run=True)
    assert (world.audit(), world.access.search()) == before
    assert world.mails() == []
    assert load(world, *rows) == outcome
    assert (outcome.added, outcome.already, lines(outcome)) == (1, 2, [3])


def test_a_lead_provider_without_an_agreement_in_force_confirms_no_nominee(world: AccessWorld) -> None:
    outcome = load(world, row(), confirmed_by=STRANGER_LEAD.id)
    assert "no data-sharing agreement in force" in outcome.refused[0].why
    assert outcome.added == 0


def test_an_unknown_lead_provider_refuses_the_whole_list(world: AccessWorld) -> None:
    with pytest.raises(ChangeRefused, match="no lead provider"):
        load(world, row(), confirmed_by=LeadProviderId("unheard-of"))


def test_a_user_with_another_role_gets_a_second_one(world: AccessWorld) -> None:
    load(world, row(email=SUE.value))
    assert len(world.grants(SUE)) == 2


def test_each_who_is_loaded_is_exactly_one_event(world: AccessWorld) -> None:
    before = len(world.audit())
    load(world, row(2), row(3), row(4, "dee@north.example"))
    events = world.audit()[before:]
    assert [(event.kind, event.actor) for event in events] == [(AuditKind.GRANT_ADDED, None)] * 2
    assert {event.details["reason"] for event in events} == {"Named by the lead provider in the original list"}
