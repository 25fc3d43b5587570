"""The port for organisations and agreements."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from checkdata.domain.people.organisations import Agreement, LeadProvider, Organisation, Role
from checkdata.domain.values import LeadProviderId


class Organisations(Protocol):
    """The organisations in the feed, and the agreements from the feed and by hand."""

    def find(self, role: Role, organisation_id: str, /) -> Organisation | None:
        """The organisation with this id in this role; teams are always there, and related services under any id."""

    def all(self, role: Role, /) -> Sequence[Organisation]:
        """Every organisation of this role, by id; no related services, which settings name."""

    def lead_provider(self, lead_provider_id: LeadProviderId, /) -> LeadProvider | None:
        """The lead provider with this id."""

    def lead_providers(self) -> Sequence[LeadProvider]:
        """Every lead provider, by name."""

    def agreements_of(self, delivery_partner_id: str, /) -> Sequence[Agreement]:
        """The agreements of a delivery partner, in force or not."""

    def agreements(self) -> Sequence[Agreement]:
        """Every agreement, in force or not, by id."""

    def agreement(self, agreement_id: str, /) -> Agreement | None:
        """The agreement with this id."""

    def hold_agreement(self, agreement_id: str, /) -> None:
        """Lock this agreement until the unit of work ends; what is read of it next is up to date."""

    def rest_on_agreements(self) -> None:
        """Lock all agreements against changes until the unit of work ends; what is read of them next is up to date."""

    def change_agreements(self) -> None:
        """Wait for the units of work that rest on agreements, then let no other begin to until this one ends.

        Take it before the event of a change is recorded, so that what rests on the agreement is earlier in the log.
        """

    def add_agreement(self, agreement: Agreement, /) -> None:
        """Add an agreement by hand; `StorageConflict` if its id is taken or a party is not known."""

    def end_agreement(self, agreement_id: str, ended_on: date, /) -> None:
        """End an agreement on that day; `StorageConflict` if it will already have ended by then.

        A feed that names it later changes nothing about that.
        """
