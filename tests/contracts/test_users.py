"""What every adapter of `checkdata.domain.ports.Users` must do."""

from datetime import date

import pytest
from attrs import astuple, evolve

from checkdata.domain.errors import StorageConflict
from checkdata.domain.feed.contents import References
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, PolicyTeam, Role, SupportTeam
from checkdata.domain.people.users import SecondAddress, User
from checkdata.domain.ports import Storage
from checkdata.domain.values import EmailAddress, UserId
from tests.contracts.examples import (
    ADA,
    BEA,
    BODY,
    BOTH,
    NORTH,
    a_grant,
    add_grants,
    add_users,
    an_agreement,
    put,
    with_people,
)
from tests.contracts.units_of_work import read, write
from tests.strategies import HARD_NAMES, NOON, day


def test_no_user_is_known_at_first(storage: Storage) -> None:
    assert read(storage, lambda work: work.users.get(ADA.id)) is None
    assert read(storage, lambda work: work.users.with_email(ADA.email)) is None
    assert list(read(storage, lambda work: work.users.grants_of(ADA.id))) == []
    assert list(read(storage, lambda work: work.users.search(""))) == []


def test_a_user_is_found_by_id_and_by_address(storage: Storage) -> None:
    with_people(storage)
    assert read(storage, lambda work: work.users.get(ADA.id)) == ADA
    assert read(storage, lambda work: work.users.with_email(ADA.email)) == ADA
    assert read(storage, lambda work: work.users.with_email(EmailAddress.of("ada@south.example"))) is None
    assert read(storage, lambda work: work.users.get(UserId("ADA"))) is None


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


def test_what_a_colleague_said_of_a_grant_is_kept(storage: Storage) -> None:
    with_people(storage)
    grant = a_grant("lasts")
    add_grants(storage, grant)
    vouched = evolve(grant, still_there_on=day(3))
    write(storage, lambda work: work.users.replace_grant(vouched))
    assert read(storage, lambda work: work.users.grant("lasts")) == vouched


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


def test_an_id_is_taken_once(storage: Storage) -> None:
    with_people(storage)
    with storage.writing() as work, pytest.raises(StorageConflict):
        work.users.add(evolve(ADA, email=EmailAddress.of("other@north.example")))
    assert read(storage, lambda work: work.users.get(ADA.id)) == ADA


def test_an_address_is_taken_once(storage: Storage) -> None:
    with_people(storage)
    with storage.writing() as work, pytest.raises(StorageConflict):
        work.users.add(evolve(ADA, id=UserId("other")))
    with storage.writing() as work, pytest.raises(StorageConflict):
        work.users.replace(evolve(BEA, email=ADA.email))
    assert read(storage, lambda work: work.users.get(BEA.id)) == BEA


def test_replacing_updates_a_user(storage: Storage) -> None:
    with_people(storage)
    renamed = User(id=ADA.id, email=EmailAddress.of("new@north.example"), name="Ada Łukasz", suspended=True)
    write(storage, lambda work: work.users.replace(renamed))
    assert read(storage, lambda work: work.users.get(ADA.id)) == renamed
    assert read(storage, lambda work: work.users.with_email(ADA.email)) is None
    assert read(storage, lambda work: work.users.get(BEA.id)) == BEA


def test_a_user_who_does_not_exist_can_not_be_replaced(storage: Storage) -> None:
    with storage.writing() as work, pytest.raises(StorageConflict):
        work.users.replace(ADA)
    assert read(storage, lambda work: work.users.get(ADA.id)) is None


def test_what_was_written_before_a_conflict_can_still_be_committed(storage: Storage) -> None:
    with_people(storage)
    with storage.writing() as work:
        work.users.add_grant(a_grant())
        with pytest.raises(StorageConflict):
            work.users.add_grant(a_grant("g2"))
        work.users.replace(evolve(ADA, name="Ada"))
        work.commit()
    assert [grant.id for grant in read(storage, lambda work: work.users.grants_of(ADA.id))] == ["g1"]
    assert read(storage, lambda work: work.users.get(ADA.id)) == evolve(ADA, name="Ada")


def test_a_grant_comes_back_as_it_was_added_its_organisation_with_its_name(storage: Storage) -> None:
    with_people(storage)
    grants = [
        a_grant(),
        a_grant("g2", BODY, granted_on=day(-9), confirmed_by=None, ended_on=day(3)),
        a_grant("g3", SupportTeam(), granted_on=day(-8), confirmed_by=None, reason="", granted_by="operator"),
    ]
    unnamed = [evolve(grants[0], organisation=DeliveryPartner("north")), *grants[1:]]
    add_grants(storage, *unnamed)
    found = read(storage, lambda work: work.users.grants_of(ADA.id))
    assert [astuple(grant) for grant in found] == [astuple(grant) for grant in grants]


def test_grants_are_told_oldest_first(storage: Storage) -> None:
    with_people(storage)
    add_grants(
        storage,
        a_grant("g1", NORTH, granted_on=day(0)),
        a_grant("g2", BOTH, granted_on=day(-2)),
        a_grant("g3", BODY, granted_on=day(-1)),
    )
    found = read(storage, lambda work: work.users.grants_of(ADA.id))
    assert [grant.id for grant in found] == ["g2", "g3", "g1"]


def test_grants_of_others_are_not_among_a_users(storage: Storage) -> None:
    with_people(storage)
    add_grants(storage, a_grant(), a_grant("g2", user_id=BEA.id))
    assert [g.id for g in read(storage, lambda work: work.users.grants_of(ADA.id))] == ["g1"]
    assert [g.id for g in read(storage, lambda work: work.users.grants_of(BEA.id))] == ["g2"]


def test_a_grant_tells_what_its_organisation_is_called_now(storage: Storage) -> None:
    with_people(storage)
    add_grants(storage, a_grant())
    renamed = References(delivery_partners=[DeliveryPartner("north", "Łódź Hub")])
    put(storage, renamed)
    assert [g.organisation.name for g in read(storage, lambda work: work.users.grants_of(ADA.id))] == ["Łódź Hub"]


def test_a_user_has_one_open_grant_for_an_organisation(storage: Storage) -> None:
    with_people(storage)
    add_grants(storage, a_grant())
    with storage.writing() as work, pytest.raises(StorageConflict):
        work.users.add_grant(a_grant("g2"))
    assert [g.id for g in read(storage, lambda work: work.users.grants_of(ADA.id))] == ["g1"]


def test_a_user_may_have_a_grant_again_once_the_one_before_has_ended(storage: Storage) -> None:
    with_people(storage)
    add_grants(storage, a_grant(ended_on=day(-1)), a_grant("g2", granted_on=day(0)))
    assert [g.id for g in read(storage, lambda work: work.users.grants_of(ADA.id))] == ["g1", "g2"]


def test_a_user_may_have_grants_for_a_partner_and_a_body_of_the_same_id(storage: Storage) -> None:
    with_people(storage)
    add_grants(storage, a_grant("g1", BOTH), a_grant("g2", BODY))
    found = read(storage, lambda work: work.users.grants_of(ADA.id))
    assert [grant.organisation for grant in found] == [BOTH, BODY]


def test_a_grant_ends_by_being_updated(storage: Storage) -> None:
    with_people(storage)
    add_grants(storage, a_grant())
    write(storage, lambda work: work.users.replace_grant(a_grant(ended_on=day(0))))
    assert read(storage, lambda work: work.users.grants_of(ADA.id))[0].ended_on == day(0)


def test_a_grant_that_does_not_exist_can_not_be_updated(storage: Storage) -> None:
    with_people(storage)
    with storage.writing() as work, pytest.raises(StorageConflict):
        work.users.replace_grant(a_grant())
    assert list(read(storage, lambda work: work.users.grants_of(ADA.id))) == []


def test_a_grant_id_is_taken_once(storage: Storage) -> None:
    with_people(storage)
    add_grants(storage, a_grant())
    with storage.writing() as work, pytest.raises(StorageConflict):
        work.users.add_grant(a_grant("g1", BODY))


def test_a_user_who_does_not_exist_gets_no_grant(storage: Storage) -> None:
    with_people(storage)
    with storage.writing() as work, pytest.raises(StorageConflict):
        work.users.add_grant(a_grant(user_id=UserId("nobody")))


def test_there_are_no_facts_about_an_unknown_user(storage: Storage) -> None:
    with_people(storage)
    facts = read(storage, lambda work: work.users.facts(UserId("nobody")))
    assert (facts.user, list(facts.grants), list(facts.agreements)) == (None, [], [])


def test_the_facts_are_the_user_all_their_grants_and_their_partners_agreements(storage: Storage) -> None:
    with_people(storage)
    ended = an_agreement("a3", starts_on=day(-900), ends_on=day(-800))
    put(storage, References(agreements=[ended]))
    grants = [a_grant(ended_on=day(-1)), a_grant("g2", BODY, granted_on=day(-5))]
    add_grants(storage, *grants, a_grant("g3", BOTH, user_id=BEA.id))
    facts = read(storage, lambda work: work.users.facts(ADA.id))
    assert facts.user == ADA
    assert list(facts.grants) == grants
    assert sorted(facts.agreements, key=lambda a: a.id) == [an_agreement(), ended]


def test_a_bodys_user_has_no_agreements_not_even_of_the_partner_with_the_same_id(storage: Storage) -> None:
    with_people(storage)
    add_grants(storage, a_grant("g1", BODY))
    assert list(read(storage, lambda work: work.users.facts(ADA.id)).agreements) == []


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


def test_a_grant_is_found_by_its_id_ended_or_not(storage: Storage) -> None:
    with_people(storage)
    grant = a_grant(ended_on=day(-1))
    add_grants(storage, grant)
    assert read(storage, lambda work: work.users.grant(grant.id)) == grant
    assert read(storage, lambda work: work.users.grant("nothing")) is None


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
