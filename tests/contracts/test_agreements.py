"""What every adapter must do with agreements that are added and ended by hand, beside those of feeds."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from attrs import evolve

from checkdata.domain.errors import StorageConflict
from checkdata.domain.feed.contents import Changes, NamedIds, References
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.ports import Storage
from checkdata.domain.values import LeadProviderId
from checkdata.testing._suites.people import ADA, a_grant, an_agreement
from tests.contracts.examples import REFERENCES, with_people
from tests.contracts.units_of_work import read, write
from tests.strategies import day

BY_HAND = an_agreement("hand-1", added_by_hand=True, first_academic_year=None, covers_unconfirmed=True)


def agreement(storage: Storage, agreement_id: str = "a1") -> Agreement | None:
    return read(storage, lambda work: work.organisations.agreement(agreement_id))


def end(storage: Storage, on: int, agreement_id: str = "a1") -> None:
    write(storage, lambda work: work.organisations.end_agreement(agreement_id, day(on)))


def load(storage: Storage, *agreements: Agreement) -> Changes:
    return write(storage, lambda work: work.feed_store.put_references(References(agreements=agreements)))


def delete_missing(storage: Storage, *named: str) -> Changes:
    ids = NamedIds(agreements=frozenset(named))
    changes, warnings = write(storage, lambda work: work.feed_store.delete_missing_references(ids))
    assert list(warnings) == []
    return changes


def test_there_are_no_agreements_at_first(storage: Storage) -> None:
    assert list(read(storage, lambda work: work.organisations.agreements())) == []
    assert agreement(storage) is None


def test_every_agreement_is_told_by_id(storage: Storage) -> None:
    with_people(storage)
    write(storage, lambda work: work.organisations.add_agreement(BY_HAND))
    found = list(read(storage, lambda work: work.organisations.agreements()))
    assert found == [*(REFERENCES.agreements or ()), BY_HAND]
    assert agreement(storage, "hand-1") == BY_HAND


def test_an_agreement_by_hand_is_one_of_its_partners(storage: Storage) -> None:
    with_people(storage)
    write(storage, lambda work: work.users.add_grant(a_grant()))
    write(storage, lambda work: work.organisations.add_agreement(BY_HAND))
    assert BY_HAND in read(storage, lambda work: work.organisations.agreements_of("north"))
    assert BY_HAND in read(storage, lambda work: work.users.facts(ADA.id)).agreements


@pytest.mark.parametrize(
    "wrong",
    [
        evolve(BY_HAND, id="a1"),
        evolve(BY_HAND, lead_provider_id=LeadProviderId("unheard-of")),
        evolve(BY_HAND, delivery_partner_id="unheard-of"),
    ],
)
def test_an_agreement_whose_id_is_taken_or_whose_parties_are_unknown_is_not_added(
    storage: Storage, wrong: Agreement
) -> None:
    with_people(storage)
    with storage.writing() as work, pytest.raises(StorageConflict):
        work.organisations.add_agreement(wrong)
    assert list(read(storage, lambda work: work.organisations.agreements())) == list(REFERENCES.agreements or ())


def test_an_agreement_ended_by_hand_tells_every_user_since_when(storage: Storage) -> None:
    with_people(storage)
    write(storage, lambda work: work.users.add_grant(a_grant()))
    end(storage, 0)
    ended = an_agreement(ended_on=day(0))
    assert agreement(storage) == ended
    assert ended in read(storage, lambda work: work.organisations.agreements_of("north"))
    assert ended in read(storage, lambda work: work.users.facts(ADA.id)).agreements


def test_an_end_can_be_brought_forward_and_not_put_off(storage: Storage) -> None:
    with_people(storage)
    end(storage, 5)
    end(storage, 2)
    for later in (2, 3):
        with pytest.raises(StorageConflict):
            end(storage, later)
    assert agreement(storage) == an_agreement(ended_on=day(2))


def test_what_does_not_exist_can_not_be_ended(storage: Storage) -> None:
    with pytest.raises(StorageConflict):
        end(storage, 0)


def test_of_any_number_who_end_an_agreement_at_once_one_does(storage: Storage) -> None:
    with_people(storage)
    together = Barrier(8)

    def end_it(_: int) -> bool:
        together.wait()
        try:
            end(storage, 0)
        except StorageConflict:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(end_it, range(8))) == [False] * 7 + [True]


def test_a_feed_changes_an_agreement_and_leaves_its_end_by_hand_as_it_is(storage: Storage) -> None:
    with_people(storage)
    end(storage, 0)
    assert load(storage, an_agreement()) == Changes(unchanged=1)
    assert load(storage, an_agreement(ends_on=None, covers_unconfirmed=True)) == Changes(changed=1)
    assert agreement(storage) == an_agreement(ends_on=None, covers_unconfirmed=True, ended_on=day(0))


def test_no_feed_can_miss_an_agreement_added_by_hand(storage: Storage) -> None:
    with_people(storage)
    write(storage, lambda work: work.organisations.add_agreement(BY_HAND))
    end(storage, 0)
    assert delete_missing(storage, "a2") == Changes(removed=1)
    assert agreement(storage) is None
    assert agreement(storage, "hand-1") == BY_HAND
