"""Rows of nominations, steps and confirmation links as the domain's values, and back."""

from collections.abc import Iterable
from typing import Final

from checkdata.adapters.sql.row_mapping import AnyRow, Cells
from checkdata.domain.nominations.confirmation_links import ConfirmationLink, ConfirmationVisit
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.nominations.nominee import Nominee
from checkdata.domain.nominations.steps import NominationState, Step
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, Role
from checkdata.domain.values import EmailAddress, UserId

_KINDS: Final[dict[str, type[DeliveryPartner | AppropriateBody]]] = {
    Role.DELIVERY_PARTNER.value: DeliveryPartner,
    Role.APPROPRIATE_BODY.value: AppropriateBody,
}


def nomination_to_row(nomination: Nomination) -> Cells:
    """A nomination as cells of ``nominations``."""
    return {
        "id": nomination.id,
        "email": nomination.nominee.email.value,
        "name": nomination.nominee.name,
        "user_id": nomination.nominee.user_id,
        "old_email": None if nomination.nominee.old_email is None else nomination.nominee.old_email.value,
        "is_second": nomination.nominee.is_second,
        "role": nomination.organisation.role.value,
        "organisation_id": nomination.organisation.id,
        "nominated_by": nomination.nominated_by.value,
        "expires_at": nomination.expires_at,
        "renews": nomination.renews,
        "received_at": nomination.received_at,
        "closed_at": nomination.closed_at,
        "steps": len(nomination.steps),
    }


def nomination_from_row(row: AnyRow, steps: Iterable[AnyRow]) -> Nomination:
    """A nomination from a row of ``nominations`` with its ``organisation_name``, and its steps in order."""
    return Nomination(
        id=row.id,
        nominee=Nominee(
            email=EmailAddress(row.email),
            name=row.name,
            user_id=None if row.user_id is None else UserId(row.user_id),
            old_email=None if row.old_email is None else EmailAddress(row.old_email),
            is_second=row.is_second,
        ),
        organisation=_KINDS[row.role](row.organisation_id, row.organisation_name),
        nominated_by=EmailAddress(row.nominated_by),
        expires_at=row.expires_at,
        renews=row.renews,
        steps=tuple(map(_step_from_row, steps)),
    )


def step_to_row(nomination: Nomination, number: int) -> Cells:
    """A nomination's step of that number, from 0, as cells of ``nomination_steps``."""
    step = nomination.steps[number]
    return {
        "nomination_id": nomination.id,
        "number": number,
        "state": step.state.value,
        "at": step.at,
        "taken_by": step.by,
        "note": step.note,
        "lead_provider_id": step.lead_provider_id,
        "contact": step.contact,
        "reference": step.reference,
        "answered_on": step.answered_on,
        "former_name": step.former_name,
    }


def _step_from_row(row: AnyRow) -> Step:
    return Step(
        state=NominationState(row.state),
        at=row.at,
        by=None if row.taken_by is None else UserId(row.taken_by),
        note=row.note,
        lead_provider_id=row.lead_provider_id,
        contact=row.contact,
        reference=row.reference,
        answered_on=row.answered_on,
        former_name=row.former_name,
    )


def confirmation_link_to_row(link: ConfirmationLink) -> Cells:
    """A link as cells of ``confirmation_links``."""
    return {
        "digest": link.digest,
        "nomination_id": link.nomination_id,
        "lead_provider_id": link.lead_provider_id,
        "address": link.address.value,
        "created_at": link.created_at,
        "expires_at": link.expires_at,
        "used_at": link.used_at,
    }


def confirmation_link_from_row(row: AnyRow) -> ConfirmationLink:
    """A link from a row of ``confirmation_links``."""
    return ConfirmationLink(**{**row._mapping, "address": EmailAddress(row.address)})  # noqa: SLF001 - documented


def visit_to_row(visit: ConfirmationVisit) -> Cells:
    """A visit as cells of ``confirmation_visits``."""
    return {
        "digest": visit.digest,
        "nomination_id": visit.nomination_id,
        "lead_provider_id": visit.lead_provider_id,
        "address": visit.address.value,
        "ends_at": visit.ends_at,
    }


def visit_from_row(row: AnyRow) -> ConfirmationVisit:
    """A visit from a row of ``confirmation_visits``."""
    return ConfirmationVisit(**{**row._mapping, "address": EmailAddress(row.address)})  # noqa: SLF001 - documented
