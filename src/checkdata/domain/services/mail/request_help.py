"""Users ask support for help with a page; the question is mailed, and on record without its text (service rule 14)."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from attrs import frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.audit.events import AuditEvent, AuditKind, AuditQuery
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.messages import HelpRequested
from checkdata.domain.people.users import User
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.typed_text import checked_text
from checkdata.domain.values import EmailAddress

MOST_REQUESTS: Final = 5
"""How many questions a user may send within `WINDOW`."""
WINDOW: Final = timedelta(hours=1)
LONGEST_QUESTION: Final = 2000
"""How many characters a question may have."""

_LONDON: Final = ZoneInfo("Europe/London")
_MAILS_LOOKED_AT: Final = 50


@frozen(kw_only=True)
class RequestHelp:
    """Sends questions to support; ``support_email`` is None where there is no such address, and nothing can be sent."""

    storage: Storage
    clock: Clock
    support_email: EmailAddress | None = None

    def ask(self, user: User, text: str, *, page: str, acting: Acting | None) -> None:
        """Mail a question about a page, whose path names nobody; the same within the hour is mailed once.

        `ChangeRefused` with a sentence for a text that is blank, too long or not to be seen, and after `MOST_REQUESTS`
        questions within the hour.
        """
        now = self.clock()
        if self.support_email is None:
            raise ChangeRefused("Support has no email address here. Ask the person who gave you access.")
        message = _message(user, _checked(text), page, acting, now)
        with self.storage.writing() as work:
            work.users.hold(user.id)
            if _sent_already(work, self.support_email, message, now):
                return
            _check_not_too_often(work, user, now)
            work.outbox.queue(self.support_email, message, now)
            work.audit.record(_event(user, page, acting, now))
            work.commit()


def _checked(text: str) -> str:
    if not text.strip():
        raise ChangeRefused("Enter what you need help with.")
    if len(text) > LONGEST_QUESTION:
        raise ChangeRefused(f"Your question must be {LONGEST_QUESTION:,} characters or fewer.")
    return checked_text(text.strip(), "Your question", lines=True)


def _message(user: User, text: str, page: str, acting: Acting | None, now: datetime) -> HelpRequested:
    organisation = None if acting is None else acting.organisation
    return HelpRequested(
        name=user.name,
        email=user.email.value,
        organisation="" if organisation is None else organisation.name or organisation.id,
        role=None if organisation is None else organisation.role,
        page=page,
        asked_at=f"{now.astimezone(_LONDON):%Y-%m-%d %H:%M}",
        text=text,
    )


def _sent_already(work: UnitOfWork, to: EmailAddress, message: HelpRequested, now: datetime) -> bool:
    since = now - WINDOW
    mails = (mail.entry for mail in work.outbox.last_to(to, _MAILS_LOOKED_AT) if mail.entry.queued_at >= since)
    asked = (mail.message for mail in mails if isinstance(mail.message, HelpRequested))
    return any((each.email, each.page, each.text) == (message.email, message.page, message.text) for each in asked)


def _check_not_too_often(work: UnitOfWork, user: User, now: datetime) -> None:
    lately = AuditQuery(user_id=user.id, kind=AuditKind.HELP_REQUESTED, start=now - WINDOW)
    if work.audit.count(lately, MOST_REQUESTS) >= MOST_REQUESTS:
        raise ChangeRefused(f"You sent {MOST_REQUESTS} questions in the last hour. Wait an hour, then try again.")


def _event(user: User, page: str, acting: Acting | None, now: datetime) -> AuditEvent:
    details: dict[str, str | int | bool] = {"page": page}
    if acting is None:
        return AuditEvent(kind=AuditKind.HELP_REQUESTED, at=now, actor=user.id, details=details)
    return AuditEvent.by(acting, AuditKind.HELP_REQUESTED, now, details=details)
