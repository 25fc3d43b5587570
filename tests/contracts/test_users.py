"""What every adapter of `checkdata.domain.ports.Users` must do."""

from datetime import date

import pytest
from attrs import evolve

from checkdata.domain.people.organisations import AppropriateBody, PolicyTeam, Role, SupportTeam
from checkdata.domain.people.users import SecondAddress, User
from checkdata.domain.ports import Storage
from checkdata.domain.values import EmailAddress, UserId
from checkdata.testing import UsersContract
from checkdata.testing._suites.people import ADA, BEA, BODY, BOTH, NORTH, a_grant, add_grants, add_users
from tests.contracts.examples import with_people
from tests.contracts.units_of_work import read, write
from tests.strategies import HARD_NAMES, NOON, day


class TestUsers(UsersContract):
    pass


def test_no_user_is_found_by_a_search_at_first(storage: Storage) -> None:
    assert list(read(storage, lambda work: work.users.search(""))) == []


def test_several_users_are_found_by_their_ids_and_those_who_are_not_there_are_left_out(storage: Storage) -> None:
    add_users(storage, ADA, BEA)
    with storage.reading() as work:
        assert work.users.with_ids({ADA.id, BEA.id, UserId("nobody")}) == {ADA.id: ADA, BEA.id: BEA}
        assert work.users.with_ids([]) == {}


def test_a_user_comes_back_as_they_were_added_whatever_their_name(storage: Storage) -> None:
    users = [
        User(id=UserId(f"u{n}"), email=EmailAddress.of(f"u{n}@x.y"), name=name, suspended=n % 2 == 0)
        for n, name in enumerate(HARD_NAMES)
    ]
    add_users(storage, *users)
    assert read(storage, lambda work: [work.users.get(user.id) for user in users]) == users


def active_on(storage: Storage, on: date) -> set[str]:
    return {grant.id for grant in read(storage, lambda work: work.users.active_grants(on))}


def test_everybodys_active_grants_are_those_of_the_day(storage: Storage) -> None:
    with_people(storage)
    add_grants(
        storage,
        a_grant("ended", ended_on=day(0)),
        a_grant("ends", BOTH, ended_on=day(1)),
        a_grant("lasts", user_id=BEA.id),
        a_grant("to come", BODY, granted_on=day(1)),
    )
    active = [active_on(storage, day(number)) for number in (-1, 0, 1)]
    assert active == [{"ended", "ends", "lasts"}, {"ends", "lasts"}, {"lasts", "to come"}]


def test_the_active_grants_for_an_organisation_are_found_oldest_first(storage: Storage) -> None:
    with_people(storage)
    add_grants(
        storage,
        a_grant("ended", ended_on=day(0)),
        a_grant("new", granted_on=day(1)),
        a_grant("lasts", user_id=BEA.id),
        a_grant("elsewhere", BOTH),
        a_grant("in another role", BODY),
    )
    found = read(storage, lambda work: work.users.grants_for(evolve(NORTH, name="Once"), day(1)))
    assert [(grant.id, grant.organisation.name) for grant in found] == [("lasts", NORTH.name), ("new", NORTH.name)]


def test_suspended_users_are_found_who_have_a_grant_that_is_active(storage: Storage) -> None:
    with_people(storage)
    add_grants(storage, a_grant("ended", ended_on=day(0)), a_grant("lasts", user_id=BEA.id))
    for user in (ADA, BEA):
        write(storage, lambda work, user=user: work.users.replace(evolve(user, suspended=True)))  # type: ignore[misc]
    assert read(storage, lambda work: work.users.suspended_with_access(day(1))) == [evolve(BEA, suspended=True)]
    write(storage, lambda work: work.users.replace(BEA))
    assert read(storage, lambda work: work.users.suspended_with_access(day(1))) == []


def test_the_users_who_may_act_are_counted_by_organisation(storage: Storage) -> None:
    with_people(storage)
    add_grants(
        storage,
        a_grant("ended", ended_on=day(0)),
        a_grant("again", granted_on=day(0)),
        a_grant("lasts", user_id=BEA.id),
        a_grant("to come", BOTH, granted_on=day(1)),
        a_grant("in another role", BODY),
    )
    counted = [
        dict(read(storage, lambda work, on=on: work.users.count_acting(Role.DELIVERY_PARTNER, on)))  # type: ignore[misc]
        for on in (day(-1), day(0), day(1))
    ]
    assert counted == [{"north": 2}, {"north": 2}, {"north": 2, "both": 1}]
    write(storage, lambda work: work.users.replace(evolve(BEA, suspended=True)))
    assert read(storage, lambda work: work.users.count_acting(Role.DELIVERY_PARTNER, day(0))) == {"north": 1}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["ada", "Bea"]),
        ("  ", ["ada", "Bea"]),
        ("oneill", ["ada"]),
        ("ZOE O'N", ["ada"]),
        ("ada@north", ["ada"]),
        ("EXAMPLE", ["ada", "Bea"]),
        ("borough", ["Bea"]),
        ("%", ["Bea"]),
        ("_", ["Bea"]),
        ("\\", ["Bea"]),
        ("a%b", []),
        ("'; drop table users", []),
        ("nobody", []),
    ],
)
def test_users_are_found_by_name_address_or_organisation_folded(storage: Storage, text: str, found: list[str]) -> None:
    with_people(storage)
    add_grants(storage, a_grant("g2", AppropriateBody("borough"), user_id=BEA.id))
    assert [user.id for user in read(storage, lambda work: work.users.search(text))] == found


def test_users_found_stand_by_folded_name_and_then_by_address(storage: Storage) -> None:
    names = {"d@x.y": "Ada", "a@x.y": "Zoë Ada", "b@x.y": "ádA", "a-b@x.y": "Ada", "ab@x.y": "Ada", "c@x.y": "Élan Ada"}
    add_users(storage, *(User(id=UserId(text), email=EmailAddress.of(text), name=names[text]) for text in names))
    found = [user.id for user in read(storage, lambda work: work.users.search("ada"))]
    assert found == ["a-b@x.y", "ab@x.y", "d@x.y", "b@x.y", "c@x.y", "a@x.y"]


def test_users_of_a_team_are_found_by_its_name(storage: Storage) -> None:
    with_people(storage)
    add_grants(storage, a_grant("g1", PolicyTeam()), a_grant("g2", SupportTeam(), user_id=BEA.id))
    assert [user.id for user in read(storage, lambda work: work.users.search("policy"))] == [ADA.id]
    assert [user.id for user in read(storage, lambda work: work.users.search("support"))] == [BEA.id]


def test_a_user_with_many_organisations_is_found_once(storage: Storage) -> None:
    with_people(storage)
    add_grants(storage, a_grant("g1", BOTH), a_grant("g2", BODY))
    assert [user.id for user in read(storage, lambda work: work.users.search("teaching school"))] == ["ada"]


def test_facts_about_a_user_are_found_by_their_id_and_by_an_address_at_which_they_sign_in(storage: Storage) -> None:
    with_people(storage)
    second = SecondAddress(email=EmailAddress.of("ada@home.example"), confirmed_at=NOON)
    waiting = SecondAddress(email=EmailAddress.of("bea@home.example"), confirmed_at=None)
    write(storage, lambda work: work.users.replace(evolve(ADA, second=second)))
    write(storage, lambda work: work.users.replace(evolve(BEA, second=waiting)))
    add_grants(storage, a_grant(), a_grant("g2", BOTH, ended_on=day(-5)), a_grant("g3", SupportTeam(), user_id=BEA.id))
    for user, named in (
        (ADA, "ada"),
        (ADA, " Ada@North.example"),
        (ADA, "ada@home.example"),
        (BEA, "bea@south.example"),
    ):
        with storage.reading() as work:
            facts = work.users.facts_about(named)
            assert facts == work.users.facts(user.id)
            assert facts.grants
    for unknown in (
        "",
        "ADA",
        "@",
        "bea@home.example",
        "nobody@x.example",
        "a\0b",
        "a\0@x.example",
        "\ud800",
        "%",
        " ada",
    ):
        with storage.reading() as work:
            facts = work.users.facts_about(unknown)
        assert (facts.user, facts.grants, facts.agreements) == (None, (), ())
