"""Organisations and agreements in memory."""

from collections.abc import Sequence
from datetime import date

from attrs import evolve

from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.errors import StorageConflict
from checkdata.domain.people.organisations import Agreement, LeadProvider, Organisation, Role, organisation_of
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
            case Role.RELATED_SERVICE:
                return []

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

    def agreements(self) -> Sequence[Agreement]:
        """Every agreement, by id."""
        return [agreement for _, agreement in sorted(self._draft.state.agreements.items())]

    def agreement(self, agreement_id: str, /) -> Agreement | None:
        """The agreement with this id."""
        return self._draft.state.agreements.get(agreement_id)

    def hold_agreement(self, agreement_id: str, /) -> None:
        """Nothing to do, because units of work that write take turns."""

    def rest_on_agreements(self) -> None:
        """Nothing to do here either."""

    def change_agreements(self) -> None:
        """Nothing to do here either."""

    def add_agreement(self, agreement: Agreement, /) -> None:
        """Add an agreement between those who are known."""
        state = self._draft.state
        if agreement.id in state.agreements:
            _conflict("an agreement with this id exists")
        known = agreement.lead_provider_id in state.lead_providers
        if not (known and agreement.delivery_partner_id in state.delivery_partners):
            _conflict("the lead provider or the delivery partner is no longer known")
        self._write(agreement)

    def end_agreement(self, agreement_id: str, ended_on: date, /) -> None:
        """End an agreement on that day."""
        agreement = self.agreement(agreement_id)
        if agreement is None or (agreement.ended_on is not None and agreement.ended_on <= ended_on):
            _conflict("the agreement has already ended")
        else:
            self._write(evolve(agreement, ended_on=ended_on))

    def _write(self, agreement: Agreement) -> None:
        state = self._draft.state
        self._draft.state = evolve(state, agreements={**state.agreements, agreement.id: agreement})


def _conflict(why: str) -> None:
    msg = f"Nothing was changed, because {why}."
    raise StorageConflict(msg)


_conforms: type[ports.Organisations] = MemoryOrganisations
