"""What goes on record of a recall and of its files (service rule 15)."""

from datetime import datetime

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.recalls import Recall, RecalledFile
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import UserId


def recall_event(  # noqa: PLR0913 - what there is to tell
    kind: AuditKind,
    about: Recall | RecalledFile,
    at: datetime,
    *,
    actor: UserId | None = None,
    subject: UserId | None = None,
    details: dict[str, str | int | bool] | None = None,
) -> AuditEvent:
    """The event of what happened to a recall, or to one of its files; its organisation is the agreement's partner."""
    return AuditEvent(
        kind=kind,
        at=at,
        actor=actor,
        subject=subject,
        role=Role.DELIVERY_PARTNER,
        organisation_id=about.delivery_partner_id,
        details={"agreement_id": about.agreement_id, **(details or {})},
    )
