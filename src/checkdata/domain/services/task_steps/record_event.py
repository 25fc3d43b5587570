"""Records what a user did, when nothing else is written with it (service rule 15)."""

from collections.abc import Mapping
from datetime import datetime

from checkdata.domain.access.decision import Acting
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.listing.as_of import Import, id_of
from checkdata.domain.ports import Storage
from checkdata.domain.values import ParticipantId


def record(storage: Storage, event: AuditEvent) -> None:
    """Put an event on record; the view of a page may be lost in a power cut, and nothing else (security.md 39)."""
    with storage.at_once() as work:
        work.audit.record(event)


def record_shown(  # noqa: PLR0913 - what there is to tell
    storage: Storage,
    acting: Acting,
    kind: AuditKind,
    at: datetime,
    *,
    as_of: Import | None,
    details: Mapping[str, str | int | bool],
    participant_id: ParticipantId | None = None,
) -> None:
    """Record that a user was shown rows, or one participant, as of an import (service rule 15)."""
    event = AuditEvent.by(acting, kind, at, import_id=id_of(as_of), participant_id=participant_id, details=details)
    record(storage, event)
