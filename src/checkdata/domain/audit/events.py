"""The record of who saw and changed what (service rule 15)."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Final, Self

from attrs import field, frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.people.organisations import Organisation, Role
from checkdata.domain.values import ImportId, ParticipantId, UserId


class AuditKind(Enum):
    """What happened."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    ACCOUNT_BOUND = "account_bound"
    ACCOUNT_REFUSED = "account_refused"
    ROLE_CHOSEN = "role_chosen"
    LIST_VIEWED = "list_viewed"
    LIST_RECONCILED = "list_reconciled"
    PARTICIPANT_VIEWED = "participant_viewed"
    CHANGES_VIEWED = "changes_viewed"
    DOWNLOADED = "downloaded"
    FILE_SENT = "file_sent"
    EXPORTED = "exported"
    GRANT_ADDED = "grant_added"
    GRANT_ENDED = "grant_ended"
    LAPSE_WARNED = "lapse_warned"
    USER_SUSPENDED = "user_suspended"
    USER_REINSTATED = "user_reinstated"
    COLLEAGUE_CONFIRMED = "colleague_confirmed"
    GRANT_RENEWED = "grant_renewed"
    ADDRESS_CHANGED = "address_changed"
    SECOND_ADDRESS_ADDED = "second_address_added"
    SECOND_ADDRESS_CONFIRMED = "second_address_confirmed"
    SECOND_ADDRESS_REMOVED = "second_address_removed"
    CHANGE_PROPOSED = "change_proposed"
    CHANGE_REFUSED = "change_refused"
    CHANGE_WITHDRAWN = "change_withdrawn"
    SESSIONS_ENDED = "sessions_ended"
    HELP_REQUESTED = "help_requested"
    MAIL_SENT_AGAIN = "mail_sent_again"
    ACCESS_EXPLAINED = "access_explained"
    NOMINATION_RECEIVED = "nomination_received"
    NOMINATION_ESCALATED = "nomination_escalated"
    NOMINATION_CORRECTED = "nomination_corrected"
    NOMINATION_ASKED = "nomination_asked"
    NOMINATION_CONFIRMED = "nomination_confirmed"
    NOMINATION_DECLINED = "nomination_declined"
    NOMINATION_WITHDRAWN = "nomination_withdrawn"
    NOMINATION_EXPIRED = "nomination_expired"
    AGREEMENT_ADDED = "agreement_added"
    AGREEMENT_CHANGED = "agreement_changed"
    AGREEMENT_ENDED = "agreement_ended"
    AGREEMENT_REMOVED = "agreement_removed"
    ACCESS_WIDENED = "access_widened"
    WIDER_ACCESS_REFUSED = "wider_access_refused"
    FEED_IMPORTED = "feed_imported"
    SCHOOLS_IMPORTED = "schools_imported"
    STATUSES_REFRESHED = "statuses_refreshed"
    AUDIT_VIEWED = "audit_viewed"
    AUDIT_EXPORTED = "audit_exported"
    PARTICIPANT_LOOKED_UP = "participant_looked_up"
    PARTICIPANT_TRACED = "participant_traced"
    FILE_TRACED = "file_traced"
    STATEMENT_MADE = "statement_made"
    WRONGLY_SEEN_ASKED = "wrongly_seen_asked"
    FILES_RECALLED = "files_recalled"
    RECALL_WITHDRAWN = "recall_withdrawn"
    FILE_DELETED = "file_deleted"
    DECISIONS_ASKED = "decisions_asked"
    NOTES_CHOSEN = "notes_chosen"
    NOTICE_SET = "notice_set"
    NOTICE_ENDED = "notice_ended"
    KEY_ISSUED = "key_issued"
    KEY_COLLECTED = "key_collected"
    KEY_REVOKED = "key_revoked"
    RECORDS_PURGED = "records_purged"


BEGINNINGS: Final = (AuditKind.SIGNED_IN, AuditKind.ROLE_CHOSEN)
"""How a session begins to act for an organisation: at sign-in if there is one choice, otherwise by choosing."""

USES: Final = (
    *BEGINNINGS,
    AuditKind.LIST_VIEWED,
    AuditKind.LIST_RECONCILED,
    AuditKind.PARTICIPANT_VIEWED,
    AuditKind.CHANGES_VIEWED,
    AuditKind.DOWNLOADED,
    AuditKind.FILE_SENT,
)
"""How a user uses access: every request for an organisation that is on record and about no other user's access."""


@frozen(kw_only=True)
class AuditEvent:
    """One recorded action.

    ``actor`` is None if no user did it, but an operator at the command line, a lead provider's contact by a link
    (``details`` name the lead provider), or the service itself. ``subject`` is the user whose access it was about,
    ``role`` and ``organisation_id`` are those of that access; in an event about no access, those for which the actor
    acts. ``details`` hold slugs, ids and numbers: filters, whether searched, page, rows, reasons; never the text of a
    search or a participant's name, address or TRN.
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
    def by(  # noqa: PLR0913 - what there is to tell
        cls,
        acting: Acting,
        kind: AuditKind,
        at: datetime,
        *,
        import_id: ImportId | None = None,
        participant_id: ParticipantId | None = None,
        details: Mapping[str, str | int | bool] | None = None,
    ) -> Self:
        """An event of a user who acts for an organisation."""
        return cls(
            kind=kind,
            at=at,
            actor=acting.user_id,
            role=acting.role,
            organisation_id=acting.organisation.id,
            import_id=import_id,
            participant_id=participant_id,
            details=details or {},
        )


@frozen
class NumberedEvent:
    """An event with its number in the log; numbers grow, and none is given twice."""

    number: int
    event: AuditEvent


@frozen(kw_only=True)
class AuditQuery:
    """A search of the log: None is no filter.

    ``user_id`` is who did it or whose access it was about; ``organisation`` is matched by role and id; ``start`` is the
    first moment, ``end`` the first moment after.
    """

    user_id: UserId | None = None
    organisation: Organisation | None = None
    kind: AuditKind | None = None
    participant_id: ParticipantId | None = None
    start: datetime | None = None
    end: datetime | None = None

    def matches(self, event: AuditEvent) -> bool:
        """Whether the event meets every filter. This defines what a query means."""
        ours = self.organisation
        return (
            self.user_id in (None, event.actor, event.subject)
            and (ours is None or (ours.role, ours.id) == (event.role, event.organisation_id))
            and self.kind in (None, event.kind)
            and self.participant_id in (None, event.participant_id)
            and (self.start is None or event.at >= self.start)
            and (self.end is None or event.at < self.end)
        )

    @property
    def recorded(self) -> dict[str, str | int | bool]:
        """What goes on record of it, as slugs and ids."""
        organisation = self.organisation and f"{self.organisation.role.value}:{self.organisation.id}"
        words = {
            "user": self.user_id,
            "organisation": organisation,
            "kind": self.kind and self.kind.value,
            "participant": self.participant_id,
            "start": self.start and self.start.isoformat(),
            "end": self.end and self.end.isoformat(),
        }
        return {name: word for name, word in words.items() if word}
