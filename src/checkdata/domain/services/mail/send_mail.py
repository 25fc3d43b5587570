"""Sends the messages of the outbox as mail (service rules 5 and 7)."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import random
from time import sleep
from typing import Final

from attrs import field, frozen

from checkdata.domain.access.decision import Acting, decide
from checkdata.domain.errors import DeliveryFailed, DeliveryRefused, MailHeldBack, StorageError
from checkdata.domain.mail_records import OutboxEntry
from checkdata.domain.messages import (
    ChangesCounted,
    ChangesCountedMessage,
    FilesRecalled,
    HowAccessIsGiven,
    Message,
    SecondAddressLinkMessage,
    SecondAddressRequested,
    SignInLinkMessage,
    SignInRequested,
)
from checkdata.domain.nomination_messages import ConfirmationLinkMessage, ConfirmationRequested
from checkdata.domain.nominations.confirmation_links import ConfirmationLifetimes
from checkdata.domain.ports import Clock, Mailer, Outbox, Storage, Tokens
from checkdata.domain.services.nominations.answer_by_link import new_confirmation_link
from checkdata.domain.services.sign_in.make_link import new_link, purpose_at, with_code
from checkdata.domain.sign_in.sessions import Lifetimes, LinkPurpose
from checkdata.domain.values import EmailAddress, london_date

CLAIMED_FOR: Final = timedelta(minutes=5)
"""How long a claim on a message lasts: longer than any mailer tries."""

STORAGE_AGAIN: Final = timedelta(seconds=2)
"""How long to wait before a storage that failed is asked again about a message."""

HELD_BACK_FOR: Final = timedelta(minutes=1)
"""How long no mail is sent after a mail service took none: within that time a limit of so many a minute is over."""

_HOW_ACCESS_IS_GIVEN_EVERY: Final = timedelta(days=1)
_RETRIES: Final = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
_SPREAD: Final = 0.5
"""How much longer, at most, a retry may wait: half as long again, so that not all come back at once."""

MOST_TRIES: Final = len(_RETRIES) + 1
"""How often a message is tried, including the tries in which its sender stopped without a result."""


@frozen(kw_only=True)
class SendingResult:
    """What became of messages: how many went out, were no longer needed, had expired, or failed.

    ``reasons`` are why they failed, each with its number, without personal data; ``held_back`` is why sending stopped
    before all was sent, "" if it did not. False if nothing was done.
    """

    sent: int = 0
    dropped: int = 0
    expired: int = 0
    failed: int = 0
    reasons: Mapping[str, int] = field(factory=dict)
    held_back: str = ""

    def __bool__(self) -> bool:
        """Whether there was anything to do."""
        return bool(self.sent or self.dropped or self.expired or self.failed)

    def __add__(self, other: "SendingResult") -> "SendingResult":
        """Both together."""
        return SendingResult(
            sent=self.sent + other.sent,
            dropped=self.dropped + other.dropped,
            expired=self.expired + other.expired,
            failed=self.failed + other.failed,
            reasons=Counter(self.reasons) + Counter(other.reasons),
            held_back=self.held_back or other.held_back,
        )


@frozen(kw_only=True)
class SendMail:
    """Sends what waits, each message by itself; several may run at once, no message goes to two of them.

    ``link_url`` makes the address of a sign-in link from its token, ``confirmation_url`` that of a confirmation link,
    only from settings (security.md 10); ``changes_url`` and ``stop_url`` make those of a note of changes. ``chance``,
    from 0 to 1, spreads the retries. ``pause`` waits for so many seconds.
    """

    storage: Storage
    mailer: Mailer
    tokens: Tokens
    clock: Clock
    link_url: Callable[[str], str]
    confirmation_url: Callable[[str], str]
    changes_url: Callable[[ChangesCounted], str]
    stop_url: Callable[[ChangesCounted], str]
    lifetimes: Lifetimes = field(factory=Lifetimes)
    confirmation_lifetimes: ConfirmationLifetimes = field(factory=ConfirmationLifetimes)
    chance: Callable[[], float] = random
    pause: Callable[[float], None] = sleep

    def send_due(self) -> SendingResult:
        """Send what is due, one message after the other, until nothing is, or the mail service takes none."""
        done = SendingResult()
        while claimed := self.claim(1):
            try:
                done += self.send(claimed[0])
            except MailHeldBack as error:
                return done + SendingResult(held_back=str(error))
        return done

    def claim(self, limit: int) -> Sequence[OutboxEntry]:
        """Claim up to *limit* messages that are due, each to be sent at once; no other sender gets them meanwhile."""
        now = self.clock()
        with self.storage.writing() as work:
            entries = work.outbox.claim(now, now + CLAIMED_FOR, limit)
            work.commit()
        return entries

    def send(self, entry: OutboxEntry) -> SendingResult:
        """Send one claimed message; a failure is noted with it and does not affect others.

        What fails is tried again later, `MOST_TRIES` times in all; what is refused for good, or past its time, is not.
        If the storage fails before the message is handed over, it is given back and `StorageError` is raised; so it is
        with `MailHeldBack`, after which nothing more is to be sent for `HELD_BACK_FOR`. Its
        outcome is noted as soon as the storage answers, so that it is not sent again. If that takes longer than the
        claim, `StorageError` is raised and the message is due again.
        """
        try:
            return self._tried(entry)
        except StorageError:
            raise
        except MailHeldBack:
            self._note(entry, lambda outbox: outbox.given_back(entry, self.clock() + HELD_BACK_FOR))
            raise
        except DeliveryRefused as refused:
            return self._failed(entry, None, str(refused))
        except DeliveryFailed as failed:
            return self._failed(entry, self._next_try(entry), str(failed))
        except Exception as error:  # noqa: BLE001 - whatever it is, other messages have nothing to do with it
            return self._failed(entry, self._next_try(entry), f"Sending it broke off: {type(error).__name__}.")

    def _tried(self, entry: OutboxEntry) -> SendingResult:
        if self._expires_at(entry) <= self.clock():
            self._note(entry, lambda outbox: outbox.expired(entry))
            return SendingResult(expired=1)
        if entry.attempts > MOST_TRIES:
            raise DeliveryRefused("Sending it broke off each time.")
        if not entry.to.mailable:
            raise DeliveryRefused("Email cannot be sent to an address of this form.")
        message = self._prepared_or_given_back(entry)
        if message is None:
            self._note(entry, lambda outbox: outbox.dropped(entry))
            return SendingResult(dropped=1)
        self.mailer.send(entry.to, message, entry.reference)
        self._note(entry, lambda outbox: outbox.sent(entry, self.clock()))
        return SendingResult(sent=1)

    def _failed(self, entry: OutboxEntry, retry_at: datetime | None, why: str) -> SendingResult:
        self._note(entry, lambda outbox: outbox.failed(entry, retry_at, why))
        return SendingResult(failed=1, reasons={why: 1})

    def _expires_at(self, entry: OutboxEntry) -> datetime:
        """When the message expires: a requested link's mail is useful only as long as the link lives.

        The answer to an unknown address expires at the same time, so that it does not show that the address is unknown
        (security.md 11).
        """
        match entry.message:
            case SignInRequested() | HowAccessIsGiven():
                return entry.queued_at + self.lifetimes.link
            case ConfirmationRequested() | SecondAddressRequested():
                return entry.queued_at + self.confirmation_lifetimes.link
            case _:
                return datetime.max.replace(tzinfo=UTC)

    def _next_try(self, entry: OutboxEntry) -> datetime | None:
        """When to try again: later each time, spread, and when the message expires at the latest; None for never."""
        if entry.attempts > len(_RETRIES):
            return None
        rest = _RETRIES[entry.attempts - 1] * (1 + _SPREAD * self.chance())
        return min(self.clock() + rest, self._expires_at(entry))

    def _prepared_or_given_back(self, entry: OutboxEntry) -> Message | None:
        try:
            return self._prepared(entry)
        except StorageError:
            self._note(entry, lambda outbox: outbox.given_back(entry, self.clock() + STORAGE_AGAIN))
            raise

    def _prepared(self, entry: OutboxEntry) -> Message | None:
        """The message as it goes out, its link made now; None if it no longer needs to be sent."""
        match entry.message:
            case SignInRequested() | SecondAddressRequested() as wanted:
                return self._link(entry.to, wanted)
            case ConfirmationRequested() as request:
                return self._confirmation_link(entry.to, request)
            case HowAccessIsGiven():
                return None if self._told_lately(entry) else entry.message
            case FilesRecalled() as recalled:
                return recalled if self._holds_files(entry.to) else None
            case ChangesCounted() as counted:
                return self._note_of_changes(entry.to, counted)
            case message:
                return message

    def _link(self, to: EmailAddress, wanted: SignInRequested | SecondAddressRequested) -> Message | None:
        """The mail with a new link, only to an address with which the user signs in now, or is to (security.md 12)."""
        confirms = isinstance(wanted, SecondAddressRequested)
        lives = self.confirmation_lifetimes.link if confirms else self.lifetimes.link
        with self.storage.writing() as work:
            work.users.hold(wanted.user_id)
            user = work.users.get(wanted.user_id)
            if (
                user is None
                or user.suspended
                or not (user.awaits_confirmation_at if confirms else user.signs_in_at)(to)
            ):
                return None
            purpose = LinkPurpose.CONFIRM_SECOND if confirms else purpose_at(user, to)
            token, link = new_link(user.id, self.tokens, self.clock(), lives, purpose)
            code = ""
            if isinstance(wanted, SignInRequested) and wanted.asked_as:
                code, link = with_code(self.tokens, link, wanted.asked_as, self.lifetimes.code)
            work.sign_ins.add_link(link)
            work.commit()
        url = self.link_url(token)
        if confirms:
            return SecondAddressLinkMessage(url=url, lives=lives)
        return SignInLinkMessage(url=url, lives=lives, code=code, code_lives=self.lifetimes.code)

    def _confirmation_link(self, to: EmailAddress, request: ConfirmationRequested) -> Message | None:
        """The mail with a new link, while the nomination waits for this lead provider's answer."""
        now, lead_id = self.clock(), request.lead_provider_id
        with self.storage.writing() as work:
            work.nominations.hold(request.nomination_id)
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
            role=nomination.organisation.role,
            organisation=nomination.organisation.name,
        )

    def _told_lately(self, entry: OutboxEntry) -> bool:
        """One such mail a day for each address, because anyone can type any address (service rule 7)."""
        with self.storage.reading() as work:
            last = work.outbox.last_sent(entry.to, HowAccessIsGiven)
        return last is not None and self.clock() - last < _HOW_ACCESS_IS_GIVEN_EVERY

    def _holds_files(self, to: EmailAddress) -> bool:
        """Whether the user at this address still has files to delete: they may have confirmed it meanwhile."""
        with self.storage.reading() as work:
            user = work.users.with_email(to)
            return user is not None and bool(work.recalls.held_by(user.id))

    def _note_of_changes(self, to: EmailAddress, counted: ChangesCounted) -> Message | None:
        """The note, while its user wants it and has access, and signs in with this address."""
        with self.storage.reading() as work:
            organisation = work.organisations.find(counted.role, counted.organisation_id)
            if organisation is None or work.change_notes.get(counted.user_id, organisation) is None:
                return None
            facts = work.users.facts(counted.user_id)
        acting = Acting(counted.user_id, organisation)
        if facts.user is None or facts.user.email != to or not decide(acting, facts, on=london_date(self.clock())):
            return None
        return ChangesCountedMessage(counted=counted, url=self.changes_url(counted), stop_url=self.stop_url(counted))

    def _note(self, entry: OutboxEntry, note: Callable[[Outbox], None]) -> None:
        """Note what became of a message; try again while the storage fails and the claim lasts."""
        while True:
            try:
                with self.storage.writing() as work:
                    note(work.outbox)
                    work.commit()
            except StorageError:
                if entry.claimed_at is None or self.clock() + STORAGE_AGAIN >= entry.claimed_at + CLAIMED_FOR:
                    raise
                self.pause(STORAGE_AGAIN.total_seconds())
            else:
                return
