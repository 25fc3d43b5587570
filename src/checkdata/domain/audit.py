"""What is recorded of who saw and changed what (service rule 15)."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Self

from attrs import field, frozen

from checkdata.domain.access import Acting
from checkdata.domain.organisations import Role
from checkdata.domain.values import ImportId, ParticipantId, UserId


class AuditKind(Enum):
    """What happened."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    ROLE_CHOSEN = "role_chosen"
    LIST_VIEWED = "list_viewed"
    DOWNLOADED = "downloaded"
    EXPORTED = "exported"
    GRANT_ADDED = "grant_added"
    GRANT_ENDED = "grant_ended"
    USER_SUSPENDED = "user_suspended"
    USER_REINSTATED = "user_reinstated"
    FEED_IMPORTED = "feed_imported"
    STATUSES_REFRESHED = "statuses_refreshed"


@frozen(kw_only=True)
class AuditEvent:
    """One thing that somebody did.

    ``actor`` is None for an operator at the command line. ``subject`` is the user whose access it was about.
    ``details`` hold slugs, ids and numbers: filters, whether searched, page, rows, reasons; never the text of a search
    or a participant's name, address or TRN.
    """

    kind: AuditKind
    at: datetime
    actor: UserId | None = None
    role: Role | None = None
    organisation_id: str | None = None
    subject: UserId | None = None
    import_id: ImportId | None = None
    participant_id: ParticipantId | None = None
    details: Mapping[str, str | int | bool] = field(factory=dict)

    @classmethod
    def by(
        cls,
        acting: Acting,
        kind: AuditKind,
        at: datetime,
        *,
        import_id: ImportId | None = None,
        details: Mapping[str, str | int | bool] | None = None,
    ) -> Self:
        """An event of somebody acting for an organisation."""
        return cls(
            kind=kind,
            at=at,
            actor=acting.user_id,
            role=acting.role,
            organisation_id=acting.organisation.id,
            import_id=import_id,
            details=details or {},
        )
