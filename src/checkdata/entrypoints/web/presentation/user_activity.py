"""The history of a user and of their mail, in the words of support's pages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.mail_records import MailRecord, MailState
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.web.presentation.days_and_times import day_and_time
from checkdata.entrypoints.web.presentation.names import organisation_name

WHAT_WAS_DONE: Final[Mapping[AuditKind, str]] = {
    AuditKind.GRANT_ADDED: "Access given",
    AuditKind.GRANT_ENDED: "Access removed",
    AuditKind.GRANT_RENEWED: "Access reconfirmed",
    AuditKind.USER_SUSPENDED: "Suspended",
    AuditKind.USER_REINSTATED: "Reinstated",
    AuditKind.COLLEAGUE_CONFIRMED: "Confirmed by a colleague",
    AuditKind.ADDRESS_CHANGED: "Email address changed",
    AuditKind.SECOND_ADDRESS_ADDED: "Second address added",
    AuditKind.SECOND_ADDRESS_CONFIRMED: "Second address confirmed by its holder",
    AuditKind.SECOND_ADDRESS_REMOVED: "Second address removed",
    AuditKind.CHANGE_PROPOSED: "Change proposed",
    AuditKind.CHANGE_REFUSED: "Proposed change refused",
    AuditKind.CHANGE_WITHDRAWN: "Proposed change withdrawn",
    AuditKind.SESSIONS_ENDED: "Signed out everywhere",
    AuditKind.ACCOUNT_REFUSED: "Account of DfE Sign-in refused",
    AuditKind.MAIL_SENT_AGAIN: "Email sent again",
    AuditKind.ACCESS_EXPLAINED: "Access explained",
    AuditKind.FILE_DELETED: "Recalled file deleted",
    AuditKind.NOMINATION_RECEIVED: "Nominated",
    AuditKind.KEY_ISSUED: "API key issued",
    AuditKind.KEY_REVOKED: "API key revoked",
    AuditKind.LAPSE_WARNED: "Told that their access will end",
    AuditKind.NOMINATION_CORRECTED: "Name in a nomination corrected",
    AuditKind.NOMINATION_ESCALATED: "Nomination escalated to policy",
    AuditKind.NOMINATION_ASKED: "Lead provider asked",
    AuditKind.NOMINATION_CONFIRMED: "Nomination confirmed",
    AuditKind.NOMINATION_DECLINED: "Nomination declined",
    AuditKind.NOMINATION_WITHDRAWN: "Nomination withdrawn",
    AuditKind.NOMINATION_EXPIRED: "Nomination expired",
}
"""What support calls the changes of which a user is the subject."""


@frozen(kw_only=True)
class HistoryLine:
    """One event: when, what, for which organisation, by whom and why; "" if that is not known."""

    when: str
    what: str
    organisation: str
    by: str
    why: str


@frozen(kw_only=True)
class MailLine:
    """A mail: its id in the outbox, to whom and what it is, what became of it and when that was.

    ``may_repeat`` once it is over. ``why`` is a sentence that says why it was not handed over; "" if it was.
    """

    id: str
    to: EmailAddress
    what: str
    state: str
    colour: str
    happened: Sequence[str]
    why: str
    may_repeat: bool


def history_lines(
    history: Sequence[AuditEvent],
    names: Mapping[str, str],
    organisations: Iterable[Organisation],
) -> Sequence[HistoryLine]:
    """What was done, the newest first; *names* are users' by id, *organisations* are those with a name."""
    called = {organisation: organisation.name for organisation in organisations}
    return [
        HistoryLine(
            when=day_and_time(event.at),
            what=WHAT_WAS_DONE.get(event.kind, event.kind.value.replace("_", " ").capitalize()),
            organisation=organisation_name(event.role, event.organisation_id, called),
            by=_by(event, names),
            why=str(event.details.get("reason", "")),
        )
        for event in reversed(history)
    ]


def mail_line(mail: MailRecord) -> MailLine:
    """What became of a mail, in words."""
    state, colour = _STATES[mail.state]
    return MailLine(
        id=mail.entry.id,
        to=mail.entry.to,
        what=mail.entry.message.title,
        state=state,
        colour=colour,
        happened=_happened(mail),
        why=_why(mail),
        may_repeat=mail.state is not MailState.QUEUED,
    )


_STATES: Final[Mapping[MailState, tuple[str, str]]] = {
    MailState.QUEUED: ("Queued", "blue"),
    MailState.SENT: ("Sent", "green"),
    MailState.DROPPED: ("Not sent", "grey"),
    MailState.REFUSED: ("Refused", "red"),
    MailState.EXPIRED: ("Too late", "red"),
    MailState.BOUNCED: ("Bounced", "red"),
}


_TOO_LATE: Final = "It could not be sent before its link expired."


def _why(mail: MailRecord) -> str:
    if mail.state is MailState.EXPIRED:
        return f"{_TOO_LATE} {mail.failure}".strip()
    return mail.failure if mail.state in {MailState.QUEUED, MailState.REFUSED} else ""


def _happened(mail: MailRecord) -> Sequence[str]:
    """The times of what happened to a mail, in order."""
    told = [f"queued {day_and_time(mail.entry.queued_at)}"]
    if mail.tried_at is not None:
        told.append(f"{_TRIED[mail.state]} {day_and_time(mail.tried_at)}")
    if mail.bounced_at is not None:
        told.append(f"bounced {day_and_time(mail.bounced_at)}")
    if mail.due_at is not None and mail.tried_at is not None:
        told.append(f"next try {day_and_time(mail.due_at)}")
    return told


_TRIED: Final[Mapping[MailState, str]] = {
    MailState.QUEUED: "tried",
    MailState.SENT: "sent",
    MailState.DROPPED: "looked at",
    MailState.REFUSED: "refused",
    MailState.EXPIRED: "given up",
    MailState.BOUNCED: "sent",
}


def _by(event: AuditEvent, names: Mapping[str, str]) -> str:
    if event.actor is not None:
        return names.get(event.actor, event.actor)
    return "A lead provider" if "lead_provider_id" in event.details else "An operator, or the service"
