"""What every adapter of `checkdata.domain.ports.BoundAccounts` must do, and who is bound of sixteen at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Final

import pytest
from attrs import evolve

from checkdata.domain.access.decision import Acting
from checkdata.domain.errors import SignInRefused, StorageConflict
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import Storage
from checkdata.domain.services.access.keep_team import KeepTeam
from checkdata.domain.services.sign_in.sign_in_by_provider import SignInByProvider
from checkdata.domain.sign_in.identities import BoundAccount, Identity
from checkdata.testing._suites.people import ADA, BEA
from tests.access_world import BOSS, CAT, NORTH, AccessWorld
from tests.contracts.examples import with_people
from tests.contracts.units_of_work import read, write
from tests.strategies import NOON
from tests.unit.services.test_sign_in_by_provider import ProviderInMemory

RACERS: Final = 16
AT: Final = "https://id.example"
ACCOUNT: Final = BoundAccount(issuer=AT, subject="one", user_id=ADA.id, at_second=False, bound_at=NOON)
SECOND: Final = evolve(ACCOUNT, subject="two", at_second=True)


def bind(storage: Storage, *accounts: BoundAccount) -> None:
    for account in accounts:
        write(storage, lambda work, account=account: work.bound_accounts.bind(account))  # type: ignore[misc]


def test_an_account_is_found_by_its_name_and_by_its_users_address(storage: Storage) -> None:
    with_people(storage)
    bind(storage, ACCOUNT, SECOND)
    with storage.reading() as work:
        found = work.bound_accounts
        assert [found.of_subject(AT, name) for name in ("one", "two", "three")] == [ACCOUNT, SECOND, None]
        assert found.of_subject("https://else.example", "one") is None
        assert found.of_address(ADA.id, AT, at_second=False) == ACCOUNT
        assert found.of_address(ADA.id, AT, at_second=True) == SECOND
        assert found.of_address(BEA.id, AT, at_second=False) is None


@pytest.mark.parametrize(
    "taken", [evolve(ACCOUNT, user_id=BEA.id), evolve(ACCOUNT, subject="three"), ACCOUNT], ids=["user", "name", "same"]
)
def test_an_account_is_one_users_and_an_address_has_one_account(storage: Storage, taken: BoundAccount) -> None:
    with_people(storage)
    bind(storage, ACCOUNT)
    with pytest.raises(StorageConflict):
        bind(storage, taken)


def test_accounts_are_freed_all_or_that_of_the_second_address(storage: Storage) -> None:
    with_people(storage)
    others = evolve(ACCOUNT, subject="bea", user_id=BEA.id)
    bind(storage, ACCOUNT, SECOND, others)
    assert write(storage, lambda work: work.bound_accounts.free(ADA.id, only_second=True)) == 1
    assert read(storage, lambda work: work.bound_accounts.of_subject(AT, "one")) == ACCOUNT
    assert write(storage, lambda work: work.bound_accounts.free(ADA.id)) == 1
    assert read(storage, lambda work: work.bound_accounts.of_subject(AT, "bea")) == others
    bind(storage, evolve(ACCOUNT, subject="three"))


def test_a_colleague_who_has_left_takes_no_account_along(storage: Storage) -> None:
    world = AccessWorld(storage=storage)
    cat = Acting(world.add(CAT, Role.DELIVERY_PARTNER, NORTH.id).id, NORTH)
    bind(storage, evolve(ACCOUNT, user_id=world.bob.user_id))
    KeepTeam(storage=storage, clock=world.clock).has_left(world.bob.user_id, by=cat)
    assert read(storage, lambda work: work.bound_accounts.of_subject(AT, "one")) is None


def test_of_sixteen_accounts_with_one_address_at_once_one_is_bound(storage: Storage) -> None:
    world, start = AccessWorld(storage=storage), Barrier(RACERS)

    def run(number: int) -> int:
        who = Identity(issuer=AT, subject=f"{number}", email=BOSS)
        signing_in = SignInByProvider(
            storage=storage, tokens=world.tokens, clock=world.clock, provider=ProviderInMemory(who)
        )
        start.wait()
        try:
            signing_in.sign_in(who)
        except SignInRefused:
            return 0
        return 1

    with ThreadPoolExecutor(RACERS) as racers:
        assert sum(racers.map(run, range(RACERS))) == 1
