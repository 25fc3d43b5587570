"""No address, in any spelling, becomes that of two users, even of two changes at once (security.md 55, rule 4)."""

from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import uuid4

import pytest
from attrs import evolve, frozen

from checkdata.domain.errors import StorageConflict
from checkdata.domain.messages import SecondAddressLinkMessage
from checkdata.domain.people.organisations import Role
from checkdata.domain.people.users import SecondAddress, User
from checkdata.domain.ports import Storage
from checkdata.domain.values import EmailAddress
from checkdata.testing._suites.people import ADA, BEA
from tests.access_world import BODY, BOSS, NORTH, AccessWorld
from tests.contracts.examples import with_people
from tests.contracts.interleaving import Outcomes, Refused, SteppingStorage, interleavings
from tests.contracts.test_change_races import one_was_faster
from tests.contracts.units_of_work import read, write
from tests.integration.access_facts import changes_between, facts_in, recorded_between

SECOND: Final = EmailAddress("jo.lee@trust.example")
OTHER_SPELLING: Final = EmailAddress("jolee+two@trust.example")


@pytest.fixture
def world(storage: Storage) -> AccessWorld:
    return AccessWorld(storage=SteppingStorage(storage))


@frozen
class Wanted:
    """An address of its own that two users are to get, under another name each time."""

    world: AccessWorld
    name: str
    one: User
    other: User

    def add_to_one(self) -> object:
        return self.world.help_users.add_address(self.one.email, self._as("."), reason="x")

    def add_to_other(self) -> object:
        return self.world.help_users.add_address(self.other.email, self._as("."), reason="x")

    def add_spelt_to_other(self) -> object:
        return self.world.help_users.add_address(self.other.email, self._as(""), reason="x")

    def move_other(self) -> object:
        return self.world.help_users.change_address(self.other.email, self._as(""), reason="x")

    def make_user(self) -> object:
        return self.world.add(self._as(""), Role.APPROPRIATE_BODY, BODY.id)

    def _as(self, between: str) -> EmailAddress:
        return EmailAddress(f"jo{between}{self.name}@trust.example")


def wanted(world: AccessWorld) -> Wanted:
    name = uuid4().hex
    one, other = (world.add(EmailAddress(f"{n}-{name}@north.example"), Role.DELIVERY_PARTNER, NORTH.id) for n in "ab")
    return Wanted(world, name, one, other)


@pytest.mark.parametrize(
    "act",
    [Wanted.add_to_other, Wanted.add_spelt_to_other, Wanted.move_other, Wanted.make_user],
    ids=lambda act: act.__name__,
)
def test_of_two_who_get_one_address_at_once_one_does(world: AccessWorld, act: Callable[[Wanted], object]) -> None:
    for acts in ((Wanted.add_to_one, act), (act, Wanted.add_to_one)):
        interleavings(partial(wanted, world), acts, lambda _, outcomes: one_was_faster(outcomes))


@frozen
class Asked:
    """A user, and the token of the link that their second address was sent."""

    world: AccessWorld
    user: User
    token: str

    def confirm(self) -> object:
        return self.world.sign_in.sign_in(self.token)

    def remove(self) -> object:
        return self.world.help_users.remove_address(self.user.email, reason="x")

    def suspend(self) -> object:
        return self.world.access.suspend(self.user.email, reason="x")


def asked(world: AccessWorld) -> Asked:
    name = uuid4().hex
    user = world.add(EmailAddress(f"{name}@north.example"), Role.DELIVERY_PARTNER, NORTH.id)
    world.help_users.add_address(user.email, EmailAddress(f"{name}@trust.example"), reason="x")
    [message] = [message for _, message in world.mails() if isinstance(message, SecondAddressLinkMessage)]
    return Asked(world, user, message.url.rpartition("/")[2])


@pytest.mark.parametrize("end", [Asked.remove, Asked.suspend], ids=lambda act: act.__name__)
def test_no_session_outlasts_what_ends_a_second_address(world: AccessWorld, end: Callable[[Asked], object]) -> None:
    def holds(at: Asked, outcomes: Outcomes) -> None:
        assert not isinstance(outcomes.second if outcomes.first is None else None, Refused)
        assert read(world.storage, lambda work: work.sign_ins.sessions_of(at.user.id)) == []

    for acts in ((Asked.confirm, end), (end, Asked.confirm)):
        interleavings(partial(asked, world), acts, holds)


def test_a_link_confirms_once(world: AccessWorld) -> None:
    def holds(at: Asked, outcomes: Outcomes) -> None:
        assert [isinstance(each, Refused) for each in (outcomes.first, outcomes.second)].count(True) == 1
        before = facts_in(world.storage)
        assert [user.second and user.second.counts for user in before.users.values() if user.id == at.user.id] == [True]

    interleavings(partial(asked, world), (Asked.confirm, Asked.confirm), holds)


def test_each_change_of_a_second_address_is_one_event(world: AccessWorld) -> None:
    for act in (Asked.confirm, Asked.remove):
        at = asked(world)
        before = facts_in(world.storage)
        act(at)
        after = facts_in(world.storage)
        assert changes_between(before, after) == recorded_between(before, after) != {}
    before = facts_in(world.storage)
    world.help_users.add_address(BOSS, SECOND, reason="x")
    after = facts_in(world.storage)
    assert changes_between(before, after) == recorded_between(before, after) != {}


def with_second(user: User, email: EmailAddress) -> User:
    return evolve(user, second=SecondAddress(email=email))


def test_a_storage_refuses_an_address_that_another_user_has_as_either(storage: Storage) -> None:
    with_people(storage)
    write(storage, lambda work: work.users.replace(with_second(ADA, SECOND)))
    for taken in (evolve(BEA, email=SECOND), with_second(BEA, SECOND), with_second(BEA, ADA.email)):
        with pytest.raises(StorageConflict):
            write(storage, partial(lambda user, work: work.users.replace(user), taken))
    assert read(storage, lambda work: work.users.get(BEA.id)) == BEA


def test_an_address_that_a_user_gave_up_is_free(storage: Storage) -> None:
    with_people(storage)
    write(storage, lambda work: work.users.replace(with_second(ADA, SECOND)))
    assert read(storage, lambda work: work.users.get(ADA.id)) == with_second(ADA, SECOND)
    write(storage, lambda work: work.users.replace(ADA))
    write(storage, lambda work: work.users.replace(with_second(BEA, SECOND)))
    assert read(storage, lambda work: work.users.at_mailbox(OTHER_SPELLING)) == [with_second(BEA, SECOND)]
    assert read(storage, lambda work: work.users.with_email(SECOND)) is None
