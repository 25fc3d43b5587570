"""Rows of small tables as the domain's values, and back; the feed's and the listings' have files of their own."""

from types import SimpleNamespace
from typing import Any

from attrs import asdict
from sqlalchemy import Row

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.mail_records import OutboxEntry
from checkdata.domain.messages import QUEUED_MESSAGES, QueuedMessage
from checkdata.domain.people.organisations import Agreement, LeadProvider, Organisation, Role, organisation_of
from checkdata.domain.people.users import Grant, LapseReason, LapseWarning, SecondAddress, User
from checkdata.domain.sign_in.sessions import LinkPurpose, Session, SignInCode, SignInLink
from checkdata.domain.values import EmailAddress, UserId

Cells = dict[str, Any]
"""A row to be written, by column."""

AnyRow = Row[*tuple[Any, ...]] | SimpleNamespace
"""A row, or the part of it from one table, by column."""


def user_to_row(user: User) -> Cells:
    """A user as cells of ``users``."""
    return {
        "id": user.id,
        "email": user.email.value,
        "name": user.name,
        "suspended": user.suspended,
        "second_email": None if user.second is None else user.second.email.value,
        "second_confirmed_at": None if user.second is None else user.second.confirmed_at,
    }


def user_from_row(row: AnyRow) -> User:
    """A user from a row of ``users``."""
    second: SecondAddress | None = None
    if row.second_email is not None:
        second = SecondAddress(email=EmailAddress(row.second_email), confirmed_at=row.second_confirmed_at)
    return User(id=UserId(row.id), email=EmailAddress(row.email), name=row.name, suspended=row.suspended, second=second)


def grant_to_row(grant: Grant) -> Cells:
    """A grant as cells of ``grants``."""
    return {
        "id": grant.id,
        "user_id": grant.user_id,
        "role": grant.organisation.role.value,
        "organisation_id": grant.organisation.id,
        "granted_on": grant.granted_on,
        "granted_by": grant.granted_by,
        "reason": grant.reason,
        "confirmed_by": grant.confirmed_by,
        "ended_on": grant.ended_on,
        "nomination_id": grant.nomination_id,
        "confirmed_on": grant.confirmed_on,
        "still_there_on": grant.still_there_on,
        "lapse_reason": None if grant.warning is None else grant.warning.reason.value,
        "lapse_told_on": None if grant.warning is None else grant.warning.told_on,
        "lapses_on": None if grant.warning is None else grant.warning.ends_on,
    }


def grant_from_row(row: AnyRow) -> Grant:
    """A grant from a row of ``grants`` with its ``organisation_name``."""
    return Grant(
        id=row.id,
        user_id=UserId(row.user_id),
        organisation=organisation_of(Role(row.role), row.organisation_id, row.organisation_name),
        granted_on=row.granted_on,
        granted_by=row.granted_by,
        reason=row.reason,
        confirmed_by=row.confirmed_by,
        ended_on=row.ended_on,
        nomination_id=row.nomination_id,
        confirmed_on=row.confirmed_on,
        still_there_on=row.still_there_on,
        warning=None
        if row.lapse_reason is None
        else LapseWarning(reason=LapseReason(row.lapse_reason), told_on=row.lapse_told_on, ends_on=row.lapses_on),
    )


def lead_provider_from_row(row: AnyRow) -> LeadProvider:
    """A lead provider from a row of ``lead_providers``."""
    return LeadProvider(row.id, row.name, row.contact_email)


def agreement_to_row(agreement: Agreement) -> Cells:
    """An agreement as cells of ``agreements``."""
    return asdict(agreement)


def agreement_from_row(row: AnyRow) -> Agreement:
    """An agreement from a row of ``agreements``."""
    return Agreement(**row._mapping)  # noqa: SLF001 - a documented part of Row


def link_to_row(link: SignInLink) -> Cells:
    """A sign-in link as cells of ``sign_in_links``."""
    return {
        "digest": link.digest,
        "user_id": link.user_id,
        "created_at": link.created_at,
        "expires_at": link.expires_at,
        "used_at": link.used_at,
        "purpose": link.purpose.value,
        "asked_as": None if link.code is None else link.code.asked_as,
        "code_digest": None if link.code is None else link.code.digest,
        "code_expires_at": None if link.code is None else link.code.expires_at,
    }


def link_from_row(row: AnyRow) -> SignInLink:
    """A sign-in link from a row of ``sign_in_links``."""
    code: SignInCode | None = None
    if row.asked_as is not None:
        code = SignInCode(asked_as=row.asked_as, digest=row.code_digest, expires_at=row.code_expires_at)
    return SignInLink(
        digest=row.digest,
        user_id=row.user_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        purpose=LinkPurpose(row.purpose),
        code=code,
    )


def session_to_row(session: Session) -> Cells:
    """A session as cells of ``sessions``."""
    organisation = session.organisation
    return {
        "digest": session.digest,
        "user_id": session.user_id,
        "started_at": session.started_at,
        "seen_at": session.seen_at,
        "role": None if organisation is None else organisation.role.value,
        "organisation_id": None if organisation is None else organisation.id,
        "began_as": session.began_as,
        "at_second": session.at_second,
    }


def session_from_row(row: AnyRow) -> Session:
    """A session from a row of ``sessions`` with its ``organisation_name``."""
    organisation: Organisation | None = None
    if row.role is not None:
        organisation = organisation_of(Role(row.role), row.organisation_id, row.organisation_name)
    return Session(
        digest=row.digest,
        user_id=UserId(row.user_id),
        started_at=row.started_at,
        seen_at=row.seen_at,
        organisation=organisation,
        began_as=row.began_as,
        at_second=row.at_second,
    )


def message_to_json(message: QueuedMessage) -> Cells:
    """What a queued message says, as JSON; no message has a token."""
    return {name: value.value if isinstance(value, Role) else value for name, value in asdict(message).items()}


def message_from_json(kind: str, told: Cells) -> QueuedMessage:
    """A queued message of this kind."""
    cells = {**told, "role": Role(told["role"])} if told.get("role") else told
    return QUEUED_MESSAGES[kind](**cells)


def outbox_entry_from_row(row: AnyRow) -> OutboxEntry:
    """An entry from a row of ``outbox``."""
    return OutboxEntry(
        id=str(row.id),
        to=EmailAddress(row.address),
        message=message_from_json(row.kind, row.message),
        queued_at=row.queued_at,
        reference=row.reference,
        attempts=row.attempts,
        claimed_at=row.tried_at,
    )


def audit_event_to_row(event: AuditEvent) -> Cells:
    """An event as cells of ``audit_events``."""
    return {
        "kind": event.kind.value,
        "at": event.at,
        "actor": event.actor,
        "role": None if event.role is None else event.role.value,
        "organisation_id": event.organisation_id,
        "subject": event.subject,
        "import_id": event.import_id,
        "participant_id": event.participant_id,
        "details": dict(event.details),
    }


def audit_event_from_row(row: AnyRow | SimpleNamespace) -> AuditEvent:
    """An event from a row of ``audit_events``."""
    return AuditEvent(
        kind=AuditKind(row.kind),
        at=row.at,
        actor=row.actor,
        role=None if row.role is None else Role(row.role),
        organisation_id=row.organisation_id,
        subject=row.subject,
        import_id=row.import_id,
        participant_id=row.participant_id,
        details=row.details,
    )
