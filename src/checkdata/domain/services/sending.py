"""The outbox is sent: messages that wait become mail (service rules 5 and 7)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from attrs import field, frozen

from checkdata.domain.confirmations import ConfirmationLifetimes
from checkdata.domain.errors import DeliveryFailed, DeliveryRefused
from checkdata.domain.messages import (
    ConfirmationLinkMessage,
    ConfirmationRequested,
    HowAccessIsGiven,
    Message,
    OutboxEntry,
    SignInLinkMessage,
    SignInRequested,
)
from checkdata.domain.ports import Clock, Mailer, Outbox, Storage, Tokens
from checkdata.domain.services.confirming import new_confirmation_link
from checkdata.domain.services.signing_in import new_link
from checkdata.domain.signing_in import Lifetimes
from checkdata.domain.values import EmailAddress, UserId

BATCH: Final = 20
"""How many messages one round takes at most."""

_CLAIMED_FOR: Final = timedelta(minutes=5)
_HOW_ACCESS_IS_GIVEN_EVERY: Final = timedelta(days=1)
_RETRIES: Final = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)

MOST_TRIES: Final = len(_RETRIES) + 1
"""How often a message is tried; one whose sender broke off each time, without a word, is given up after as many."""


@frozen(kw_only=True)
class Sent:
    """What one round did: how many messages went out, were not to be sent after all, or could not be handed over.

    ``reasons`` are why not, each once. False where nothing was due.
    """

    sent: int = 0
    dropped: int = 0
    failed: int = 0
    reasons: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there was anything to do; more may be due."""
        return bool(self.sent or self.dropped or self.failed)


@frozen(kw_only=True)
class Sending:
    """Sends what waits; several may run at once, no message goes to two of them.

    ``link_url`` makes the address of a sign-in link from its token, ``confirmation_url`` that of a confirmation link,
    from settings alone (security.md 10).
    """

    storage: Storage
    mailer: Mailer
    tokens: Tokens
    clock: Clock
    link_url: Callable[[str], str]
    confirmation_url: Callable[[str], str]
    lifetimes: Lifetimes = field(factory=Lifetimes)
    confirmation_lifetimes: ConfirmationLifetimes = field(factory=ConfirmationLifetimes)

    def send_due(self) -> Sent:
        """Send the messages that are due, one batch.

        What fails is tried again later, `MOST_TRIES` times in all; what is refused for good is not.
        """
        now = self.clock()
        with self.storage.writing() as work:
            entries = work.outbox.claim(now, now + _CLAIMED_FOR, BATCH)
            work.commit()
        results = [self._send(entry) for entry in entries]
        reasons = [result for result in results if isinstance(result, str)]
        return Sent(
            sent=results.count(True),
            dropped=results.count(False),
            failed=len(reasons),
            reasons=tuple(dict.fromkeys(reasons)),
        )

    def _send(self, entry: OutboxEntry) -> bool | str:
        """True where the message went out, False where it was not to be sent, else why it could not be."""
        if entry.attempts > MOST_TRIES:
            self._note(lambda outbox: outbox.failed(entry.id, None))
            return "Sending it broke off each time."
        message = self._prepared(entry)
        if message is None:
            self._note(lambda outbox: outbox.dropped(entry.id))
            return False
        try:
            reference = self.mailer.send(entry.to, message)
        except DeliveryFailed as failure:
            retry_at = None if isinstance(failure, DeliveryRefused) else self._next_try(entry.attempts)
            self._note(lambda outbox: outbox.failed(entry.id, retry_at))
            return str(failure)
        self._note(lambda outbox: outbox.sent(entry.id, self.clock(), reference))
        return True

    def _prepared(self, entry: OutboxEntry) -> Message | None:
        """The message as it goes out, its link made now; None where it is not to be sent."""
        match entry.message:
            case SignInRequested(user_id):
                return self._sign_in_link(entry.to, user_id)
            case ConfirmationRequested() as request:
                return self._confirmation_link(entry.to, request)
            case HowAccessIsGiven():
                return None if self._told_lately(entry) else entry.message
            case message:
                return message

    def _sign_in_link(self, to: EmailAddress, user_id: UserId) -> Message | None:
        """The mail with a new link, for the address at which the user signs in now and no other (security.md 12)."""
        token, link = new_link(user_id, self.tokens, self.clock(), self.lifetimes)
        with self.storage.writing() as work:
            work.users.hold(user_id)
            user = work.users.get(user_id)
            if user is None or user.suspended or user.email != to:
                return None
            work.sign_ins.add_link(link)
            work.commit()
        return SignInLinkMessage(url=self.link_url(token), lives=self.lifetimes.link)

    def _confirmation_link(self, to: EmailAddress, request: ConfirmationRequested) -> Message | None:
        """The mail with a new link, while the nomination waits for this lead provider's answer."""
        now, lead_id = self.clock(), request.lead_provider_id
        with self.storage.writing() as work:
            nomination = work.nominations.get(request.nomination_id)
            lead = work.organisations.lead_provider(lead_id)
            if nomination is None or lead is None or not nomination.awaits_answer_by_link(lead_id, now):
                return None
            token, link = new_confirmation_link(request, to, self.tokens, now, self.confirmation_lifetimes)
            work.confirmations.add_link(link)
            work.commit()
        return ConfirmationLinkMessage(
            url=self.confirmation_url(token),
            lives=self.confirmation_lifetimes.link,
            lead_provider=lead.name,
            organisation=nomination.organisation.name,
        )

    def _told_lately(self, entry: OutboxEntry) -> bool:
        """One such mail a day an address, for anybody can type any address (service rule 7)."""
        with self.storage.reading() as work:
            last = work.outbox.last_sent(entry.to, HowAccessIsGiven)
        return last is not None and self.clock() - last < _HOW_ACCESS_IS_GIVEN_EVERY

    def _note(self, note: Callable[[Outbox], None]) -> None:
        with self.storage.writing() as work:
            note(work.outbox)
            work.commit()

    def _next_try(self, attempts: int) -> datetime | None:
        return self.clock() + _RETRIES[attempts - 1] if attempts <= len(_RETRIES) else None
