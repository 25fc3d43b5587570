"""Nominations from their receipt to the grant: support, policy and colleagues take their steps (service rule 4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import uuid4

from attrs import field, frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.errors import ChangeRefused, Overtaken
from checkdata.domain.form_digest import FormDigest
from checkdata.domain.nominations.nomination import NOMINATION_LIVES, Nomination
from checkdata.domain.nominations.nominee import Nominee
from checkdata.domain.nominations.steps import Act, Answer
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, Organisation, Role
from checkdata.domain.people.users import User
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.nominations.give_confirmed_access import give_confirmed_access
from checkdata.domain.services.task_steps.access_changes import AccessChange, active_grants
from checkdata.domain.services.task_steps.acting_user import actor_of
from checkdata.domain.services.task_steps.address_changes import (
    check_free,
    check_may_have_second,
    check_may_move,
)
from checkdata.domain.services.task_steps.each_by_itself import each_by_itself
from checkdata.domain.services.task_steps.hand_overs import TeamAddresses, tell_team
from checkdata.domain.services.task_steps.nomination_changes import (
    add_nomination,
    ask_lead_provider,
    check_not_second,
    check_not_suspended,
    expire,
    held_agreements_for,
    held_nomination,
    hold_people,
    is_over,
    known_nominee,
    known_organisation,
    take_answer,
    take_step,
    users_at,
)
from checkdata.domain.typed_text import checked_name, checked_text
from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId, london_date


@frozen(kw_only=True)
class MailedNomination:
    """A nomination that came to support by mail: of whom, for what, from whom, and which mail that was.

    ``old_email`` is the address of the user who is to sign in with ``email`` instead, or with both if it ``is_second``,
    under the name that they have; None where no address is to change.
    """

    email: EmailAddress
    name: str = ""
    old_email: EmailAddress | None = None
    is_second: bool = False
    role: Role
    organisation_id: str
    nominated_by: EmailAddress
    reference: str
    note: str = ""


@frozen(kw_only=True)
class Nominate:
    """The steps of nominations; each is one event of the audit log.

    ``by`` is who acts, looked up again for each step. Every method raises `ChangeRefused` with a sentence where the
    rules do not allow it, `Overtaken` where the nomination is not as a form had *seen* it (`Nomination.seen`; None
    where none was shown), `AccessRefused` where *by* no longer has the access to act, and then changes nothing.
    ``lives`` is how long a nomination waits for its grant; ``teams`` are mailed when it waits for them.
    """

    storage: Storage
    clock: Clock
    lives: timedelta = NOMINATION_LIVES
    teams: TeamAddresses = field(factory=TeamAddresses)

    def receive(self, mailed: MailedNomination, *, by: Acting) -> Nomination:
        """Support records a nomination that came by mail."""
        with self.storage.writing() as work:
            _hold(work, by, mailed.email, mailed.old_email)
            act = self._act(work, by, mailed.note)
            organisation = known_organisation(work, mailed.role, mailed.organisation_id)
            if mailed.old_email is None:
                nominee = _nominee(work, mailed.email, mailed.name)
            else:
                change = AccessChange(at=act.at, by=by.user_id, reason=act.note)
                nominee = _moving_nominee(work, mailed, mailed.old_email, organisation, change)
            nomination = self._new(work, nominee, organisation, mailed.nominated_by, act)
            nomination = nomination.received(act, checked_text(mailed.reference, "Reference"))
            add_nomination(work, nomination)
            work.commit()
        return nomination

    def nominate(self, email: EmailAddress, name: str, *, by: Acting, note: str = "") -> Nomination:
        """A user nominates a colleague for the organisation for which they act."""
        with self.storage.writing() as work:
            _hold(work, by, email)
            act = self._act(work, by, note)
            nominated_by = actor_of(work, by, london_date(act.at)).user.email
            organisation = known_organisation(work, by.role, by.organisation.id)
            nomination = self._new(work, _nominee(work, email, name), organisation, nominated_by, act).received(act)
            add_nomination(work, nomination)
            tell_team(work, nomination, self.teams)
            work.commit()
        return nomination

    def escalate(
        self,
        nomination_id: NominationId,
        *,
        by: Acting,
        reference: str = "",
        note: str = "",
        seen: FormDigest | None = None,
    ) -> Nomination:
        """Support escalates a nomination to policy, which is mailed; *reference* is that of the second-line ticket."""
        checked_text(reference, "Reference")
        with self._step(nomination_id, by=by, note=note, seen=seen) as (work, nomination, act):
            escalated = nomination.escalated(act, reference)
            take_step(work, escalated)
            tell_team(work, escalated, self.teams)
            return escalated

    def correct_name(
        self, nomination_id: NominationId, name: str, *, by: Acting, note: str = "", seen: FormDigest | None = None
    ) -> Nomination:
        """Support or policy corrects a misspelt name; a lead provider that was asked is asked again, links stop."""
        with self._step(nomination_id, by=by, note=note, seen=seen) as (work, nomination, act):
            corrected = nomination.corrected(act, checked_name(name))
            take_step(work, corrected)
            if by.role is Role.SUPPORT:
                tell_team(work, corrected, self.teams)
            return corrected

    def ask(  # noqa: PLR0913 - what there is to say
        self,
        nomination_id: NominationId,
        lead_provider_id: LeadProviderId,
        *,
        by: Acting,
        by_link: bool,
        note: str = "",
        seen: FormDigest | None = None,
    ) -> Nomination:
        """Policy asks a lead provider, by a link to its registered contact or by themselves; again, too.

        Links sent before stop working.
        """
        with self._step(nomination_id, by=by, note=note, seen=seen) as (work, nomination, act):
            return ask_lead_provider(work, nomination, lead_provider_id, act, by_link=by_link)

    def record_answer(  # noqa: PLR0913 - what there is to say
        self,
        nomination_id: NominationId,
        answer: Answer,
        *,
        confirms: bool,
        by: Acting,
        note: str = "",
        seen: FormDigest | None = None,
    ) -> Nomination:
        """Policy records what the lead provider answered, which it asked before; declining takes a note."""
        with self._step(nomination_id, by=by, note=note, seen=seen) as (work, nomination, act):
            agreements = held_agreements_for(work, nomination)
            after = nomination.confirmed(act, answer, agreements) if confirms else nomination.declined(act, answer)
            take_answer(work, after, self.teams)
            return after

    def decide_for_body(
        self, nomination_id: NominationId, *, confirms: bool, by: Acting, note: str = "", seen: FormDigest | None = None
    ) -> Nomination:
        """Policy itself confirms or declines an appropriate body's user, and the note says why."""
        answer = Answer(contact="", given_on=london_date(self.clock()), reference="")
        return self.record_answer(nomination_id, answer, confirms=confirms, by=by, note=note, seen=seen)

    def withdraw(
        self, nomination_id: NominationId, *, by: Acting, note: str, seen: FormDigest | None = None
    ) -> Nomination:
        """Support, policy or a colleague at the organisation withdraws it, and says why."""
        with self._step(nomination_id, by=by, note=note, seen=seen) as (work, nomination, act):
            withdrawn = nomination.withdrawn(act)
            take_step(work, withdrawn)
            return withdrawn

    def grant(self, nomination_id: NominationId, *, by: Acting, note: str = "", seen: FormDigest | None = None) -> User:
        """Support gives the access that was confirmed; the nominee is mailed that they can sign in (service rule 5)."""
        with self.storage.writing() as work:
            there = hold_people(work, nomination_id, by.user_id)
            nomination = held_nomination(work, nomination_id, seen)
            user = give_confirmed_access(work, nomination, self._act(work, by, note), there)
            work.commit()
        return user

    def expire_due(self) -> int:
        """Note which nominations waited too long, or were to renew a grant that has ended; how many there were."""
        now = self.clock()
        with self.storage.reading() as work:
            over = [nomination.id for nomination in work.nominations.open() if is_over(work, nomination, now)]
        return sum(each_by_itself(self._expire, over))

    def _expire(self, nomination_id: NominationId) -> bool:
        """Each by itself, so that a step of another nomination does not wait."""
        with self.storage.writing() as work:
            hold_people(work, nomination_id)
            over = expire(work, held_nomination(work, nomination_id), self.clock())
            work.commit()
        return over

    @contextmanager
    def _step(
        self, nomination_id: NominationId, *, by: Acting, note: str, seen: FormDigest | None
    ) -> Iterator[tuple[UnitOfWork, Nomination, Act]]:
        """One step: locks what it rests on, compares it with what was seen, and commits."""
        with self.storage.writing() as work:
            hold_people(work, nomination_id, by.user_id)
            nomination = held_nomination(work, nomination_id, seen)
            yield work, nomination, self._act(work, by, note)
            work.commit()

    def _act(self, work: UnitOfWork, by: Acting, note: str) -> Act:
        now = self.clock()
        return Act(by=actor_of(work, by, london_date(now)), at=now, note=note)

    def _new(
        self,
        work: UnitOfWork,
        nominee: Nominee,
        organisation: DeliveryPartner | AppropriateBody,
        nominated_by: EmailAddress,
        act: Act,
    ) -> Nomination:
        _make_way(work, nominee, organisation, act)
        return Nomination(
            id=NominationId(uuid4().hex),
            nominee=nominee,
            organisation=organisation,
            nominated_by=nominated_by,
            expires_at=act.at + self.lives,
        )


def _hold(work: UnitOfWork, by: Acting, *emails: EmailAddress | None) -> None:
    """The user who nominates, and the nominee if they are a user."""
    there = [work.users.with_email(email) for email in emails if email is not None]
    work.users.hold(*{by.user_id, *(user.id for user in there if user is not None)})


def _nominee(work: UnitOfWork, email: EmailAddress, name: str) -> Nominee:
    user = work.users.with_email(email)
    nominee = Nominee(email=email, name=checked_name(name), user_id=None if user is None else user.id)
    return known_nominee(work, nominee)


def _moving_nominee(
    work: UnitOfWork, mailed: MailedNomination, old: EmailAddress, organisation: Organisation, change: AccessChange
) -> Nominee:
    """The user at the old address, if support may nominate them at the other one."""
    user = work.users.with_email(old)
    if user is None:
        raise Overtaken("There is no user with this email address any more.")
    check = check_may_have_second if mailed.is_second else check_may_move
    check(work, user, organisation, change)
    check_free(work, user, mailed.email, is_second=mailed.is_second)
    nominee = Nominee(
        email=mailed.email, name=user.name, user_id=user.id, old_email=user.email, is_second=mailed.is_second
    )
    return known_nominee(work, nominee)


def _make_way(work: UnitOfWork, nominee: Nominee, organisation: DeliveryPartner | AppropriateBody, act: Act) -> None:
    """Refuse a nomination that cannot lead to a grant, and close an older one that no longer can."""
    today = london_date(act.at)
    if isinstance(organisation, DeliveryPartner):
        _check_agreement(work, organisation, today)
    for there in users_at(work, nominee):
        check_not_suspended(there, act)
        if there.email == nominee.email and _has_access(work, there, organisation, today):
            raise ChangeRefused("This person already has access for this organisation.")
        check_not_second(there, nominee, act)
    waiting = work.nominations.open_for(nominee.email, organisation)
    if waiting is not None:
        expire(work, waiting, act.at)


def _has_access(work: UnitOfWork, user: User, organisation: Organisation, today: date) -> bool:
    return any(grant.organisation == organisation for grant in active_grants(work, user, today))


def _check_agreement(work: UnitOfWork, partner: DeliveryPartner, today: date) -> None:
    work.organisations.rest_on_agreements()
    if not any(agreement.in_force(today) for agreement in work.organisations.agreements_of(partner.id)):
        raise ChangeRefused(
            "This delivery partner has no data-sharing agreement in force with any lead provider, "
            "so no one can be given access to its data."
        )
