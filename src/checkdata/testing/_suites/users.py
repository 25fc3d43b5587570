"""What every storage of users and grants must do."""

import pytest
from attrs import astuple, evolve

from checkdata.domain.errors import StorageConflict
from checkdata.domain.people.organisations import DeliveryPartner
from checkdata.domain.people.users import User
from checkdata.domain.ports import Storage
from checkdata.domain.values import EmailAddress, UserId
from checkdata.testing._suites.people import (
    ADA,
    AGREEMENTS,
    BEA,
    BODY,
    BOTH,
    NORTH,
    OF_ANOTHER,
    ORGANISATIONS,
    SUPPORT,
    Put,
    a_grant,
    add_grants,
    add_users,
    day,
    read,
    write,
)


class UsersContract:
    """Holds `checkdata.ports.Users` to what access rests on: users, their grants, and the facts about them.

    The fixture ``storage`` gives an empty one, and ``put`` a function that puts organisations and agreements into it.
    Of ``users`` it asks for ``get``, ``with_email``, ``add``, ``replace``, ``add_grant``, ``replace_grant``,
    ``grant``, ``grants_of`` and ``facts``.
    """

    @pytest.fixture
    def people(self, storage: Storage, put: Put) -> Storage:
        """The storage with Ada, Bea, all organisations and agreements."""
        put(ORGANISATIONS, [*AGREEMENTS, OF_ANOTHER])
        add_users(storage, ADA, BEA)
        return storage

    def test_no_user_is_known_at_first(self, storage: Storage) -> None:
        with storage.reading() as work:
            assert work.users.get(ADA.id) is None
            assert work.users.with_email(ADA.email) is None
            assert list(work.users.grants_of(ADA.id)) == []

    def test_a_user_is_found_by_id_and_by_address(self, people: Storage) -> None:
        with people.reading() as work:
            assert work.users.get(ADA.id) == ADA
            assert work.users.with_email(ADA.email) == ADA
            assert work.users.with_email(EmailAddress.of("ada@south.example")) is None
            assert work.users.get(UserId("ADA")) is None

    def test_an_id_is_taken_once(self, people: Storage) -> None:
        with people.writing() as work, pytest.raises(StorageConflict):
            work.users.add(evolve(ADA, email=EmailAddress.of("other@north.example")))
        assert read(people, lambda work: work.users.get(ADA.id)) == ADA

    def test_an_address_is_taken_once(self, people: Storage) -> None:
        with people.writing() as work, pytest.raises(StorageConflict):
            work.users.add(evolve(ADA, id=UserId("other")))
        with people.writing() as work, pytest.raises(StorageConflict):
            work.users.replace(evolve(BEA, email=ADA.email))
        assert read(people, lambda work: work.users.get(BEA.id)) == BEA

    def test_replacing_updates_a_user(self, people: Storage) -> None:
        renamed = User(id=ADA.id, email=EmailAddress.of("new@north.example"), name="Ada Łukasz", suspended=True)
        write(people, lambda work: work.users.replace(renamed))
        with people.reading() as work:
            assert work.users.get(ADA.id) == renamed
            assert work.users.with_email(ADA.email) is None
            assert work.users.get(BEA.id) == BEA

    def test_a_user_who_does_not_exist_can_not_be_replaced(self, storage: Storage) -> None:
        with storage.writing() as work, pytest.raises(StorageConflict):
            work.users.replace(ADA)
        assert read(storage, lambda work: work.users.get(ADA.id)) is None

    def test_a_grant_comes_back_as_it_was_added_its_organisation_with_its_name(self, people: Storage) -> None:
        grants = [
            a_grant("g1"),
            a_grant("g2", BODY, granted_on=day(-9), confirmed_by=None, ended_on=day(3)),
            a_grant("g3", SUPPORT, granted_on=day(-8), confirmed_by=None, reason="", granted_by="operator"),
        ]
        unnamed = [evolve(grants[0], organisation=DeliveryPartner("north")), *grants[1:]]
        add_grants(people, *unnamed)
        found = read(people, lambda work: work.users.grants_of(ADA.id))
        assert [astuple(grant) for grant in found] == [astuple(grant) for grant in grants]

    def test_a_grant_tells_what_its_organisation_is_called_now(self, people: Storage, put: Put) -> None:
        add_grants(people, a_grant("g1"))
        put([DeliveryPartner("north", "Łódź Hub")], [])
        found = read(people, lambda work: work.users.grants_of(ADA.id))
        assert [grant.organisation.name for grant in found] == ["Łódź Hub"]

    def test_grants_are_told_oldest_first(self, people: Storage) -> None:
        add_grants(
            people,
            a_grant("g1", NORTH, granted_on=day(0)),
            a_grant("g2", BOTH, granted_on=day(-2)),
            a_grant("g3", BODY, granted_on=day(-1)),
        )
        found = read(people, lambda work: work.users.grants_of(ADA.id))
        assert [grant.id for grant in found] == ["g2", "g3", "g1"]

    def test_grants_of_others_are_not_among_a_users(self, people: Storage) -> None:
        add_grants(people, a_grant("g1"), a_grant("g2", user_id=BEA.id))
        with people.reading() as work:
            assert [grant.id for grant in work.users.grants_of(ADA.id)] == ["g1"]
            assert [grant.id for grant in work.users.grants_of(BEA.id)] == ["g2"]

    def test_a_user_has_one_open_grant_for_an_organisation(self, people: Storage) -> None:
        add_grants(people, a_grant("g1"))
        with people.writing() as work, pytest.raises(StorageConflict):
            work.users.add_grant(a_grant("g2"))
        assert [grant.id for grant in read(people, lambda work: work.users.grants_of(ADA.id))] == ["g1"]

    def test_a_user_may_have_a_grant_again_once_the_one_before_has_ended(self, people: Storage) -> None:
        add_grants(people, a_grant("g1", ended_on=day(-1)), a_grant("g2", granted_on=day(0)))
        assert [grant.id for grant in read(people, lambda work: work.users.grants_of(ADA.id))] == ["g1", "g2"]

    def test_a_user_may_have_grants_for_a_partner_and_a_body_of_the_same_id(self, people: Storage) -> None:
        add_grants(people, a_grant("g1", BOTH), a_grant("g2", BODY))
        found = read(people, lambda work: work.users.grants_of(ADA.id))
        assert [grant.organisation for grant in found] == [BOTH, BODY]

    def test_a_grant_ends_by_being_updated(self, people: Storage) -> None:
        add_grants(people, a_grant("g1"), a_grant("g2", user_id=BEA.id))
        ended = a_grant("g1", ended_on=day(0))
        write(people, lambda work: work.users.replace_grant(ended))
        with people.reading() as work:
            assert list(work.users.grants_of(ADA.id)) == [ended]
            assert list(work.users.facts(ADA.id).grants) == [ended]
            assert [grant.ended_on for grant in work.users.grants_of(BEA.id)] == [None]

    def test_a_grant_is_found_by_its_id_ended_or_not(self, people: Storage) -> None:
        grant = a_grant("g1", ended_on=day(-1))
        add_grants(people, grant)
        assert read(people, lambda work: work.users.grant(grant.id)) == grant
        assert read(people, lambda work: work.users.grant("nothing")) is None

    def test_what_a_colleague_said_of_a_grant_is_kept(self, people: Storage) -> None:
        add_grants(people, a_grant("g1"))
        vouched = a_grant("g1", still_there_on=day(3))
        write(people, lambda work: work.users.replace_grant(vouched))
        assert read(people, lambda work: work.users.grant("g1")) == vouched

    def test_a_grant_that_does_not_exist_can_not_be_updated(self, people: Storage) -> None:
        with people.writing() as work, pytest.raises(StorageConflict):
            work.users.replace_grant(a_grant("g1"))
        assert list(read(people, lambda work: work.users.grants_of(ADA.id))) == []

    def test_a_grant_id_is_taken_once(self, people: Storage) -> None:
        add_grants(people, a_grant("g1"))
        with people.writing() as work, pytest.raises(StorageConflict):
            work.users.add_grant(a_grant("g1", BODY))

    def test_a_user_who_does_not_exist_gets_no_grant(self, people: Storage) -> None:
        with people.writing() as work, pytest.raises(StorageConflict):
            work.users.add_grant(a_grant("g1", user_id=UserId("nobody")))

    def test_there_are_no_facts_about_an_unknown_user(self, people: Storage) -> None:
        facts = read(people, lambda work: work.users.facts(UserId("nobody")))
        assert (facts.user, facts.grants, facts.agreements) == (None, (), ())

    def test_the_facts_are_the_user_all_their_grants_and_their_partners_agreements(self, people: Storage) -> None:
        grants = [a_grant("g1", ended_on=day(-1)), a_grant("g2", BODY, granted_on=day(-5))]
        add_grants(people, *grants, a_grant("g3", BOTH, user_id=BEA.id))
        facts = read(people, lambda work: work.users.facts(ADA.id))
        assert facts.user == ADA
        assert list(facts.grants) == grants
        assert sorted(facts.agreements, key=lambda agreement: agreement.id) == list(AGREEMENTS)

    def test_a_bodys_user_has_no_agreements_not_even_of_the_partner_with_the_same_id(self, people: Storage) -> None:
        add_grants(people, a_grant("g1", BODY))
        assert read(people, lambda work: work.users.facts(ADA.id)).agreements == ()
