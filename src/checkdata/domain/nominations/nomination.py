"""Nominations of people for access, and who confirmed them before they get it (service rule 4)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Final, Self

from attrs import evolve, field, frozen

from checkdata.domain.errors import ChangeRefused
from checkdata.domain.form_digest import FormDigest
from checkdata.domain.nominations import refusals
from checkdata.domain.nominations.nominee import Nominee
from checkdata.domain.nominations.steps import Act, Actor, Answer, Contact, NominationState, Step
from checkdata.domain.people.organisations import Agreement, AppropriateBody, DeliveryPartner, Role, in_force_throughout
from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId, london_date

NOMINATION_LIVES: Final = timedelta(days=28)
"""How long a nomination waits for its grant; a setting."""


@frozen(kw_only=True)
class Nomination:
    """A person nominated for access at one organisation, with every step taken so far, oldest first.

    ``nominated_by`` is who asked for it, by mail (the first step has its reference) or as a colleague in the service.
    ``renews`` is the grant that an access review wants reconfirmed; None if the nomination is for new access. Each
    method named after a state gives the nomination with that step, and raises `ChangeRefused` where the order of steps
    or the user who takes it is not allowed. From ``expires_at`` on, only the last step is possible.
    """

    id: NominationId
    nominee: Nominee
    organisation: DeliveryPartner | AppropriateBody
    nominated_by: EmailAddress
    expires_at: datetime
    renews: str | None = None
    steps: tuple[Step, ...] = field(default=())

    @property
    def state(self) -> NominationState:
        """How far it has come."""
        return self.steps[-1].state

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self.state.is_open

    @property
    def received_at(self) -> datetime:
        """When it came in."""
        return self.steps[0].at

    @property
    def closed_at(self) -> datetime | None:
        """When its last step was taken; None while it is open."""
        return None if self.is_open else self.steps[-1].at

    @property
    def by_colleague(self) -> bool:
        """Whether a colleague made it in the service; one that came to support by mail has the mail's reference."""
        return not self.steps[0].reference

    @property
    def asked_of(self) -> LeadProviderId | None:
        """The lead provider that was asked last."""
        return None if (step := self._last(NominationState.ASKED)) is None else step.lead_provider_id

    @property
    def is_for_policy_to_decide(self) -> bool:
        """Whether policy may answer itself: an appropriate body's user, about whom no lead provider is asked."""
        return isinstance(self.organisation, AppropriateBody) and self.state is NominationState.ESCALATED

    @property
    def confirmation(self) -> Step | None:
        """The confirmation given last, whether it still counts or not."""
        return self._last(NominationState.CONFIRMED)

    @property
    def seen(self) -> FormDigest:
        """What a form showed of it: the number of steps, because nothing of it changes without one."""
        return FormDigest(str(len(self.steps)))

    def age(self, at: datetime) -> timedelta:
        """How long ago it was received."""
        return at - self.received_at

    def is_overdue(self, at: datetime) -> bool:
        """Whether its time is up, noted or not."""
        return self.is_open and at >= self.expires_at

    def awaits_answer_by_link(self, lead_provider_id: LeadProviderId, at: datetime) -> bool:
        """Whether a link sent to this lead provider's contact may still be answered."""
        asked = self.steps[-1]
        sent = asked.state is NominationState.ASKED and asked.contact != ""
        return sent and asked.lead_provider_id == lead_provider_id and not self.is_overdue(at)

    def may_vouch(self, lead_provider_id: LeadProviderId | None, agreements: Iterable[Agreement], on: date) -> bool:
        """Whether this lead provider has an agreement in force with the partner on that day; for a body, with any."""
        return any(a.in_force(on) for a in self._between(lead_provider_id, agreements))

    def confirmation_counts(self, agreements: Iterable[Agreement], on: date) -> bool:
        """Whether it is confirmed, and the confirmation counts on that day.

        A lead provider's answer counts while it has an agreement in force with the partner, on each day from its answer
        on. After a gap it has to be asked again. Policy's own answer about an appropriate body's user keeps counting.
        """
        step = self.confirmation
        if step is None or self.state is not NominationState.CONFIRMED:
            return False
        if step.lead_provider_id is None:
            return isinstance(self.organisation, AppropriateBody)
        since = min(london_date(step.at), on)
        return in_force_throughout(self._between(step.lead_provider_id, agreements), since, on)

    def received(self, act: Act, reference: str = "") -> Self:
        """The nomination is received: by a mail, which support names, or from a colleague at the organisation."""
        if not self.nominee.name.strip():
            raise ChangeRefused("Enter the full name of the person you nominate.")
        if self.nominee.is_at(self.nominated_by):
            raise ChangeRefused(refusals.OF_ONESELF if self.renews is None else refusals.OWN_ACCESS)
        self._check_not_nominee(act)
        if isinstance(act.by, Actor) and act.by.organisation == self.organisation:
            return self._then(act.leads_to(NominationState.RECEIVED))
        self._check_role(act, Role.SUPPORT, also=Role.POLICY)
        if not reference.strip():
            raise ChangeRefused("Enter the reference of the mail that the nomination came in.")
        return self._then(evolve(act.leads_to(NominationState.RECEIVED), reference=reference.strip()))

    def escalated(self, act: Act, reference: str = "") -> Self:
        """Support escalates it to policy, by the second-line ticket of that reference, if there is one."""
        self._check_role(act, Role.SUPPORT, also=Role.POLICY)
        self._check_not_nominee(act)
        self._check_open(act.at)
        if self.state is not NominationState.RECEIVED:
            raise ChangeRefused("This nomination has already been escalated.")
        return self._then(evolve(act.leads_to(NominationState.ESCALATED), reference=reference.strip()))

    def corrected(self, act: Act, name: str) -> Self:
        """Support or policy corrects a misspelt name.

        What was asked or confirmed under the other name no longer counts, because it may have been about another
        person: policy asks again.
        """
        self._check_role(act, Role.SUPPORT, Role.POLICY)
        self._check_not_nominee(act)
        self._check_open(act.at)
        if self.renews is not None or self.nominee.old_email is not None:
            raise ChangeRefused("This nomination is about a user, who keeps the name that they have.")
        if not name.strip():
            raise ChangeRefused("Enter the full name of the person.")
        if name == self.nominee.name:
            raise ChangeRefused("This is the name that the nomination has already.")
        received = self.state is NominationState.RECEIVED
        step = act.leads_to(NominationState.RECEIVED if received else NominationState.ESCALATED)
        corrected = self._then(evolve(step, former_name=self.nominee.name))
        return evolve(corrected, nominee=evolve(self.nominee, name=name))

    def asked(
        self, act: Act, lead_provider_id: LeadProviderId, agreements: Collection[Agreement], *, contact: str = ""
    ) -> Self:
        """Policy asks a lead provider whose agreement is in force, by a link to its *contact* or directly ("").

        It or another one may be asked again while none has answered, or the answer no longer counts. To renew
        a grant support may ask too, because the lead provider is the one that confirmed before. About an appropriate
        body's user policy asks the lead provider that works with that body, where there is one.
        """
        self._check_role(act, Role.POLICY, also=Role.SUPPORT)
        self._check_not_nominee(act)
        self._check_open(act.at)
        if self.state is NominationState.RECEIVED:
            raise ChangeRefused(refusals.NOT_ESCALATED)
        if self.confirmation_counts(agreements, london_date(act.at)):
            raise ChangeRefused(refusals.ANSWERED)
        if not self.may_vouch(lead_provider_id, agreements, london_date(act.at)):
            raise ChangeRefused(f"{self._no_agreement} Choose another one.")
        if contact and self.nominee.may_be(contact):
            raise ChangeRefused("The nominee is this lead provider's contact, and cannot confirm themselves.")
        step = act.leads_to(NominationState.ASKED)
        return self._then(evolve(step, lead_provider_id=lead_provider_id, contact=contact))

    def confirmed(self, act: Act, answer: Answer, agreements: Collection[Agreement]) -> Self:
        """The lead provider confirms the nominee by a link, or policy records it.

        Its agreement must still be in force, and nominees cannot confirm themselves. Where no lead provider was asked
        about an appropriate body's user, policy itself confirms, and the note says why.
        """
        self._check_answer(act, answer)
        if self.is_for_policy_to_decide and not act.note.strip():
            raise ChangeRefused("Enter the reason for your decision.")
        lead = self._answering
        if lead is not None and not self.may_vouch(lead, agreements, london_date(act.at)):
            raise ChangeRefused(f"{self._no_agreement} It cannot confirm users any more.")
        return self._answered(NominationState.CONFIRMED, act, answer)

    def declined(self, act: Act, answer: Answer) -> Self:
        """The lead provider, or policy for a body, declines the nominee, and the note says why."""
        self._check_answer(act, answer)
        if not act.note.strip():
            raise ChangeRefused("Enter the reason for declining.")
        return self._answered(NominationState.DECLINED, act, answer)

    def granted(self, act: Act, agreements: Collection[Agreement]) -> Self:
        """Support gives the access that was confirmed; never the nominee, never the user who confirmed."""
        actor = self._check_role(act, Role.SUPPORT)
        self._check_open(act.at)
        if self.renews is not None or self.confirmation is None or self.state is not NominationState.CONFIRMED:
            raise ChangeRefused("This nomination has not been confirmed yet, so you cannot give access.")
        if self._is_nominee(actor):
            raise ChangeRefused("You are the nominee. Another support user has to give you access.")
        if self.confirmation.is_from(actor):
            raise ChangeRefused("You confirmed this nomination. Another support user has to give access.")
        if not self.confirmation_counts(agreements, london_date(act.at)):
            raise ChangeRefused(f"{self._no_agreement} Its confirmation no longer counts: policy has to ask again.")
        step = act.leads_to(NominationState.GRANTED)
        return self._then(evolve(step, lead_provider_id=self.confirmation.lead_provider_id))

    def renewed(self, at: datetime) -> Self:
        """The reconfirmed access continues; the service notes it with the confirmation."""
        if self.renews is None or self.confirmation is None or self.state is not NominationState.CONFIRMED:
            raise ChangeRefused("This access has not been reconfirmed.")
        lead = self.confirmation.lead_provider_id
        return self._then(Step(state=NominationState.GRANTED, at=at, lead_provider_id=lead))

    def withdrawn(self, act: Act) -> Self:
        """Support, policy or a user of the organisation withdraws it, and says why."""
        if not (isinstance(act.by, Actor) and act.by.organisation == self.organisation):
            self._check_role(act, Role.SUPPORT, Role.POLICY)
        self._check_open(act.at)
        if not act.note.strip():
            raise ChangeRefused("Enter a reason. We will keep it with your name and the time.")
        return self._then(act.leads_to(NominationState.WITHDRAWN))

    def expired(self, at: datetime, note: str = "") -> Self:
        """Its time is up, or the grant it was to renew has ended; the note says which."""
        if not self.is_open:
            raise ChangeRefused(refusals.OVER[self.state])
        if not self.is_overdue(at) and not note:
            raise ChangeRefused("This nomination has not expired yet.")
        return self._then(Step(state=NominationState.EXPIRED, at=at, note=note))

    def _answered(self, state: NominationState, act: Act, answer: Answer) -> Self:
        step = evolve(
            act.leads_to(state),
            lead_provider_id=self._answering,
            contact=answer.contact.strip(),
            reference=answer.reference.strip(),
            answered_on=answer.given_on,
        )
        return self._then(step)

    def _check_answer(self, act: Act, answer: Answer) -> None:
        """The party that was asked answers, once, and never about themselves."""
        match act.by:
            case Contact(lead_provider_id, address):
                answering = self.awaits_answer_by_link(lead_provider_id, act.at)
                about_themselves = self.nominee.is_at(address)
            case Actor() as actor:
                self._check_role(act, Role.POLICY)
                answering = self.is_for_policy_to_decide or self.state is NominationState.ASKED
                about_themselves = self._is_nominee(actor)
                if self.renews is not None and actor.user.id == self.steps[0].by:
                    raise ChangeRefused(refusals.OWN_QUESTION)
        self._check_open(act.at)
        if not answering:
            raise ChangeRefused(refusals.why_no_answer(self.state))
        if about_themselves or self.nominee.may_be(answer.contact):
            raise ChangeRefused(refusals.THEMSELVES)
        if not self.is_for_policy_to_decide and not (answer.contact.strip() and answer.reference.strip()):
            raise ChangeRefused("Enter who answered, and the reference of their answer.")
        answer.check_day(london_date(self.received_at), london_date(act.at))

    def _check_role(self, act: Act, *roles: Role, also: Role | None = None) -> Actor:
        """The user, if they act in one of the roles; also in the role *also* if the nomination renews a grant."""
        allowed = {*roles, also} if self.renews is not None else set(roles)
        if not isinstance(act.by, Actor) or act.by.role not in allowed:
            who = " or ".join(role.value for role in roles)
            raise ChangeRefused(f"Only a {who} user can do this.")
        return act.by

    def _check_open(self, at: datetime) -> None:
        if not self.is_open:
            raise ChangeRefused(refusals.OVER[self.state])
        if self.is_overdue(at):
            raise ChangeRefused(refusals.OVER[NominationState.EXPIRED])

    def _check_not_nominee(self, act: Act) -> None:
        """A nominee may withdraw, and takes no other step."""
        if isinstance(act.by, Actor) and self._is_nominee(act.by):
            raise ChangeRefused(refusals.OWN_NOMINATION)

    def _is_nominee(self, actor: Actor) -> bool:
        return any(map(self.nominee.is_at, actor.user.addresses)) or actor.user.id == self.nominee.user_id

    @property
    def _answering(self) -> LeadProviderId | None:
        """The lead provider whose answer is awaited; None if it is policy's own."""
        return self.asked_of if self.state is NominationState.ASKED else None

    @property
    def _no_agreement(self) -> str:
        return refusals.NO_AGREEMENT_AT_ALL if isinstance(self.organisation, AppropriateBody) else refusals.NO_AGREEMENT

    def _between(self, lead_provider_id: LeadProviderId | None, agreements: Iterable[Agreement]) -> list[Agreement]:
        """The lead provider's agreements with the partner; for a body those with any, as it makes none with bodies."""
        theirs = [agreement for agreement in agreements if agreement.lead_provider_id == lead_provider_id]
        if isinstance(self.organisation, AppropriateBody):
            return theirs
        return [agreement for agreement in theirs if agreement.delivery_partner_id == self.organisation.id]

    def _last(self, state: NominationState) -> Step | None:
        return next((step for step in reversed(self.steps) if step.state is state), None)

    def _then(self, step: Step) -> Self:
        return evolve(self, steps=(*self.steps, step))
