"""Changes of an API key: each with its one event of the audit log and, where a user has it, one mail."""

from datetime import datetime

from attrs import evolve

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.messages import KeyChanged, KeyEvent
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.services.task_steps.acting_user import only_once
from checkdata.domain.sign_in.api_keys import COLLECTED_WITHIN, ApiKey, CallingService, Revocation, UnderGrant
from checkdata.domain.values import UserId, london_date


def record_key(  # noqa: PLR0913 - what there is to tell
    work: UnitOfWork, kind: AuditKind, key: ApiKey, *, at: datetime, by: UserId | None, reason: str = ""
) -> None:
    """Put a change of a key on record: whose it is, and as people know it."""
    given = key.given_to
    details: dict[str, str | int | bool] = {"key": key.id, "name": key.name, "prefix": key.prefix}
    details |= {"service": given.name} if isinstance(given, CallingService) else {}
    details |= {"reason": reason} if reason else {}
    if kind is AuditKind.KEY_ISSUED:
        may_ask = given.may_ask if isinstance(given, CallingService) else ()
        details |= {"expires_on": key.expires_on.isoformat()}
        details |= {"may_ask": " ".join(sorted(each.value for each in may_ask))} if may_ask else {}
    event = AuditEvent(kind=kind, at=at, actor=by, details=details)
    if isinstance(given, UnderGrant):
        organisation = given.organisation
        event = evolve(event, subject=given.user_id, role=organisation.role, organisation_id=organisation.id)
    work.audit.record(event)


def mail_about_key(work: UnitOfWork, key: ApiKey, at: datetime, event: KeyEvent) -> None:
    """Tell the user under whose access the key is, at their own address; nobody has a calling service's."""
    given = key.given_to
    if not isinstance(given, UnderGrant):
        return
    user = work.users.get(given.user_id)
    if user is None:
        raise RuntimeError("a key has a user as long as it is there")
    message = KeyChanged(
        name=user.name,
        role=given.organisation.role,
        organisation=given.organisation.name,
        key=key.name,
        event=event,
        waits_until=london_date(key.issued_at + COLLECTED_WITHIN).isoformat(),
    )
    work.outbox.queue(user.email, message, at)


def revoke_key(work: UnitOfWork, key: ApiKey, revocation: Revocation) -> None:
    """End a key, so that the next request with it is refused; `Overtaken` where it was ended before."""
    with only_once("This key has already been revoked."):
        work.api_keys.revoke(key.id, revocation)
    mail_about_key(work, key, revocation.at, "revoked")
    at, by, reason = revocation.at, revocation.by, revocation.reason
    record_key(work, AuditKind.KEY_REVOKED, key, at=at, by=by, reason=reason)


def revoke_keys_of(
    work: UnitOfWork, user_id: UserId, revocation: Revocation, *, under: Organisation | None = None
) -> int:
    """End the keys of a user that have not ended, or those *under* one access; how many there were.

    Access that ends takes them with it, because they would work again if it were given again. So does what ends
    sessions, because another person may have collected them.
    """
    keys = [key for key in work.api_keys.of_user(user_id) if key.has_not_ended(revocation.at)]
    ended = [key for key in keys if under is None or key.given_to == UnderGrant(user_id, under)]
    for key in ended:
        revoke_key(work, key, revocation)
    return len(ended)
