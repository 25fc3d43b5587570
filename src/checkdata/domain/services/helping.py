"""Support helps a user: a new address, an end to their sessions, and mail that did not come (service rule 7)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from attrs import evolve, frozen

from checkdata.domain.audit import AuditEvent, AuditKind
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.messages import AddressChanged, MailRecord, MailState
from checkdata.domain.ports import Clock, Storage
from checkdata.domain.services.access_changes import change_of_access, check_user_manageable, known_user
from checkdata.domain.services.authorising import only_once
from checkdata.domain.signing_in import Session
from checkdata.domain.users import User
from checkdata.domain.values import EmailAddress, UserId

MAILS_SHOWN: Final = 5
"""How many of the last mails to an address support sees."""

_TAKEN: Final = "Another user signs in at this address."


@frozen(kw_only=True)
class UserActivity:
    """What a user's page tells besides their grants; sessions the newest first, history oldest first."""

    last_sign_in: datetime | None
    sessions: Sequence[Session]
    history: Sequence[AuditEvent]
    mails: Sequence[MailRecord]


@frozen(kw_only=True)
class Helping:
    """What support does for a user besides giving and taking access; each change is one event of the audit log.

    ``by`` is the support user who does it, None for an operator at the command line. What changes something raises
    `ChangeRefused` with a sentence where it is not allowed, and then changes nothing.
    """

    storage: Storage
    clock: Clock

    def activity(self, user: User) -> UserActivity:
        """What the user did lately and what was done about them."""
        with self.storage.reading() as work:
            return UserActivity(
                last_sign_in=work.audit.last_sign_in(user.id),
                sessions=work.sign_ins.sessions_of(user.id),
                history=work.audit.about(user.id),
                mails=work.outbox.last_to(user.email, MAILS_SHOWN),
            )

    def mails(self, email: EmailAddress) -> Sequence[MailRecord]:
        """What became of the last mails to an address, whether a user has it or not; the newest first."""
        with self.storage.reading() as work:
            return work.outbox.last_to(email, MAILS_SHOWN)

    def change_address(self, email: EmailAddress, new: EmailAddress, *, reason: str, by: UserId | None = None) -> User:
        """Let a user sign in at another address; both are mailed, and sessions and links of the old one end."""
        change = change_of_access(self.clock(), by, reason)
        with self.storage.writing() as work:
            user = known_user(work, email)
            check_user_manageable(work, user, change)
            if new == user.email:
                raise ChangeRefused("The user signs in at this address already.")
            if work.users.with_email(new) is not None:
                raise ChangeRefused(_TAKEN)
            moved = evolve(user, email=new)
            with only_once(_TAKEN):
                work.users.replace(moved)
            work.sign_ins.end_sessions(user.id)
            work.sign_ins.end_links(user.id, change.at)
            work.outbox.queue(user.email, AddressChanged(name=user.name, is_new=False), change.at)
            work.outbox.queue(moved.email, AddressChanged(name=user.name, is_new=True), change.at)
            work.audit.record(change.event(AuditKind.ADDRESS_CHANGED, user))
            work.commit()
        return moved

    def end_sessions(self, email: EmailAddress, *, reason: str, by: UserId | None = None) -> int:
        """Sign a user out everywhere, from the very next request on (security.md 21); how many sessions there were."""
        change = change_of_access(self.clock(), by, reason)
        with self.storage.writing() as work:
            user = known_user(work, email)
            ended = work.sign_ins.end_sessions(user.id)
            if ended == 0:
                raise ChangeRefused("This user is not signed in anywhere.")
            work.audit.record(change.event(AuditKind.SESSIONS_ENDED, user))
            work.commit()
        return ended

    def send_again(self, email: EmailAddress, entry_id: str, *, by: UserId | None = None) -> None:
        """Send one of the last mails to an address once more; a link in it is a new one."""
        now = self.clock()
        with self.storage.writing() as work:
            mails = work.outbox.last_to(email, MAILS_SHOWN)
            mail = next((mail for mail in mails if mail.entry.id == entry_id), None)
            if mail is None:
                raise ChangeRefused("This mail is not among the last ones any more. Look again.")
            if mail.state is MailState.QUEUED:
                raise ChangeRefused("This mail still waits to be sent. It is tried again by itself.")
            work.outbox.queue(email, mail.entry.message, now)
            user = work.users.with_email(email)
            subject = None if user is None else user.id
            work.audit.record(AuditEvent(kind=AuditKind.MAIL_SENT_AGAIN, at=now, actor=by, subject=subject))
            work.commit()
