"""A lead provider's contact, who has no account, answers about one nominee by a one-time link (service rule 4)."""

from datetime import datetime, timedelta
from typing import Final

from attrs import field, frozen

from checkdata.domain.errors import ConfirmationRefused
from checkdata.domain.mail_records import MailState
from checkdata.domain.nomination_messages import ConfirmationRequested
from checkdata.domain.nominations.confirmation_links import ConfirmationLifetimes, ConfirmationLink, ConfirmationVisit
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.nominations.steps import Act, Answer, Contact
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.ports import Clock, Storage, Tokens, UnitOfWork
from checkdata.domain.services.task_steps.bound_tokens import found_by, with_token
from checkdata.domain.services.task_steps.hand_overs import TeamAddresses
from checkdata.domain.services.task_steps.nomination_changes import (
    held_agreements_for,
    hold_people,
    registered_contact,
    take_answer,
    with_addresses,
)
from checkdata.domain.values import EmailAddress, london_date

_SENT_AGAIN_EVERY: Final = timedelta(minutes=10)
_MAILS_LOOKED_AT: Final = 50
_DEAD: Final = "This link has expired or has already been used."


@frozen(kw_only=True)
class NomineeQuestion:
    """What the contact is asked: whether this person should have access for this organisation, and nothing more.

    ``old_email`` is that of a user who is to have another address, None for a new user; ``is_second`` if they keep it.
    """

    name: str
    email: EmailAddress
    old_email: EmailAddress | None
    is_second: bool
    organisation: Organisation


@frozen(kw_only=True)
class AnswerByLink:
    """The answer of a lead provider's contact, from the link in the mail to confirming or declining.

    Opening the link uses it up and gives the browser a cookie of its own for the time of answering, so that
    the link's token leaves the address (security.md 4 to 8).
    """

    storage: Storage
    tokens: Tokens
    clock: Clock
    lifetimes: ConfirmationLifetimes = field(factory=ConfirmationLifetimes)
    teams: TeamAddresses = field(factory=TeamAddresses)

    def link_works(self, token: str) -> bool:
        """Whether the link would open; changes nothing, because mail scanners follow links (security.md 6)."""
        now = self.clock()
        with self.storage.reading() as work:
            link = found_by(self.tokens, token, work.confirmations.link)
            return link is not None and link.usable(now) and _nomination(work, link, now) is not None

    def open(self, token: str) -> str:
        """Use the link up: the token of a cookie by which the question is shown and answered.

        Raises `ConfirmationRefused` where the link is used, expired or unknown, or its question is no longer asked.
        """
        with self.storage.writing() as work:
            asked = found_by(self.tokens, token, work.confirmations.link)
            _hold(work, asked)
            now = self.clock()
            link = None if asked is None else work.confirmations.use_link(asked.digest, now)
            if link is None or _nomination(work, link, now) is None:
                raise ConfirmationRefused(_DEAD)
            visit = ConfirmationVisit(
                nomination_id=link.nomination_id,
                lead_provider_id=link.lead_provider_id,
                address=link.address,
                ends_at=now + self.lifetimes.visit,
            )
            cookie, visit = with_token(self.tokens, visit)
            work.confirmations.add_visit(visit)
            work.commit()
        return cookie

    def question(self, cookie: str) -> NomineeQuestion:
        """What is asked; `ConfirmationRefused` where the time to answer is over."""
        with self.storage.reading() as work:
            _, nomination = self._visited(work, cookie, self.clock())
        nominee = nomination.nominee
        return NomineeQuestion(
            name=nominee.name,
            email=nominee.email,
            old_email=nominee.old_email,
            is_second=nominee.is_second,
            organisation=nomination.organisation,
        )

    def answer(self, cookie: str, *, confirms: bool, note: str = "") -> None:
        """Confirm or decline, the latter with a reason; that ends the visit and every link.

        Raises `ConfirmationRefused` where the time to answer is over, `ChangeRefused` where the rules do not allow the
        answer.
        """
        with self.storage.writing() as work:
            _hold(work, found_by(self.tokens, cookie, work.confirmations.visit))
            now = self.clock()
            visit, nomination = self._visited(work, cookie, now)
            act = Act(by=Contact(visit.lead_provider_id, visit.address), at=now, note=note)
            answer = Answer(
                contact=visit.address.value, given_on=london_date(now), reference="By the link sent to them"
            )
            agreements = held_agreements_for(work, nomination)
            answered = nomination.confirmed(act, answer, agreements) if confirms else nomination.declined(act, answer)
            take_answer(work, answered, self.teams)
            work.commit()

    def send_again(self, token: str) -> None:
        """Send another link in place of a dead one, to the same contact, while the nomination waits for the answer.

        It does not show whether the link was ever ours. One mail in ten minutes for a nomination, unless its link
        was used up meanwhile.
        """
        now = self.clock()
        with self.storage.writing() as work:
            link = found_by(self.tokens, token, work.confirmations.link)
            _hold(work, link)
            if link is None or _nomination(work, link, now) is None:
                return
            request = ConfirmationRequested(nomination_id=link.nomination_id, lead_provider_id=link.lead_provider_id)
            if not _is_sent_already(work, link.address, request, now):
                work.outbox.queue(link.address, request, now)
                work.commit()

    def _visited(self, work: UnitOfWork, cookie: str, now: datetime) -> tuple[ConfirmationVisit, Nomination]:
        visit = found_by(self.tokens, cookie, work.confirmations.visit)
        nomination = None if visit is None or not visit.holds(now) else _nomination(work, visit, now)
        if visit is None or nomination is None:
            raise ConfirmationRefused(_DEAD)
        return visit, nomination


def new_confirmation_link(
    request: ConfirmationRequested, to: EmailAddress, tokens: Tokens, now: datetime, lifetimes: ConfirmationLifetimes
) -> tuple[str, ConfirmationLink]:
    """A token and the link that stands for it; the token goes into a mail and nowhere else (security.md 2)."""
    link = ConfirmationLink(
        nomination_id=request.nomination_id,
        lead_provider_id=request.lead_provider_id,
        address=to,
        created_at=now,
        expires_at=now + lifetimes.link,
    )
    return with_token(tokens, link)


def _hold(work: UnitOfWork, asked: ConfirmationLink | ConfirmationVisit | None) -> None:
    """Lock the nomination and its nominee until this is done."""
    if asked is not None:
        hold_people(work, asked.nomination_id)
        work.nominations.hold(asked.nomination_id)


def _nomination(work: UnitOfWork, link: ConfirmationLink | ConfirmationVisit, now: datetime) -> Nomination | None:
    """The nomination, while it waits for the answer of the contact to whom the link was sent."""
    nomination = work.nominations.get(link.nomination_id)
    if nomination is None or not nomination.awaits_answer_by_link(link.lead_provider_id, now):
        return None
    is_theirs = registered_contact(work, link.lead_provider_id) == link.address
    return with_addresses(work, nomination) if is_theirs else None


def _is_sent_already(work: UnitOfWork, to: EmailAddress, request: ConfirmationRequested, now: datetime) -> bool:
    """Whether a mail that asks this waits, or went out a short while ago and holds a link that works."""
    mails = [mail for mail in work.outbox.last_to(to, _MAILS_LOOKED_AT) if mail.entry.message == request]
    lately = any(now - mail.entry.queued_at < _SENT_AGAIN_EVERY for mail in mails)
    links = work.confirmations.links_of(request.nomination_id)
    works = any(link.usable(now) and link.lead_provider_id == request.lead_provider_id for link in links)
    return any(mail.state is MailState.QUEUED for mail in mails) or (lately and works)
