"""What is mailed, as values; an adapter holds the words."""

from datetime import datetime, timedelta

from attrs import field, frozen

from checkdata.domain.organisations import Role
from checkdata.domain.values import EmailAddress, UserId


@frozen
class SignInRequested:
    """Somebody known asked for a sign-in link; its token is made when the mail is sent, so none is ever stored."""

    user_id: UserId


@frozen(kw_only=True)
class SignInLinkMessage:
    """Here is your link; it works once and for ``lives`` (service rule 7)."""

    url: str = field(repr=False)
    lives: timedelta


@frozen
class HowAccessIsGiven:
    """Somebody without access asked for a link: how access is given (service rule 7)."""


@frozen(kw_only=True)
class AccessGranted:
    """You can sign in now, in this role, for this organisation (service rule 5)."""

    name: str
    role: Role
    organisation: str


@frozen(kw_only=True)
class AccessRemoved:
    """You no longer have access in this role for this organisation (service rule 5)."""

    name: str
    role: Role
    organisation: str


Message = SignInLinkMessage | HowAccessIsGiven | AccessGranted | AccessRemoved
"""What a mailer can send."""

QueuedMessage = SignInRequested | HowAccessIsGiven | AccessGranted | AccessRemoved
"""What the outbox can hold."""


@frozen(kw_only=True)
class OutboxEntry:
    """A message that waits to be sent: ``attempts`` counts the tries so far, this one included once claimed."""

    id: str
    to: EmailAddress
    message: QueuedMessage
    queued_at: datetime
    attempts: int = 0
