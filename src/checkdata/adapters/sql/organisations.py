"""Organisations and agreements in SQL."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Label, Table, TextClause, bindparam, case, func, insert, literal, or_, select, text, update

from checkdata.adapters.sql.row_mapping import agreement_from_row, agreement_to_row, lead_provider_from_row
from checkdata.adapters.sql.schema import agreements, appropriate_bodies, delivery_partners, lead_providers
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.errors import StorageConflict
from checkdata.domain.people.organisations import (
    Agreement,
    LeadProvider,
    Organisation,
    PolicyTeam,
    Role,
    SupportTeam,
    organisation_of,
)
from checkdata.domain.values import LeadProviderId

_TABLES: Final = {Role.DELIVERY_PARTNER: delivery_partners, Role.APPROPRIATE_BODY: appropriate_bodies}

_REST_ON_AGREEMENTS: Final = text("SELECT pg_advisory_xact_lock_shared(hashtext('checkdata agreements'))")
_CHANGE_AGREEMENTS: Final = text("SELECT pg_advisory_xact_lock(hashtext('checkdata agreements'))")
"""A lock that needs no right, because a role that may not change an agreement may still rest on one."""

_LEAD_PROVIDERS: Final = select(lead_providers.c.id, lead_providers.c.name, lead_providers.c.contact_email).order_by(
    lead_providers.c.name, lead_providers.c.id
)
_AGREEMENTS_OF: Final = (
    select(agreements)
    .where(agreements.c.delivery_partner_id == bindparam("delivery_partner"))
    .order_by(agreements.c.id)
)


class SqlOrganisations:
    """The organisations and agreements that the feed told of."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def find(self, role: Role, organisation_id: str, /) -> Organisation | None:
        """The organisation with this id in this role."""
        table = _TABLES.get(role)
        if table is None:
            has_id = role is Role.RELATED_SERVICE
            return organisation_of(role, organisation_id) if bool(organisation_id) is has_id else None
        row = self._transaction.execute(select(table).where(table.c.id == organisation_id)).one_or_none()
        return None if row is None else organisation_of(role, row.id, row.name)

    def all(self, role: Role, /) -> Sequence[Organisation]:
        """Every organisation of this role, by id."""
        table = _TABLES.get(role)
        if table is None:
            return [] if role is Role.RELATED_SERVICE else [organisation_of(role)]
        rows = self._transaction.execute(select(table).order_by(table.c.id))
        return [organisation_of(role, row.id, row.name) for row in rows]

    def lead_provider(self, lead_provider_id: LeadProviderId, /) -> LeadProvider | None:
        """The lead provider with this id."""
        found = select(lead_providers).where(lead_providers.c.id == lead_provider_id)
        row = self._transaction.execute(found).one_or_none()
        return None if row is None else lead_provider_from_row(row)

    def lead_providers(self) -> Sequence[LeadProvider]:
        """Every lead provider, by name."""
        return [LeadProvider(*cells) for cells in self._transaction.ask(_LEAD_PROVIDERS, {})]

    def agreements_of(self, delivery_partner_id: str, /) -> Sequence[Agreement]:
        """The agreements of a delivery partner, by id."""
        rows = self._transaction.ask(_AGREEMENTS_OF, {"delivery_partner": delivery_partner_id})
        return [Agreement(**dict(zip(agreements.c.keys(), cells, strict=True))) for cells in rows]

    def agreements(self) -> Sequence[Agreement]:
        """Every agreement, by id."""
        found = self._transaction.execute(select(agreements).order_by(agreements.c.id))
        return list(map(agreement_from_row, found))

    def agreement(self, agreement_id: str, /) -> Agreement | None:
        """The agreement with this id."""
        row = self._transaction.execute(select(agreements).where(agreements.c.id == agreement_id)).one_or_none()
        return None if row is None else agreement_from_row(row)

    def hold_agreement(self, agreement_id: str, /) -> None:
        """Lock the agreement's row; on SQLite wait for the write lock."""
        found = select(agreements.c.id).where(agreements.c.id == agreement_id)
        self._transaction.write(found.with_for_update(key_share=True))

    def rest_on_agreements(self) -> None:
        """Share a lock with others who rest on them; on SQLite wait for the write lock."""
        self._lock(_REST_ON_AGREEMENTS)

    def change_agreements(self) -> None:
        """Take the lock exclusively."""
        self._lock(_CHANGE_AGREEMENTS)

    def _lock(self, locking: TextClause) -> None:
        self._transaction.lock()
        if self._transaction.on_postgresql:
            self._transaction.write(locking)

    def add_agreement(self, agreement: Agreement, /) -> None:
        """Add an agreement between those who are known."""
        self._transaction.attempt(insert(agreements), agreement_to_row(agreement))

    def end_agreement(self, agreement_id: str, ended_on: date, /) -> None:
        """End an agreement on that day."""
        lasts = or_(agreements.c.ended_on.is_(None), agreements.c.ended_on > ended_on)
        ending = update(agreements).where(agreements.c.id == agreement_id, lasts).values(ended_on=ended_on)
        if self._transaction.attempt(ending).rowcount == 0:
            raise StorageConflict("Nothing was changed, because the agreement has already ended.")


def name_of_organisation(table: Table) -> Label[str]:
    """What the organisation of ``role`` and ``organisation_id`` in *table* is called now, as ``organisation_name``."""
    names: dict[str, Any] = {team.role.value: literal(team.name) for team in (SupportTeam, PolicyTeam)}
    names[Role.RELATED_SERVICE.value] = table.c.organisation_id
    for role, named in _TABLES.items():
        names[role.value] = select(named.c.name).where(named.c.id == table.c.organisation_id).scalar_subquery()
    return func.coalesce(case(names, value=table.c.role), "").label("organisation_name")


_conforms: type[ports.Organisations] = SqlOrganisations
