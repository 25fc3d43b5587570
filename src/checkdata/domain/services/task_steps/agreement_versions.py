"""Keeps each version of an agreement beside its change, and puts what a feed changed on record (service rule 2)."""

from datetime import datetime

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.people.agreement_history import (
    AgreementVersion,
    changed_terms,
    terms,
    versions_of_import,
)
from checkdata.domain.people.organisations import Agreement, Role
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.services.task_steps.access_changes import AccessChange
from checkdata.domain.values import ImportId


def keep_version(work: UnitOfWork, agreement: Agreement, change: AccessChange) -> None:
    """Keep an agreement as a support user or an operator has just made it; the caller records the event."""
    work.agreement_history.add([AgreementVersion(agreement=agreement, recorded_at=change.at, recorded_by=change.by)])


def keep_versions_of_import(work: UnitOfWork, import_id: ImportId, at: datetime) -> None:
    """Keep each agreement that the import left otherwise than it was recorded last, with one event each.

    Call it after `Organisations.change_agreements`: every other change has then been recorded by its own unit of work,
    so that what is not recorded is the import's.
    """
    newest, agreements = work.agreement_history.newest(), work.organisations.agreements()
    made = versions_of_import(newest, agreements, import_id, at)
    work.agreement_history.add([version for _, version in made])
    work.audit.record_all([_event(before, version) for before, version in made])


def _event(before: Agreement | None, version: AgreementVersion) -> AuditEvent:
    agreement = version.agreement
    details: dict[str, str | int | bool] = {
        "agreement_id": agreement.id,
        "lead_provider_id": agreement.lead_provider_id,
    }
    if version.removed:
        kind = AuditKind.AGREEMENT_REMOVED
    elif before is None:
        kind, details = AuditKind.AGREEMENT_ADDED, {**details, **terms(agreement)}
    else:
        kind, details = AuditKind.AGREEMENT_CHANGED, {**details, **changed_terms(before, agreement)}
    return AuditEvent(
        kind=kind,
        at=version.recorded_at,
        role=Role.DELIVERY_PARTNER,
        organisation_id=agreement.delivery_partner_id,
        import_id=version.import_id,
        details=details,
    )
