"""What every adapter of `checkdata.domain.ports.Organisations` must do."""

import pytest
from attrs import astuple, evolve

from checkdata.domain.feed.contents import References
from checkdata.domain.people.organisations import (
    AppropriateBody,
    DeliveryPartner,
    LeadProvider,
    Organisation,
    PolicyTeam,
    RelatedService,
    Role,
    SupportTeam,
)
from checkdata.domain.ports import Storage
from checkdata.domain.values import LeadProviderId
from tests.contracts.examples import REFERENCES, an_agreement, put
from tests.contracts.units_of_work import read
from tests.strategies import APPROPRIATE_BODIES, DELIVERY_PARTNERS, HARD_NAMES, LEAD_PROVIDERS, day

TEAMS: list[Organisation] = [SupportTeam(), PolicyTeam()]


def test_before_the_first_feed_there_are_only_the_teams(storage: Storage) -> None:
    for role in (Role.DELIVERY_PARTNER, Role.APPROPRIATE_BODY):
        assert list(read(storage, lambda work, role=role: work.organisations.all(role))) == []  # type: ignore[misc]
    assert read(storage, lambda work: [work.organisations.find(team.role, "") for team in TEAMS]) == TEAMS
    assert read(storage, lambda work: [list(work.organisations.all(team.role)) for team in TEAMS]) == [
        [team] for team in TEAMS
    ]
    assert list(read(storage, lambda work: work.organisations.lead_providers())) == []
    assert list(read(storage, lambda work: work.organisations.agreements_of("north"))) == []


def test_a_related_service_is_found_under_any_id_and_named_by_it(storage: Storage) -> None:
    found = read(storage, lambda work: work.organisations.find(Role.RELATED_SERVICE, "npq"))
    assert found is not None
    assert (found, found.name) == (RelatedService("npq"), "npq")
    assert read(storage, lambda work: work.organisations.find(Role.RELATED_SERVICE, "")) is None
    assert list(read(storage, lambda work: work.organisations.all(Role.RELATED_SERVICE))) == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.RELATED_SERVICE])
def test_an_unknown_id_is_unknown_in_every_role(storage: Storage, role: Role) -> None:
    put(storage, REFERENCES)
    assert read(storage, lambda work: work.organisations.find(role, "nobody")) is None


def test_an_organisation_is_found_only_in_its_role(storage: Storage) -> None:
    put(storage, REFERENCES)
    for organisation in (*DELIVERY_PARTNERS, *APPROPRIATE_BODIES):
        with storage.reading() as work:
            found = work.organisations.find(organisation.role, organisation.id)
        assert found is not None
        assert (found, found.name) == (organisation, organisation.name)
    assert read(storage, lambda work: work.organisations.find(Role.APPROPRIATE_BODY, "north")) is None
    assert read(storage, lambda work: work.organisations.find(Role.DELIVERY_PARTNER, "borough")) is None
    assert read(storage, lambda work: work.organisations.find(Role.SUPPORT, "north")) is None


def test_ids_that_differ_in_case_are_different(storage: Storage) -> None:
    put(storage, References(delivery_partners=[DeliveryPartner("a", "lower"), DeliveryPartner("A", "upper")]))
    found = read(storage, lambda work: work.organisations.find(Role.DELIVERY_PARTNER, "A"))
    assert found is not None
    assert found.name == "upper"


def test_organisations_stand_by_id_in_the_order_of_code_points(storage: Storage) -> None:
    ids = ["b", "B", "a-b", "a_b", "ab", "1", "10", "2", "Z"]
    put(storage, References(delivery_partners=[DeliveryPartner(id, "same") for id in ids]))  # noqa: A001
    put(storage, References(appropriate_bodies=[AppropriateBody(id, "same") for id in ids]))  # noqa: A001
    for role in (Role.DELIVERY_PARTNER, Role.APPROPRIATE_BODY):
        with storage.reading() as work:
            assert [organisation.id for organisation in work.organisations.all(role)] == sorted(ids)


def test_a_name_comes_back_as_it_was_given(storage: Storage) -> None:
    partners = [DeliveryPartner(f"p{n:02}", name) for n, name in enumerate(HARD_NAMES)]
    put(storage, References(delivery_partners=partners))
    found = read(storage, lambda work: work.organisations.all(Role.DELIVERY_PARTNER))
    assert [organisation.name for organisation in found] == list(HARD_NAMES)


def test_a_lead_provider_is_found_by_id_with_its_name_and_contact(storage: Storage) -> None:
    put(storage, REFERENCES)
    for lead in LEAD_PROVIDERS:
        with storage.reading() as work:
            found = work.organisations.lead_provider(lead.id)
        assert found is not None
        assert astuple(found) == astuple(lead)
    assert read(storage, lambda work: work.organisations.lead_provider(LeadProviderId("nobody"))) is None


def test_lead_providers_stand_by_name(storage: Storage) -> None:
    leads = [LeadProvider(LeadProviderId(f"l{n}"), name) for n, name in enumerate(["Zeta", "Alpha", "Élan", "Mu"])]
    put(storage, References(lead_providers=leads))
    found = read(storage, lambda work: work.organisations.lead_providers())
    assert [lead.name for lead in found] == ["Alpha", "Mu", "Zeta", "Élan"]


def test_the_agreements_of_a_partner_are_all_of_its_own_and_no_others(storage: Storage) -> None:
    agreements = [
        an_agreement("a1"),
        an_agreement("a2", starts_on=day(-900), ends_on=day(-800)),
        an_agreement("a3", starts_on=day(800), ends_on=None, covers_unconfirmed=True),
        an_agreement("a4", first_academic_year=None, last_academic_year=None),
        an_agreement("a5", delivery_partner_id="both"),
    ]
    put(storage, evolve(REFERENCES, agreements=agreements))
    found = read(storage, lambda work: work.organisations.agreements_of("north"))
    assert sorted(found, key=lambda agreement: agreement.id) == agreements[:4]
    assert list(read(storage, lambda work: work.organisations.agreements_of("nobody"))) == []
