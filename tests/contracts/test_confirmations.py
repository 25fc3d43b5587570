"""What every adapter of `checkdata.domain.ports.Confirmations` must do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from attrs import evolve

from checkdata.domain.ports import Storage
from checkdata.domain.values import NominationId
from checkdata.testing._suites.people import BODY
from tests.contracts.nominations import HOUR, a_link, a_nomination, a_visit, add, keep
from tests.contracts.units_of_work import read, write
from tests.strategies import NOON

OTHER = NominationId("n2")


@pytest.fixture(autouse=True)
def _nominations(storage: Storage) -> None:
    add(storage, a_nomination(), a_nomination("n2", organisation=BODY))


def test_there_are_no_links_and_visits_at_first(storage: Storage) -> None:
    assert read(storage, lambda work: work.confirmations.link("c1")) is None
    assert read(storage, lambda work: work.confirmations.visit("v1")) is None
    assert list(read(storage, lambda work: work.confirmations.links_of(NominationId("n1")))) == []


def test_links_and_visits_come_back_as_they_were_kept(storage: Storage) -> None:
    keep(storage, a_link(), a_visit())
    assert read(storage, lambda work: work.confirmations.link("c1")) == a_link()
    assert read(storage, lambda work: work.confirmations.visit("v1")) == a_visit()


def test_a_link_is_used_once(storage: Storage) -> None:
    keep(storage, a_link())
    used = evolve(a_link(), used_at=NOON + HOUR)
    assert write(storage, lambda work: work.confirmations.use_link("c1", NOON + HOUR)) == used
    assert write(storage, lambda work: work.confirmations.use_link("c1", NOON + HOUR)) is None
    assert read(storage, lambda work: work.confirmations.link("c1")) == used


def test_a_link_is_not_used_after_its_time(storage: Storage) -> None:
    keep(storage, a_link())
    at = NOON + timedelta(days=7)
    assert write(storage, lambda work: work.confirmations.use_link("c1", at)) is None
    last = at - timedelta(microseconds=1)
    assert write(storage, lambda work: work.confirmations.use_link("c1", last)) is not None


def test_an_unknown_link_is_not_used(storage: Storage) -> None:
    assert write(storage, lambda work: work.confirmations.use_link("c1", NOON)) is None


def test_of_sixteen_who_use_a_link_at_once_one_does(storage: Storage) -> None:
    keep(storage, a_link())
    together = Barrier(16)

    def use(_: int) -> bool:
        together.wait()
        return write(storage, lambda work: work.confirmations.use_link("c1", NOON)) is not None

    with ThreadPoolExecutor(16) as threads:
        assert sorted(threads.map(use, range(16))) == [False] * 15 + [True]


def test_the_links_of_a_nomination_are_told_the_newest_first(storage: Storage) -> None:
    keep(storage, a_link("a"), a_link("b", created_at=NOON + HOUR), a_link("c", nomination_id=OTHER))
    found = read(storage, lambda work: work.confirmations.links_of(NominationId("n1")))
    assert [link.digest for link in found] == ["b", "a"]


def test_ending_ends_every_link_and_visit_of_one_nomination(storage: Storage) -> None:
    used = a_link("used", used_at=NOON)
    visits = [a_visit(), a_visit("w1"), a_visit("other", nomination_id=OTHER)]
    keep(storage, a_link(), used, a_link("other", nomination_id=OTHER), *visits)
    write(storage, lambda work: work.confirmations.end(NominationId("n1"), NOON + HOUR))
    assert read(storage, lambda work: work.confirmations.link("c1")) == evolve(a_link(), used_at=NOON + HOUR)
    assert read(storage, lambda work: work.confirmations.link("used")) == used
    with storage.reading() as work:
        assert [work.confirmations.visit(visit.digest) for visit in visits] == [None, None, visits[2]]
    assert write(storage, lambda work: work.confirmations.use_link("other", NOON)) is not None


def test_what_is_not_committed_was_not_written(storage: Storage) -> None:
    with storage.writing() as work:
        work.confirmations.add_link(a_link())
        work.confirmations.add_visit(a_visit())
    assert read(storage, lambda work: work.confirmations.link("c1")) is None
    assert read(storage, lambda work: work.confirmations.visit("v1")) is None
