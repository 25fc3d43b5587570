"""Events of the audit log, in the words of support's pages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.audit.events import AuditEvent, AuditKind, NumberedEvent
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.people.users import User
from checkdata.domain.values import UserId
from checkdata.entrypoints.web.presentation.days_and_times import exact_time
from checkdata.entrypoints.web.presentation.names import linked_user, organisation_name
from checkdata.entrypoints.web.presentation.user_activity import WHAT_WAS_DONE

_OTHERS: Final[Mapping[AuditKind, str]] = {
    AuditKind.LIST_VIEWED: "List of participants viewed",
    AuditKind.PARTICIPANT_VIEWED: "Participant’s page viewed",
    AuditKind.CHANGES_VIEWED: "What changed viewed",
    AuditKind.DOWNLOADED: "Download requested",
    AuditKind.FILE_SENT: "Download completed",
    AuditKind.EXPORTED: "Exported by an operator",
    AuditKind.ACCESS_WIDENED: "Access widened by a feed",
    AuditKind.WIDER_ACCESS_REFUSED: "Feed refused that would widen access",
    AuditKind.FEED_IMPORTED: "Feed imported",
    AuditKind.AUDIT_VIEWED: "Audit log viewed",
    AuditKind.AUDIT_EXPORTED: "Audit log exported",
    AuditKind.PARTICIPANT_LOOKED_UP: "Participant looked up",
    AuditKind.PARTICIPANT_TRACED: "Asked who has seen a participant",
    AuditKind.FILE_TRACED: "Asked where a file came from",
    AuditKind.FILES_RECALLED: "Files recalled",
    AuditKind.RECALL_WITHDRAWN: "Recall of files withdrawn",
    AuditKind.WRONGLY_SEEN_ASKED: "Asked who was seen wrongly",
    AuditKind.STATEMENT_MADE: "Statement made of who has seen a participant",
    AuditKind.RECORDS_PURGED: "Old records deleted",
}


@frozen(kw_only=True)
class AuditLine:
    """One event: when in UK time, what, who did it, whose access it was about, for which organisation, and details.

    Users are a name and the id that their page has, "" where there is none.
    """

    when: str
    what: str
    by: tuple[str, str]
    about: tuple[str, str]
    organisation: str
    details: Sequence[tuple[str, str]]


def kind_name(kind: AuditKind) -> str:
    """What support calls a kind of event."""
    named = WHAT_WAS_DONE.get(kind) or _OTHERS.get(kind)
    return named or kind.value.replace("_", " ").capitalize()


def kinds() -> Sequence[tuple[str, str]]:
    """Every kind of event by its slug, with its name, in the order of names."""
    return sorted(((kind.value, kind_name(kind)) for kind in AuditKind), key=lambda kind: kind[1])


def audit_lines(
    events: Iterable[NumberedEvent], users: Mapping[UserId, User], organisations: Iterable[Organisation]
) -> Sequence[AuditLine]:
    """Events in words; *users* are those in them, *organisations* those with a name."""
    called = {organisation: organisation.name for organisation in organisations}
    return [_line(numbered.event, users, called) for numbered in events]


def _line(event: AuditEvent, users: Mapping[UserId, User], called: Mapping[Organisation, str]) -> AuditLine:
    return AuditLine(
        when=exact_time(event.at),
        what=kind_name(event.kind),
        by=linked_user(event.actor, users, "An operator, a lead provider or the service"),
        about=linked_user(event.subject, users, ""),
        organisation=organisation_name(event.role, event.organisation_id, called),
        details=list(_details(event)),
    )


def _details(event: AuditEvent) -> Iterable[tuple[str, str]]:
    if event.participant_id is not None:
        yield "Participant", event.participant_id
    if event.import_id is not None:
        yield "Import", event.import_id
    for name, value in sorted(event.details.items()):
        yield name.replace("_", " ").capitalize(), _word(value)


def _word(value: str | int | bool) -> str:  # noqa: FBT001 - any value of a detail
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else value.replace("_", " ")
