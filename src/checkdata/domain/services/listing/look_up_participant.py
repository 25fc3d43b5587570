"""A user looks up one participant: the row that they may see, and its history (service rules 8 to 15)."""

from collections.abc import Sequence

from attrs import frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.history import Version
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.ports import Clock, Storage
from checkdata.domain.services.task_steps.record_event import record_shown
from checkdata.domain.values import ParticipantId


@frozen(kw_only=True)
class FoundParticipant:
    """One participant as an organisation sees them, how it saw them before, and the import that shows it.

    ``history`` is newest first and begins with the row as it stands.
    """

    listed: ListedParticipant
    history: Sequence[Version]
    as_of: Import | None


@frozen(kw_only=True)
class LookUpParticipant:
    """Looking at one participant within a scope that was granted for this very request."""

    storage: Storage
    clock: Clock

    def participant(
        self, acting: Acting, scope: Scope, participant_id: ParticipantId, *, seen: bool = True
    ) -> FoundParticipant | None:
        """The participant, recorded as viewed by id if it is *seen*; None if it is unknown or out of scope.

        Nothing tells these two apart.

        Source: service rule 15, security.md 22.
        """
        with self.storage.reading() as work:
            listed = work.participants.one(scope, participant_id)
            history = work.participants.history(scope, participant_id)
            as_of = work.participants.as_of()
        if listed is None:
            return None
        if seen:
            record_shown(
                self.storage,
                acting,
                AuditKind.PARTICIPANT_VIEWED,
                self.clock(),
                as_of=as_of,
                details=scope.recorded,
                participant_id=participant_id,
            )
        return FoundParticipant(listed=listed, history=history, as_of=as_of)
