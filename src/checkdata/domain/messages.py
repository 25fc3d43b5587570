"""What is mailed, as values; an adapter holds the words."""

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from attrs import evolve, field, frozen

from checkdata.domain.people.organisations import Role
from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId, UserId


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


@frozen(kw_only=True)
class AddressChanged:
    """The address at which you sign in was changed; sent to the old one and, where ``is_new``, to the new one."""

    name: str
    is_new: bool


@frozen(kw_only=True)
class ConfirmationRequested:
    """A lead provider's contact is asked to confirm a nominee; the link's token is made when the mail is sent."""

    nomination_id: NominationId
    lead_provider_id: LeadProviderId


@frozen(kw_only=True)
class ConfirmationLinkMessage:
    """Please confirm a person; who it is, the page behind the link shows, and no mail.

    ``lead_provider`` and ``organisation`` are names; ``lives`` is how long the link works, once.
    """

    url: str = field(repr=False)
    lives: timedelta
    lead_provider: str
    organisation: str


@frozen(kw_only=True)
class NominationDeclined:
    """The person whom you nominated was not confirmed, and has not been given access."""

    nominee: str
    role: Role
    organisation: str


Message = (
    SignInLinkMessage
    | HowAccessIsGiven
    | AccessGranted
    | AccessRemoved
    | AddressChanged
    | ConfirmationLinkMessage
    | NominationDeclined
)
"""What a mailer can send."""

QueuedMessage = (
    SignInRequested
    | HowAccessIsGiven
    | AccessGranted
    | AccessRemoved
    | AddressChanged
    | ConfirmationRequested
    | NominationDeclined
)
"""What the outbox can hold."""


@frozen(kw_only=True)
class OutboxEntry:
    """A message that waits to be sent: ``attempts`` counts the tries so far, this one included once claimed.

    ``reference`` names its mail in each try and in a notice that it came back, and tells nothing of anybody; nobody can
    guess it. ``claimed_at`` is when its sender took it, None where nobody ever did.
    """

    id: str
    to: EmailAddress
    message: QueuedMessage
    queued_at: datetime
    reference: str
    attempts: int = 0
    claimed_at: datetime | None = None


class MailState(Enum):
    """What became of a message: it waits, was handed over, was not to be sent after all, was given up, or came back.

    A message that could not be handed over waits for the next try until it is given up, or refused for good; one whose
    link would be past its life by then expires. One that was handed over may come back later: it bounced.
    """

    QUEUED = "queued"
    SENT = "sent"
    DROPPED = "dropped"
    REFUSED = "refused"
    EXPIRED = "expired"
    BOUNCED = "bounced"


DEAD_LETTERS: Final = frozenset({MailState.REFUSED, MailState.EXPIRED, MailState.BOUNCED})
"""What became of mail that somebody should have got and did not."""


@frozen(kw_only=True)
class MailRecord:
    """What became of a message, and when.

    ``tried_at`` is when somebody last tried to hand it over, None before the first try; ``due_at`` is when the next try
    is, None where there is none; ``bounced_at`` is when it was told that it came back. ``failure`` is why the last try
    failed, in a sentence that names nobody, "" where none did.
    """

    entry: OutboxEntry
    state: MailState
    tried_at: datetime | None = None
    due_at: datetime | None = None
    bounced_at: datetime | None = None
    failure: str = ""


def forgotten(message: QueuedMessage) -> QueuedMessage:
    """The message without what it said of people, once that is past its time (security.md 42)."""
    match message:
        case AccessGranted() | AccessRemoved():
            return evolve(message, name="", organisation="")
        case AddressChanged():
            return evolve(message, name="")
        case NominationDeclined():
            return evolve(message, nominee="", organisation="")
        case _:
            return message


def is_forgotten(message: QueuedMessage) -> bool:
    """Whether a message says nothing of people any more, and so can't be sent."""
    return "" in (getattr(message, "name", None), getattr(message, "nominee", None))
