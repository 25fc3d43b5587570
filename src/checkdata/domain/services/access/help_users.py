"""Support helps a user: a new address, an end to their sessions, and mail that did not come (service rule 7)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Final

from attrs import field, frozen

from checkdata.domain.access.proposals import Proposal
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken
from checkdata.domain.form_digest import FormDigest
from checkdata.domain.mail_records import MailRecord, MailState, OutboxEntry
from checkdata.domain.messages import AccessGranted, is_without_personal_data
from checkdata.domain.nominations.steps import Step
from checkdata.domain.people.organisations import Agreement, LeadProvider
from checkdata.domain.people.users import Grant, User
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.task_steps.access_changes import (
    AccessChange,
    change_of_access,
    check_support,
    check_user_manageable,
    known_user,
)
from checkdata.domain.services.task_steps.address_changes import (
    add_second,
    move_user,
    propose_address,
    remove_second,
)
from checkdata.domain.services.task_steps.key_changes import revoke_keys_of
from checkdata.domain.sign_in.sessions import Lifetimes, Session
from checkdata.domain.values import EmailAddress, UserId, london_date

MAILS_SHOWN: Final = 5
"""How many of the last mails to an address are shown to support."""

DEAD_LETTERS_SHOWN: Final = 500
"""How many undelivered mails are shown to support."""


@frozen(kw_only=True)
class GrantInDetail:
    """A grant, and who stands behind it.

    ``lead_provider`` confirmed it, ``agreements`` are those with it that were in force then; ``confirmation`` is the
    step of the nomination that confirmed it, None if an operator gave access. ``last_used`` is None if it was
    never used.
    """

    grant: Grant
    lead_provider: LeadProvider | None
    agreements: Sequence[Agreement]
    confirmation: Step | None
    last_used: datetime | None


@frozen(kw_only=True)
class DeadLetter:
    """An undelivered mail, and the user with its address; None if there is none, as for a lead provider's contact."""

    mail: MailRecord
    user: User | None


@frozen(kw_only=True)
class UserActivity:
    """What a user's page tells: grants and history oldest first, sessions that still hold and mails newest first.

    ``new_address`` waits for a second support user, None if none does. ``names`` are those of all users who did
    something that is shown.
    """

    last_sign_in: datetime | None
    grants: Sequence[GrantInDetail]
    sessions: Sequence[Session]
    new_address: Proposal | None
    history: Sequence[AuditEvent]
    mails: Sequence[MailRecord]
    names: Mapping[str, str]


@frozen(kw_only=True)
class HelpUsers:
    """What support does for a user besides giving and removing access; each change is one event of the audit log.

    ``by`` is the support user who does it, None for an operator at the command line. What changes something raises
    `ChangeRefused` with a sentence where it is not allowed, `Overtaken` where the user is not as a form had *seen* them
    (`form_digest`), and then changes nothing.
    """

    storage: Storage
    clock: Clock
    lifetimes: Lifetimes = field(factory=Lifetimes)

    def activity(self, user: User) -> UserActivity:
        """What the user did lately and what was done about them."""
        now = self.clock()
        with self.storage.reading() as work:
            grants, history = list(_in_detail(work, user)), work.audit.about(user.id)
            return UserActivity(
                last_sign_in=work.audit.last_sign_in(user.id),
                grants=grants,
                sessions=[s for s in work.sign_ins.sessions_of(user.id) if s.holds(now, self.lifetimes)],
                new_address=next((p for p in work.proposals.of_user(user.id) if p.waits(now)), None),
                history=history,
                mails=_last_mails(work, user.addresses),
                names=_names(work, {*_actors(grants), *(event.actor for event in history)}),
            )

    def mails(self, email: EmailAddress) -> Sequence[MailRecord]:
        """What became of the last mails to an address, whether a user has it or not; the newest first."""
        with self.storage.reading() as work:
            return work.outbox.last_to(email, MAILS_SHOWN)

    def dead_letters(self) -> Sequence[DeadLetter]:
        """Undelivered mail, the newest first, as much of it as is shown."""
        with self.storage.reading() as work:
            mails = work.outbox.dead_letters(DEAD_LETTERS_SHOWN)
            return [DeadLetter(mail=mail, user=_holder(work, mail.entry.to)) for mail in mails]

    def change_address(self, email: EmailAddress, new: EmailAddress, *, reason: str) -> User:
        """An operator changes the address with which a user signs in; support may only propose that."""
        change = change_of_access(self.clock(), None, reason)
        with self.storage.writing() as work:
            moved = move_user(work, known_user(work, email, change), new, change)
            work.commit()
        return moved

    def add_address(self, email: EmailAddress, new: EmailAddress, *, reason: str) -> User:
        """An operator adds a second address, which its holder confirms by a link; support may only propose it."""
        change = change_of_access(self.clock(), None, reason)
        with self.storage.writing() as work:
            changed = add_second(work, known_user(work, email, change), new, change)
            work.commit()
        return changed

    def remove_address(
        self, email: EmailAddress, *, reason: str, by: UserId | None = None, seen: FormDigest | None = None
    ) -> User:
        """Remove a user's second address at once, because that only takes access away."""
        change = change_of_access(self.clock(), by, reason)
        with self.storage.writing() as work:
            user = known_user(work, email, change, seen)
            check_user_manageable(work, user, change)
            changed = remove_second(work, user, change)
            work.commit()
        return changed

    def propose_address(  # noqa: PLR0913 - what there is to propose
        self,
        email: EmailAddress,
        new: EmailAddress,
        *,
        reason: str,
        by: UserId,
        is_second: bool = False,
        seen: FormDigest | None = None,
    ) -> Proposal:
        """Propose an address that differs in spelling or domain only, for another support user to confirm.

        It takes the place of the user's own address, or counts beside it as their second one.
        """
        change = change_of_access(self.clock(), by, reason)
        with self.storage.writing() as work:
            user = known_user(work, email, change, seen)
            proposal = propose_address(work, user, new, by, change, is_second=is_second)
            work.commit()
        return proposal

    def end_sessions(
        self, email: EmailAddress, *, reason: str, by: UserId | None = None, seen: FormDigest | None = None
    ) -> int:
        """Sign a user out everywhere, from the next request on (security.md 21); how many sessions there were.

        The keys under their access end too, because another person who was signed in may have collected them,
        and the account at an identity provider is the user's no longer: the next with their address is.
        """
        change = change_of_access(self.clock(), by, reason)
        with self.storage.writing() as work:
            user = known_user(work, email, change, seen)
            ended = work.sign_ins.end_sessions(user.id)
            keys = revoke_keys_of(work, user.id, change.revocation("Its user was signed out everywhere."))
            if not ended + work.bound_accounts.free(user.id) and not keys:
                raise Overtaken("This user is not signed in anywhere.")
            work.audit.record(change.event(AuditKind.SESSIONS_ENDED, user))
            work.commit()
        return ended

    def send_again(
        self, email: EmailAddress, entry_id: str, *, by: UserId | None = None, newest: str | None = None
    ) -> None:
        """Send one of the last mails to an address, or to a user who has two, once more; a link in it is a new one.

        Mail that says that a user can sign in is sent only while they have that access. *newest* is the last that a
        form showed: `Overtaken` if the same was sent again since.
        """
        now = self.clock()
        with self.storage.writing() as work:
            user = _held_reader(work, email, by, now)
            addresses = (email,) if user is None else user.addresses
            for address in sorted(addresses, key=str):
                work.outbox.hold(address)
            mails = _last_mails(work, addresses)
            mail = next((mail for mail in mails if mail.entry.id == entry_id), None)
            _check_not_sent_since(mails, mail, newest)
            if mail is None:
                raise ChangeRefused("This mail is no longer one of the last mails shown. Check again.")
            if mail.state is MailState.QUEUED:
                raise ChangeRefused("This mail is still waiting to be sent. The service tries again automatically.")
            if not mail.entry.to.mailable:
                raise ChangeRefused("Email cannot be sent to an address of this form.")
            if is_without_personal_data(mail.entry.message):
                raise ChangeRefused(
                    "The text of this mail has been deleted because it was old, so it cannot be sent again."
                )
            if isinstance(mail.entry.message, AccessGranted) and not _has(work, user, mail.entry.message, now):
                raise ChangeRefused(
                    "They no longer have the access that this mail is about, so it cannot be sent again."
                )
            work.outbox.queue(mail.entry.to, mail.entry.message, now)
            subject = None if user is None else user.id
            work.audit.record(AuditEvent(kind=AuditKind.MAIL_SENT_AGAIN, at=now, actor=by, subject=subject))
            work.commit()


def _held_reader(work: UnitOfWork, email: EmailAddress, by: UserId | None, now: datetime) -> User | None:
    """The user with this address, locked with the one who acts, who must still be support; None if there is none."""
    found = _holder(work, email)
    people = {by, None if found is None else found.id}
    work.users.hold(*(user_id for user_id in people if user_id is not None))
    check_support(work, AccessChange(at=now, by=by, reason=""))
    return _holder(work, email)


def _holder(work: UnitOfWork, email: EmailAddress) -> User | None:
    """The user with this address, confirmed or not."""
    return next((user for user in work.users.at_mailbox(email) if email in user.addresses), None)


def _last_mails(work: UnitOfWork, addresses: Iterable[EmailAddress]) -> Sequence[MailRecord]:
    """The last mails to all of these addresses, the newest first."""
    found = [mail for address in addresses for mail in work.outbox.last_to(address, MAILS_SHOWN)]
    return sorted(found, key=lambda mail: mail.entry.queued_at, reverse=True)


def _check_not_sent_since(mails: Sequence[MailRecord], mail: MailRecord | None, newest: str | None) -> None:
    since = takewhile(lambda other: newest is not None and other.entry.id != newest, mails)
    if mail is not None and any(_is_same(other.entry, mail.entry) for other in since):
        raise Overtaken("This mail has been sent again since you looked. Check before you send it once more.")


def _is_same(one: OutboxEntry, other: OutboxEntry) -> bool:
    return (one.to, one.message) == (other.to, other.message)


def _has(work: UnitOfWork, user: User | None, granted: AccessGranted, now: datetime) -> bool:
    """Whether a user still has the access that the mail tells of."""
    if user is None or user.suspended:
        return False
    active = (grant.organisation for grant in work.users.grants_of(user.id) if grant.active(london_date(now)))
    return any((held.role, held.id) == (granted.role, granted.organisation_id) for held in active)


def _in_detail(work: UnitOfWork, user: User) -> Iterator[GrantInDetail]:
    agreements = work.users.facts(user.id).agreements
    for grant in work.users.grants_of(user.id):
        lead, nomination = grant.confirmed_by, grant.nomination_id
        found = None if nomination is None else work.nominations.get(nomination)
        yield GrantInDetail(
            grant=grant,
            lead_provider=None if lead is None else work.organisations.lead_provider(lead) or LeadProvider(lead, lead),
            agreements=grant.vouched_for_under(agreements),
            confirmation=None if found is None else found.confirmation,
            last_used=work.audit.last_used(user.id, grant.organisation),
        )


def _actors(grants: Sequence[GrantInDetail]) -> Iterator[str | None]:
    for found in grants:
        yield found.grant.granted_by
        yield None if found.confirmation is None else found.confirmation.by


def _names(work: UnitOfWork, ids: set[str | None]) -> Mapping[str, str]:
    found = (work.users.get(UserId(user_id)) for user_id in ids if user_id is not None)
    return {user.id: user.name for user in found if user is not None}
