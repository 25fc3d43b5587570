"""What every storage of organisations and agreements must do."""

from attrs import evolve

from checkdata.domain.people.organisations import DeliveryPartner, Role
from checkdata.domain.ports import Storage
from checkdata.testing._suites.people import AGREEMENTS, OF_ANOTHER, ORGANISATIONS, Put, read


class OrganisationsContract:
    """Holds `checkdata.ports.Organisations` to ``find`` and ``agreements_of``.

    The fixture ``storage`` gives an empty one, and ``put`` a function that puts organisations and agreements into it.
    """

    def test_an_organisation_is_found_only_in_its_role(self, storage: Storage, put: Put) -> None:
        put(ORGANISATIONS, [])
        for organisation in ORGANISATIONS:
            with storage.reading() as work:
                found = work.organisations.find(organisation.role, organisation.id)
            assert found is not None
            assert (found, found.name) == (organisation, organisation.name)
        with storage.reading() as work:
            assert work.organisations.find(Role.APPROPRIATE_BODY, "north") is None
            assert work.organisations.find(Role.DELIVERY_PARTNER, "borough") is None
            assert work.organisations.find(Role.SUPPORT, "north") is None

    def test_organisations_whose_ids_differ_in_case_are_different(self, storage: Storage, put: Put) -> None:
        put([DeliveryPartner("a", "lower"), DeliveryPartner("A", "upper")], [])
        found = read(storage, lambda work: work.organisations.find(Role.DELIVERY_PARTNER, "A"))
        assert found is not None
        assert found.name == "upper"

    def test_the_agreements_of_a_partner_are_all_of_its_own_and_no_others(self, storage: Storage, put: Put) -> None:
        put(ORGANISATIONS, [*AGREEMENTS, OF_ANOTHER])
        with storage.reading() as work:
            found = work.organisations.agreements_of("north")
            assert sorted(found, key=lambda agreement: agreement.id) == list(AGREEMENTS)
            assert list(work.organisations.agreements_of("nobody")) == []

    def test_an_agreement_that_is_put_again_is_as_it_was_put_last(self, storage: Storage, put: Put) -> None:
        put(ORGANISATIONS, AGREEMENTS)
        put([], [shorter := evolve(AGREEMENTS[0], ends_on=AGREEMENTS[0].starts_on)])
        found = read(storage, lambda work: work.organisations.agreements_of("north"))
        assert shorter in found
        assert len(found) == len(AGREEMENTS)
