"""The queue of nominations, with their age, their next step and who takes it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from checkdata.domain.mail_records import MailRecord
from checkdata.domain.messages import QueuedMessage
from checkdata.domain.nomination_messages import ConfirmationRequested
from checkdata.domain.nominations.confirmation_links import ConfirmationLink
from checkdata.domain.nominations.next_step import NextStep, Party, next_step
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.nominations.steps import NominationState
from checkdata.domain.people.organisations import LeadProvider
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.task_steps.nomination_changes import agreements_for, registered_contact
from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId, UserId, london_date

_MAILS_LOOKED_AT: Final = 50


@frozen(kw_only=True)
class QueuedNomination:
    """A nomination, its age, and its next step; None if it has none."""

    nomination: Nomination
    age: timedelta
    next_step: NextStep | None


@frozen(kw_only=True)
class NominationInDetail:
    """A nomination with all that its page offers.

    ``may_be_asked`` are the lead providers whose agreement with the partner is in force, by name, and ``reachable``
    those of them to whose registered contact a link can be sent; ``links`` are those sent, the newest first.
    ``mail`` is what became of the newest mail with one; None where the contact asked was sent none.
    ``people`` and ``lead_providers`` are the names of those in its steps.
    """

    queued: QueuedNomination
    people: Mapping[UserId, str]
    lead_providers: Mapping[LeadProviderId, str]
    may_be_asked: Sequence[LeadProvider]
    reachable: frozenset[LeadProviderId]
    links: Sequence[ConfirmationLink]
    mail: MailRecord | None


@frozen(kw_only=True)
class NominationQueue:
    """Looks at nominations; changes nothing."""

    storage: Storage
    clock: Clock

    def open(self) -> Sequence[QueuedNomination]:
        """The open nominations, the oldest first; one that waited too long has no next step."""
        with self.storage.reading() as work:
            return queued_all(work, work.nominations.open(), self.clock())

    def waiting_for(self, party: Party) -> Sequence[QueuedNomination]:
        """The open nominations whose next step this party takes, the oldest first."""
        return [each for each in self.open() if each.next_step is not None and each.next_step.whose is party]

    def closed(self) -> Sequence[QueuedNomination]:
        """Nominations that are granted, declined, withdrawn or expired, the last closed first."""
        with self.storage.reading() as work:
            return queued_all(work, work.nominations.closed(), self.clock())

    def of_person(self, email: EmailAddress) -> Sequence[Nomination]:
        """Every nomination of the person at this address, the newest first."""
        with self.storage.reading() as work:
            return work.nominations.of_person(email)

    def one(self, nomination_id: NominationId) -> NominationInDetail | None:
        """One nomination in detail."""
        now = self.clock()
        with self.storage.reading() as work:
            nomination = work.nominations.get(nomination_id)
            if nomination is None:
                return None
            leads = _may_be_asked(work, nomination, now)
            return NominationInDetail(
                queued=queued_all(work, [nomination], now)[0],
                people=_people(work, nomination),
                lead_providers={lead.id: lead.name for lead in work.organisations.lead_providers()},
                may_be_asked=leads,
                reachable=frozenset(lead.id for lead in leads if registered_contact(work, lead.id) is not None),
                links=work.confirmations.links_of(nomination_id),
                mail=_mail(work, nomination),
            )


def queued_all(work: UnitOfWork, nominations: Sequence[Nomination], now: datetime) -> Sequence[QueuedNomination]:
    """Nominations with their age and their next step; the agreements of an organisation are looked up once."""
    agreements = {each.organisation: agreements_for(work, each) for each in nominations if each.is_open}
    return [
        QueuedNomination(
            nomination=each,
            age=each.age(now),
            next_step=next_step(each, agreements.get(each.organisation, ()), now),
        )
        for each in nominations
    ]


def _mail(work: UnitOfWork, nomination: Nomination) -> MailRecord | None:
    """The newest mail that asks about the nominee, among the last of its address: one contact is asked about many."""
    if nomination.state is not NominationState.ASKED or not nomination.steps[-1].contact:
        return None
    mails = work.outbox.last_to(EmailAddress(nomination.steps[-1].contact), _MAILS_LOOKED_AT)
    return next((mail for mail in mails if _asks_about(mail.entry.message, nomination)), None)


def _asks_about(message: QueuedMessage, nomination: Nomination) -> bool:
    return isinstance(message, ConfirmationRequested) and message.nomination_id == nomination.id


def _people(work: UnitOfWork, nomination: Nomination) -> Mapping[UserId, str]:
    users = (work.users.get(step.by) for step in nomination.steps if step.by is not None)
    return {user.id: user.name for user in users if user is not None}


def _may_be_asked(work: UnitOfWork, nomination: Nomination, now: datetime) -> Sequence[LeadProvider]:
    agreements, today = agreements_for(work, nomination), london_date(now)
    return [lead for lead in work.organisations.lead_providers() if nomination.may_vouch(lead.id, agreements, today)]
