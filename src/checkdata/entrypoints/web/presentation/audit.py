"""Events of the audit log, in the words of support's pages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.audit.events import AuditEvent, AuditKind, NumberedEvent
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.people.users import User
from checkdata.domain.values import UserId
from checkdata.entrypoints.web.presentation.audit_sentences import AuditNames, sentence_of
from checkdata.entrypoints.web.presentation.days_and_times import exact_time
from checkdata.entrypoints.web.presentation.names import linked_user
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
    AuditKind.NOTES_CHOSEN: "Emails about changes chosen",
    AuditKind.DECISIONS_ASKED: "Asked by another service what a user may see",
    AuditKind.NOTICE_SET: "Service notice set",
    AuditKind.NOTICE_ENDED: "Service notice ended",
    AuditKind.HELP_REQUESTED: "Support asked for help",
    AuditKind.FEED_IMPORTED: "Feed imported",
    AuditKind.SCHOOLS_IMPORTED: "Register of schools imported",
    AuditKind.AUDIT_VIEWED: "Audit log viewed",
    AuditKind.AUDIT_EXPORTED: "Audit log exported",
    AuditKind.PARTICIPANT_LOOKED_UP: "Participant looked up",
    AuditKind.PARTICIPANT_TRACED: "Asked who has seen a participant",
    AuditKind.FILE_TRACED: "Asked where a file came from",
    AuditKind.FILES_RECALLED: "Files recalled",
    AuditKind.RECALL_WITHDRAWN: "Recall of files withdrawn",
    AuditKind.WRONGLY_SEEN_ASKED: "Asked who was seen wrongly",
    AuditKind.STATEMENT_MADE: "Statement made of who has seen a participant",
    AuditKind.KEY_COLLECTED: "API key collected",
    AuditKind.RECORDS_PURGED: "Old records deleted",
}


@frozen(kw_only=True)
class AuditLine:
    """One event: when in UK time, what happened as a sentence, and its technical parts by their names.

    ``links`` are the users in it by name, with the id of their page; "" for one who is gone.
    """

    when: str
    sentence: str
    links: Sequence[tuple[str, str]]
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
    names = AuditNames(users=users, organisations={each: each.name for each in organisations})
    return [_line(numbered.event, names) for numbered in events]


def _line(event: AuditEvent, names: AuditNames) -> AuditLine:
    ids = dict.fromkeys(user_id for user_id in (event.actor, event.subject) if user_id is not None)
    return AuditLine(
        when=exact_time(event.at),
        sentence=sentence_of(event, names),
        links=[linked_user(user_id, names.users, "") for user_id in ids],
        details=list(_details(event, names)),
    )


def _details(event: AuditEvent, names: AuditNames) -> Iterable[tuple[str, str]]:
    yield "What", kind_name(event.kind)
    if event.role is not None:
        yield "Organisation", names.organisation(event)
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
