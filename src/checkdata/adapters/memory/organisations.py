"""Organisations and agreements in memory."""

from collections.abc import Sequence

from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.organisations import Agreement, LeadProvider, Organisation, Role, organisation_of
from checkdata.domain.values import LeadProviderId


class MemoryOrganisations:
    """The organisations and agreements of a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def find(self, role: Role, organisation_id: str, /) -> Organisation | None:
        """The organisation with this id in this role."""
        return self._draft.state.organisation(role, organisation_id)

    def all(self, role: Role, /) -> Sequence[Organisation]:
        """Every organisation of this role, by id."""
        match role:
            case Role.DELIVERY_PARTNER:
                return [partner for _, partner in sorted(self._draft.state.delivery_partners.items())]
            case Role.APPROPRIATE_BODY:
                return [body for _, body in sorted(self._draft.state.appropriate_bodies.items())]
            case Role.SUPPORT | Role.POLICY:
                return [organisation_of(role)]

    def lead_provider(self, lead_provider_id: LeadProviderId, /) -> LeadProvider | None:
        """The lead provider with this id."""
        return self._draft.state.lead_providers.get(lead_provider_id)

    def lead_providers(self) -> Sequence[LeadProvider]:
        """Every lead provider, by name."""
        return sorted(self._draft.state.lead_providers.values(), key=lambda lead: (lead.name, lead.id))

    def agreements_of(self, delivery_partner_id: str, /) -> Sequence[Agreement]:
        """The agreements of a delivery partner, by id."""
        agreements = sorted(self._draft.state.agreements.items())
        return [agreement for _, agreement in agreements if agreement.delivery_partner_id == delivery_partner_id]


_conforms: type[ports.Organisations] = MemoryOrganisations
