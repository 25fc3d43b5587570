"""What became of mail: a message in the outbox, and how its sending went."""

from datetime import datetime
from enum import Enum
from typing import Final

from attrs import frozen

from checkdata.domain.messages import QueuedMessage
from checkdata.domain.values import EmailAddress


@frozen(kw_only=True)
class OutboxEntry:
    """A message that waits to be sent: ``attempts`` counts the tries so far, this one included once claimed.

    ``reference`` names its mail in each try and in a notice that it came back. It holds no personal data, and cannot be
    guessed. ``claimed_at`` is when its sender took it, None if none did.
    """

    id: str
    to: EmailAddress
    message: QueuedMessage
    queued_at: datetime
    reference: str
    attempts: int = 0
    claimed_at: datetime | None = None


class MailState(Enum):
    """What became of a message: it waits, was handed over, was no longer needed, was given up, or came back.

    A message that could not be handed over waits for the next try until it is given up, or refused for good; one whose
    link would have expired by then expires too. One that was handed over may come back later: it bounced.
    """

    QUEUED = "queued"
    SENT = "sent"
    DROPPED = "dropped"
    REFUSED = "refused"
    EXPIRED = "expired"
    BOUNCED = "bounced"


@frozen(kw_only=True)
class WaitingMail:
    """How many messages are still to be sent, since when the oldest of them was queued, and which is due for longest.

    Both times are None where none waits; ``due_at`` lies ahead where all wait for another try.
    """

    number: int
    queued_at: datetime | None = None
    due_at: datetime | None = None


DEAD_LETTERS: Final = frozenset({MailState.REFUSED, MailState.EXPIRED, MailState.BOUNCED})
"""What became of mail that did not reach its reader."""


@frozen(kw_only=True)
class MailRecord:
    """What became of a message, and when.

    ``tried_at`` is when it was last tried, None before the first try; ``due_at`` is when the next try
    is, None where there is none; ``bounced_at`` is when it was told that it came back. ``failure`` is why the last try
    failed, in a sentence without personal data, "" if none did.
    """

    entry: OutboxEntry
    state: MailState
    tried_at: datetime | None = None
    due_at: datetime | None = None
    bounced_at: datetime | None = None
    failure: str = ""
