"""Events of the audit log as sentences: one for each kind of event, with who, whose access and which organisation."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from attrs import frozen

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.people.users import User
from checkdata.domain.values import UserId, day_in_words
from checkdata.entrypoints.web.presentation.days_and_times import counted
from checkdata.entrypoints.web.presentation.names import organisation_name
from checkdata.entrypoints.web.presentation.tracing import FILE_NAMES

SENTENCES: Final[Mapping[AuditKind, str]] = {
    AuditKind.SIGNED_IN: "{who} signed in{acting}",
    AuditKind.SIGNED_OUT: "{who} signed out",
    AuditKind.ACCOUNT_BOUND: "{who} signed in with an account of DfE Sign-in for the first time",
    AuditKind.ACCOUNT_REFUSED: "An account of DfE Sign-in with an address of {about} was refused{why}",
    AuditKind.ROLE_CHOSEN: "{who} began to act for {organisation}",
    AuditKind.LIST_VIEWED: "{who} viewed the list of {organisation}: {participants}",
    AuditKind.LIST_RECONCILED: "{who} compared their own list with that of {organisation}: {rows}",
    AuditKind.PARTICIPANT_VIEWED: "{who} viewed participant {participant} of {organisation}",
    AuditKind.CHANGES_VIEWED: "{who} viewed what changed at {organisation}: {rows}",
    AuditKind.DOWNLOADED: "{who} asked for a file of {organisation} ({file}): {rows}",
    AuditKind.FILE_SENT: "{who} downloaded a file of {organisation} ({file}): {rows}",
    AuditKind.EXPORTED: "{who} exported the list of {organisation}: {rows}",
    AuditKind.GRANT_ADDED: "{who} gave {about} access for {organisation}{why}",
    AuditKind.GRANT_ENDED: "{who} ended the access of {about} for {organisation}{why}",
    AuditKind.LAPSE_WARNED: "{who} told {about} that their access for {organisation} will end",
    AuditKind.USER_SUSPENDED: "{who} suspended {about}{why}",
    AuditKind.USER_REINSTATED: "{who} reinstated {about}{why}",
    AuditKind.NOTES_CHOSEN: "{who} chose how often to get emails about changes at {organisation}",
    AuditKind.COLLEAGUE_CONFIRMED: "{who} confirmed that {about} still works for {organisation}",
    AuditKind.GRANT_RENEWED: "{who} reconfirmed the access of {about} for {organisation}{why}",
    AuditKind.ADDRESS_CHANGED: "{who} changed the email address of {about}{why}",
    AuditKind.SECOND_ADDRESS_ADDED: "{who} gave {about} a second email address{why}",
    AuditKind.SECOND_ADDRESS_CONFIRMED: "{who} confirmed their second email address",
    AuditKind.SECOND_ADDRESS_REMOVED: "{who} removed the second email address of {about}{why}",
    AuditKind.CHANGE_PROPOSED: "{who} proposed a change{of_about}{why}",
    AuditKind.CHANGE_REFUSED: "{who} refused a proposed change{of_about}{why}",
    AuditKind.CHANGE_WITHDRAWN: "{who} withdrew a proposed change{of_about}{why}",
    AuditKind.SESSIONS_ENDED: "{who} signed {about} out everywhere{why}",
    AuditKind.MAIL_SENT_AGAIN: "{who} sent an email again{to_about}",
    AuditKind.HELP_REQUESTED: "{who} asked support for help{acting}",
    AuditKind.ACCESS_EXPLAINED: "{who} checked whether {about} can see participant {participant}",
    AuditKind.NOMINATION_RECEIVED: "{who} recorded a nomination{of_about} for {organisation}",
    AuditKind.NOMINATION_ESCALATED: "{who} escalated a nomination{of_about} for {organisation} to policy",
    AuditKind.NOMINATION_CORRECTED: "{who} corrected the name in a nomination{of_about} for {organisation}",
    AuditKind.NOMINATION_ASKED: "{who} asked a lead provider about a nomination{of_about} for {organisation}",
    AuditKind.NOMINATION_CONFIRMED: "{who} confirmed a nomination{of_about} for {organisation}",
    AuditKind.NOMINATION_DECLINED: "{who} declined a nomination{of_about} for {organisation}",
    AuditKind.NOMINATION_WITHDRAWN: "{who} withdrew a nomination{of_about} for {organisation}",
    AuditKind.NOMINATION_EXPIRED: "A nomination{of_about} for {organisation} expired",
    AuditKind.AGREEMENT_ADDED: "{who} added an agreement of {organisation}{why}",
    AuditKind.AGREEMENT_CHANGED: "{who} changed an agreement of {organisation}{why}",
    AuditKind.AGREEMENT_ENDED: "{who} ended an agreement of {organisation}{why}",
    AuditKind.AGREEMENT_REMOVED: "{who} removed an agreement of {organisation}{why}",
    AuditKind.ACCESS_WIDENED: "{who} let users of {organisation} see more: {participants}",
    AuditKind.WIDER_ACCESS_REFUSED: "A feed was refused: users of {organisation} would see more, {participants}",
    AuditKind.FEED_IMPORTED: "A feed was imported",
    AuditKind.SCHOOLS_IMPORTED: "The register of schools was imported",
    AuditKind.STATUSES_REFRESHED: "Statuses were brought up to date",
    AuditKind.AUDIT_VIEWED: "{who} viewed the audit log",
    AuditKind.AUDIT_EXPORTED: "{who} exported the audit log",
    AuditKind.PARTICIPANT_LOOKED_UP: "{who} looked up a participant: {found} found",
    AuditKind.PARTICIPANT_TRACED: "{who} asked who has seen participant {participant}",
    AuditKind.FILE_TRACED: "{who} asked where a file came from",
    AuditKind.STATEMENT_MADE: "{who} made a statement of who has seen participant {participant}",
    AuditKind.WRONGLY_SEEN_ASKED: "{who} asked who was seen wrongly: {participants}",
    AuditKind.FILES_RECALLED: "The files of {organisation} under an agreement that ended were recalled",
    AuditKind.RECALL_WITHDRAWN: "The recall of files of {organisation} was withdrawn",
    AuditKind.FILE_DELETED: "{who} confirmed that a recalled file of {organisation} is deleted",
    AuditKind.DECISIONS_ASKED: "{who} asked what {about} may see",
    AuditKind.NOTICE_SET: "{who} set a service notice",
    AuditKind.NOTICE_ENDED: "{who} ended a service notice",
    AuditKind.KEY_ISSUED: "{who} issued the API key {key}{of_about}{given}{why}",
    AuditKind.KEY_COLLECTED: "{who} collected the API key {key}",
    AuditKind.KEY_REVOKED: "{who} revoked the API key {key}{of_about}{why}",
    AuditKind.RECORDS_PURGED: "Old records were deleted",
}
"""The sentence of each kind; the words in braces are those of `_Words`."""

_OF_THE_FEED: Final = frozenset(
    {
        AuditKind.AGREEMENT_ADDED,
        AuditKind.AGREEMENT_CHANGED,
        AuditKind.AGREEMENT_ENDED,
        AuditKind.AGREEMENT_REMOVED,
        AuditKind.ACCESS_WIDENED,
    }
)
_OF_THE_SERVICE: Final = frozenset({AuditKind.LAPSE_WARNED})
_OF_A_CONTACT: Final = frozenset({AuditKind.NOMINATION_CONFIRMED, AuditKind.NOMINATION_DECLINED})


@frozen(kw_only=True)
class AuditNames:
    """What users and organisations in events are called, where they are still there."""

    users: Mapping[UserId, User]
    organisations: Mapping[Organisation, str]

    def user(self, user_id: UserId) -> str:
        """A user's name, or their id where they are gone."""
        return self.users[user_id].name if user_id in self.users else user_id

    def organisation(self, event: AuditEvent) -> str:
        """The organisation of an event with its role."""
        return organisation_name(event.role, event.organisation_id, self.organisations)


def sentence_of(event: AuditEvent, names: AuditNames) -> str:
    """What happened, in a sentence without a full stop."""
    organisation = names.organisation(event)
    about = "" if event.subject is None else names.user(event.subject)
    return SENTENCES[event.kind].format(
        who=_who(event, names),
        about=about or "a user",
        of_about=f" of {about}" if about else "",
        to_about=f" to {about}" if about else "",
        organisation=organisation or "an organisation",
        acting=f" for {organisation}" if organisation else "",
        participant=event.participant_id or "of no id",
        participants=_counted(event, "participant", "participants"),
        rows=_counted(event, "row", "rows"),
        found=event.details.get("found", 0),
        file=_file(event),
        key=_key(event),
        given=_given(event),
        why=f": {event.details['reason']}" if event.details.get("reason") else "",
    )


def _who(event: AuditEvent, names: AuditNames) -> str:
    if event.actor is not None:
        return names.user(event.actor)
    if event.kind in _OF_A_CONTACT:
        return "A lead provider’s contact"
    if event.kind is AuditKind.DECISIONS_ASKED:
        return str(event.details.get("service", "Another service"))
    if event.kind in _OF_THE_SERVICE:
        return "The service"
    if event.kind in _OF_THE_FEED and event.import_id is not None:
        return "A feed"
    return "An operator or the service" if event.kind is AuditKind.GRANT_ENDED else "An operator"


def _counted(event: AuditEvent, one: str, many: str) -> str:
    """How many, "100 of 259 participants" where only some of those found are on the page."""
    rows, found = event.details.get("rows", event.details.get("participants", 0)), event.details.get("found")
    shown = int(rows)
    if found is None or found == shown:
        return counted(shown, one, many)
    return f"{shown:,} of {counted(int(found), one, many)}"


def _key(event: AuditEvent) -> str:
    """A key by its name and how its secret begins, and the service that calls with it."""
    service = event.details.get("service")
    return f"“{event.details.get('name', '')}” ({event.details.get('prefix', '')})" + (
        f" of {service}" if service else ""
    )


def _given(event: AuditEvent) -> str:
    """What a key may ask, if it is a service's, and until when it works."""
    may_ask, expires_on = str(event.details.get("may_ask", "")), event.details.get("expires_on")
    asks = f" for {' and '.join(may_ask.split())}" if may_ask else ""
    return asks + (f", which expires on {day_in_words(date.fromisoformat(str(expires_on)))}" if expires_on else "")


def _file(event: AuditEvent) -> str:
    kind = event.details.get("format", event.details.get("kind", ""))
    return FILE_NAMES[FileKind(kind)] if kind in {each.value for each in FileKind} else "file"
