"""What every adapter of `checkdata.domain.ports.Nominations` must do."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from attrs import evolve

from checkdata.domain.errors import StorageConflict
from checkdata.domain.feed.contents import References
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.nominations.nominee import Nominee
from checkdata.domain.nominations.steps import NominationState
from checkdata.domain.people.organisations import DeliveryPartner, Organisation
from checkdata.domain.ports import Storage
from checkdata.domain.values import EmailAddress, NominationId
from checkdata.testing._suites.people import ADA, BODY, BOTH, NORTH
from tests.contracts.examples import with_people
from tests.contracts.nominations import CAT, FULL, HOUR, a_nomination, a_step, add, then
from tests.contracts.units_of_work import read, write
from tests.strategies import NOON

CLOSED = (
    NominationState.DECLINED,
    NominationState.GRANTED,
    NominationState.WITHDRAWN,
    NominationState.EXPIRED,
)


def replace(storage: Storage, nomination: Nomination) -> None:
    write(storage, lambda work: work.nominations.replace(nomination))


def stored(storage: Storage, nomination: Nomination) -> Nomination | None:
    return read(storage, lambda work: work.nominations.get(nomination.id))


def ids(nominations: object) -> list[str]:
    assert isinstance(nominations, list)
    return [nomination.id for nomination in nominations]


def test_there_is_no_nomination_at_first(storage: Storage) -> None:
    assert read(storage, lambda work: work.nominations.get(NominationId("n1"))) is None
    assert read(storage, lambda work: work.nominations.open_for(CAT, NORTH)) is None
    assert list(read(storage, lambda work: work.nominations.open())) == []
    assert list(read(storage, lambda work: work.nominations.closed())) == []
    assert list(read(storage, lambda work: work.nominations.of_person(CAT))) == []
    assert list(read(storage, lambda work: work.nominations.of_organisation(NORTH, 10))) == []


def test_a_nomination_comes_back_as_it_was_added_with_every_step(storage: Storage) -> None:
    nominations = [a_nomination(), FULL, a_nomination("n3", organisation=BODY)]
    with_people(storage)
    add(storage, *nominations)
    assert [stored(storage, nomination) for nomination in nominations] == nominations


def test_a_nomination_tells_what_its_organisation_is_called_now(storage: Storage) -> None:
    with_people(storage)
    add(storage, a_nomination(organisation=DeliveryPartner("north")))
    renamed = References(delivery_partners=[DeliveryPartner("north", "Łódź Hub")])
    write(storage, lambda work: work.feed_store.put_references(renamed))
    found = stored(storage, a_nomination())
    assert found is not None
    assert found.organisation.name == "Łódź Hub"


def test_an_id_is_taken_once(storage: Storage) -> None:
    add(storage, a_nomination())
    with storage.writing() as work, pytest.raises(StorageConflict):
        work.nominations.add(a_nomination(organisation=BOTH))
    assert stored(storage, a_nomination()) == a_nomination(organisation=DeliveryPartner("north"))


def test_a_person_is_nominated_once_at_a_time_for_an_organisation(storage: Storage) -> None:
    add(storage, a_nomination())
    with storage.writing() as work, pytest.raises(StorageConflict):
        work.nominations.add(a_nomination("n2"))
    add(storage, a_nomination("n3", organisation=BOTH), a_nomination("n4", organisation=BODY))
    add(storage, a_nomination("n5", nominee=Nominee(email=ADA.email, name="Ada")))
    assert len(read(storage, lambda work: work.nominations.open())) == 4


@pytest.mark.parametrize("state", CLOSED)
def test_a_person_whose_nomination_is_over_can_be_nominated_again(storage: Storage, state: NominationState) -> None:
    add(storage, a_nomination())
    replace(storage, then(a_nomination(), state))
    add(storage, a_nomination("n2"))
    found = read(storage, lambda work: work.nominations.open_for(CAT, NORTH))
    assert found is not None
    assert found.id == "n2"


def test_of_any_number_who_nominate_the_same_person_at_once_one_does(storage: Storage) -> None:
    together = Barrier(8)

    def nominate(number: int) -> bool:
        together.wait()
        try:
            add(storage, a_nomination(f"n{number}"))
        except StorageConflict:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(nominate, range(8))) == [False] * 7 + [True]
    assert len(read(storage, lambda work: work.nominations.open())) == 1


def test_a_corrected_name_is_kept_with_the_one_before(storage: Storage) -> None:
    with_people(storage)
    add(storage, a_nomination())
    step = a_step(NominationState.RECEIVED, NOON + HOUR, former_name="Cat “100%” Ní Łuasaigh")
    corrected = evolve(a_nomination(), nominee=Nominee(email=CAT, name="Kat"), steps=(*a_nomination().steps, step))
    replace(storage, corrected)
    assert stored(storage, corrected) == corrected


def test_replacing_adds_the_newest_step(storage: Storage) -> None:
    with_people(storage)
    add(storage, a_nomination())
    escalated = then(a_nomination(), NominationState.ESCALATED)
    replace(storage, escalated)
    assert stored(storage, escalated) == escalated
    withdrawn = then(escalated, NominationState.WITHDRAWN, at=NOON + 2 * HOUR)
    replace(storage, withdrawn)
    assert stored(storage, withdrawn) == withdrawn


def test_a_step_is_refused_where_another_user_took_one_meanwhile(storage: Storage) -> None:
    add(storage, a_nomination())
    replace(storage, then(a_nomination(), NominationState.ESCALATED))
    with storage.writing() as work, pytest.raises(StorageConflict):
        work.nominations.replace(then(a_nomination(), NominationState.WITHDRAWN))
    found = stored(storage, a_nomination())
    assert found is not None
    assert found.state is NominationState.ESCALATED


def test_of_any_number_who_take_the_next_step_at_once_one_does(storage: Storage) -> None:
    add(storage, a_nomination())
    together = Barrier(8)

    def step(state: NominationState) -> bool:
        together.wait()
        try:
            replace(storage, then(a_nomination(), state))
        except StorageConflict:
            return False
        return True

    states = (NominationState.ESCALATED, NominationState.WITHDRAWN) * 4
    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(step, states)) == [False] * 7 + [True]
    found = stored(storage, a_nomination())
    assert found is not None
    assert len(found.steps) == 2


def test_a_nomination_that_does_not_exist_can_not_be_replaced(storage: Storage) -> None:
    with storage.writing() as work, pytest.raises(StorageConflict):
        work.nominations.replace(then(a_nomination(), NominationState.ESCALATED))
    assert stored(storage, a_nomination()) is None


def test_the_open_ones_are_told_oldest_first(storage: Storage) -> None:
    first = a_nomination("n2", organisation=BODY, steps=a_nomination().steps)
    later = evolve(a_nomination("n1"), steps=(evolve(a_nomination().steps[0], at=NOON + HOUR),))
    add(storage, later, first, evolve(FULL, id=NominationId("n0")))
    assert ids(read(storage, lambda work: work.nominations.open())) == ["n0", "n2", "n1"]


def test_those_closed_last_are_told_first(storage: Storage) -> None:
    for number, state in enumerate(CLOSED):
        nomination = a_nomination(f"n{number}")
        add(storage, nomination)
        replace(storage, then(nomination, state, at=NOON + HOUR * (number + 1)))
    add(storage, a_nomination("open"))
    assert ids(read(storage, lambda work: work.nominations.closed())) == ["n3", "n2", "n1", "n0"]


def test_all_that_was_about_a_person_is_told_the_newest_first(storage: Storage) -> None:
    add(storage, a_nomination())
    replace(storage, then(a_nomination(), NominationState.WITHDRAWN))
    again = evolve(a_nomination("n0"), steps=(evolve(a_nomination().steps[0], at=NOON + HOUR),))
    add(storage, again, FULL)
    assert ids(read(storage, lambda work: work.nominations.of_person(CAT))) == ["n0", "n1"]
    assert ids(read(storage, lambda work: work.nominations.of_person(EmailAddress.of("x@y.z")))) == []


def open_for(storage: Storage, email: EmailAddress, organisation: Organisation) -> str | None:
    found = read(storage, lambda work: work.nominations.open_for(email, organisation))
    return None if found is None else found.id


def test_the_open_nomination_is_that_of_the_person_for_the_organisation_in_its_role(storage: Storage) -> None:
    ada = Nominee(email=ADA.email, name="Ada")
    add(storage, a_nomination("n1", organisation=BODY), a_nomination("n2", nominee=ada, organisation=BOTH))
    found = [open_for(storage, email, organisation) for email in (CAT, ADA.email) for organisation in (BODY, BOTH)]
    assert found == ["n1", None, None, "n2"]
    assert ids(read(storage, lambda work: work.nominations.of_organisation(BOTH, 10))) == ["n2"]


def test_what_is_not_committed_was_not_written(storage: Storage) -> None:
    add(storage, a_nomination())
    with storage.writing() as work:
        work.nominations.add(FULL)
        work.nominations.replace(then(a_nomination(), NominationState.ESCALATED))
    assert stored(storage, FULL) is None
    found = stored(storage, a_nomination())
    assert found is not None
    assert found.state is NominationState.RECEIVED


def test_the_nominations_of_an_organisation_are_found_open_or_not_the_newest_first(storage: Storage) -> None:
    later = a_nomination("n2", steps=(a_step(at=NOON + HOUR),))
    add(storage, then(a_nomination(), NominationState.WITHDRAWN), later)
    add(storage, a_nomination("n3", organisation=BOTH), a_nomination("n4", organisation=BODY))
    assert ids(read(storage, lambda work: work.nominations.of_organisation(NORTH, 10))) == ["n2", "n1"]
    assert ids(read(storage, lambda work: work.nominations.of_organisation(NORTH, 1))) == ["n2"]
