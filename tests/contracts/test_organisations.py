"""What every adapter of `checkdata.domain.ports.Organisations` must do."""

import pytest
from attrs import astuple

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
from checkdata.testing import OrganisationsContract
from tests.contracts.examples import REFERENCES, put
from tests.contracts.units_of_work import read
from tests.strategies import HARD_NAMES, LEAD_PROVIDERS

TEAMS: list[Organisation] = [SupportTeam(), PolicyTeam()]


class TestOrganisations(OrganisationsContract):
    pass


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
