"""Nominations of people for access, and who confirmed them before they get it (service rule 4)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Final, Self

from attrs import evolve, field, frozen

from checkdata.domain.errors import ChangeRefused
from checkdata.domain.form_digest import FormDigest
from checkdata.domain.nominations.steps import Act, Actor, Answer, Contact, NominationState, Step
from checkdata.domain.people.organisations import (
    Agreement,
    AppropriateBody,
    DeliveryPartner,
    Role,
    in_force_throughout,
)
from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId, UserId, london_date, search_key

NOMINATION_LIVES: Final = timedelta(days=28)
"""How long a nomination waits for its grant; a setting."""


@frozen(kw_only=True)
class Nominee:
    """The nominated person; ``user_id`` is theirs if they were a user when they were nominated.

    ``old_email`` is the address with which this user signs in until the grant changes it to ``email``; None where the
    nomination is not for another address.
    """

    email: EmailAddress
    name: str
    user_id: UserId | None = None
    old_email: EmailAddress | None = None

    def reads(self, address: str) -> bool:
        """Whether mail to this address is theirs to read."""
        theirs = (email.value for email in (self.email, self.old_email) if email is not None)
        return address.strip().lower() in theirs

    def is_named(self, name: str) -> bool:
        """Whether that is their name, however it is written."""
        return search_key(name) == search_key(self.name)


_OVER: Final = {
    NominationState.DECLINED: "This nomination was declined. Nominate them again if that was wrong.",
    NominationState.GRANTED: "Access has already been given for this nomination.",
    NominationState.WITHDRAWN: "This nomination was withdrawn.",
    NominationState.EXPIRED: "This nomination has expired. Nominate them again.",
}
_ANSWERED: Final = "This nomination has already been answered. Check it again before you continue."
_NOT_ESCALATED: Final = "This nomination has to be escalated to policy first."
_NO_AGREEMENT: Final = "This lead provider has no data-sharing agreement in force with this delivery partner."


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
    def confirmation(self) -> Step | None:
        """The confirmation given last, whether it still counts or not."""
        return self._last(NominationState.CONFIRMED)

    @property
    def seen(self) -> FormDigest:
        """What a form showed of it: the number of steps, because nothing else of it ever changes."""
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
        """Whether this lead provider has an agreement in force with the partner on that day."""
        return any(a.in_force(on) for a in self._between(lead_provider_id, agreements))

    def confirmation_counts(self, agreements: Iterable[Agreement], on: date) -> bool:
        """Whether it is confirmed, and the confirmation counts on that day.

        A lead provider's answer counts while it has an agreement in force with the partner, on each day from its answer
        on. After a gap it has to be asked again.
        """
        step = self.confirmation
        if step is None or self.state is not NominationState.CONFIRMED:
            return False
        if isinstance(self.organisation, AppropriateBody):
            return True
        since = min(london_date(step.at), on)
        return in_force_throughout(self._between(step.lead_provider_id, agreements), since, on)

    def received(self, act: Act, reference: str = "") -> Self:
        """The nomination is received: by a mail, which support names, or from a colleague at the organisation."""
        if not self.nominee.name.strip():
            raise ChangeRefused("Enter the full name of the person you nominate.")
        if self.renews is not None and self.nominated_by == self.nominee.email:
            raise ChangeRefused("You cannot keep your own access. Ask another support user.")
        if isinstance(act.by, Actor) and act.by.organisation == self.organisation:
            return self._then(act.leads_to(NominationState.RECEIVED))
        self._check_role(act, Role.SUPPORT, also=Role.POLICY)
        if not reference.strip():
            raise ChangeRefused("Enter the reference of the mail that the nomination came in.")
        return self._then(evolve(act.leads_to(NominationState.RECEIVED), reference=reference.strip()))

    def escalated(self, act: Act) -> Self:
        """Support escalates it to policy."""
        self._check_role(act, Role.SUPPORT, also=Role.POLICY)
        self._check_open(act.at)
        if self.state is not NominationState.RECEIVED:
            raise ChangeRefused("This nomination has already been escalated.")
        return self._then(act.leads_to(NominationState.ESCALATED))

    def asked(
        self, act: Act, lead_provider_id: LeadProviderId, agreements: Collection[Agreement], *, contact: str = ""
    ) -> Self:
        """Policy asks a lead provider whose agreement is in force, by a link to its *contact* or directly ("").

        It or another one may be asked again while none has answered, or the answer no longer counts. To renew
        a grant support may ask too, because the lead provider is the one that confirmed before.
        """
        self._check_role(act, Role.POLICY, also=Role.SUPPORT)
        self._check_open(act.at)
        if isinstance(self.organisation, AppropriateBody):
            raise ChangeRefused("An appropriate body's user is confirmed by policy, so there is no one to ask.")
        if self.state is NominationState.RECEIVED:
            raise ChangeRefused(_NOT_ESCALATED)
        if self.confirmation_counts(agreements, london_date(act.at)):
            raise ChangeRefused(_ANSWERED)
        if not self.may_vouch(lead_provider_id, agreements, london_date(act.at)):
            raise ChangeRefused(f"{_NO_AGREEMENT} Choose another one.")
        if self.nominee.reads(contact):
            raise ChangeRefused("The nominee is this lead provider's contact, and cannot confirm themselves.")
        step = act.leads_to(NominationState.ASKED)
        return self._then(evolve(step, lead_provider_id=lead_provider_id, contact=contact))

    def confirmed(self, act: Act, answer: Answer, agreements: Collection[Agreement]) -> Self:
        """The lead provider confirms the nominee by a link, or policy records it; policy itself confirms for a body.

        Its agreement must still be in force, and nominees cannot confirm themselves.
        """
        self._check_answer(act, answer)
        if self.asked_of is not None and not self.may_vouch(self.asked_of, agreements, london_date(act.at)):
            raise ChangeRefused(f"{_NO_AGREEMENT} It cannot confirm the partner's users any more.")
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
        if self.confirmation.by == actor.user.id or self.confirmation.contact.lower() == actor.user.email.value:
            raise ChangeRefused("You confirmed this nomination. Another support user has to give access.")
        if not self.confirmation_counts(agreements, london_date(act.at)):
            raise ChangeRefused(f"{_NO_AGREEMENT} Its confirmation no longer counts: policy has to ask again.")
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
            raise ChangeRefused("Enter a reason. It will be saved in the audit log.")
        return self._then(act.leads_to(NominationState.WITHDRAWN))

    def expired(self, at: datetime, note: str = "") -> Self:
        """Its time is up, or the grant it was to renew has ended; the note says which."""
        if not self.is_open:
            raise ChangeRefused(_OVER[self.state])
        if not self.is_overdue(at) and not note:
            raise ChangeRefused("This nomination has not expired yet.")
        return self._then(Step(state=NominationState.EXPIRED, at=at, note=note))

    def _answered(self, state: NominationState, act: Act, answer: Answer) -> Self:
        step = evolve(
            act.leads_to(state),
            lead_provider_id=self.asked_of,
            contact=answer.contact.strip(),
            reference=answer.reference.strip(),
            answered_on=answer.given_on,
        )
        return self._then(step)

    def _check_answer(self, act: Act, answer: Answer) -> None:
        """The party that was asked answers, once, and never about themselves."""
        for_body = isinstance(self.organisation, AppropriateBody)
        match act.by:
            case Contact(lead_provider_id, address):
                answering = self.awaits_answer_by_link(lead_provider_id, act.at)
                about_themselves = self.nominee.reads(address.value)
            case Actor() as actor:
                self._check_role(act, Role.POLICY)
                answering = self.state is (NominationState.ESCALATED if for_body else NominationState.ASKED)
                about_themselves = self._is_nominee(actor)
        self._check_open(act.at)
        if not answering:
            raise ChangeRefused(self._why_no_answer())
        if about_themselves or self.nominee.reads(answer.contact):
            raise ChangeRefused("A nominee cannot confirm or decline themselves.")
        if not for_body and not (answer.contact.strip() and answer.reference.strip()):
            raise ChangeRefused("Enter who answered, and the reference of their answer.")
        if answer.given_on > london_date(act.at):
            raise ChangeRefused("The day of the answer cannot be in the future.")

    def _why_no_answer(self) -> str:
        match self.state:
            case NominationState.RECEIVED:
                return _NOT_ESCALATED
            case NominationState.ESCALATED:
                return "No lead provider has been asked yet."
            case _:
                return _ANSWERED

    def _check_role(self, act: Act, *roles: Role, also: Role | None = None) -> Actor:
        """The user, if they act in one of the roles; also in the role *also* if the nomination renews a grant."""
        allowed = {*roles, also} if self.renews is not None else set(roles)
        if not isinstance(act.by, Actor) or act.by.role not in allowed:
            who = " or ".join(role.value for role in roles)
            raise ChangeRefused(f"Only a {who} user can do this.")
        return act.by

    def _check_open(self, at: datetime) -> None:
        if not self.is_open:
            raise ChangeRefused(_OVER[self.state])
        if self.is_overdue(at):
            raise ChangeRefused(_OVER[NominationState.EXPIRED])

    def _is_nominee(self, actor: Actor) -> bool:
        return self.nominee.reads(actor.user.email.value) or actor.user.id == self.nominee.user_id

    def _between(self, lead_provider_id: LeadProviderId | None, agreements: Iterable[Agreement]) -> list[Agreement]:
        ours = lead_provider_id, self.organisation.id
        return [a for a in agreements if (a.lead_provider_id, a.delivery_partner_id) == ours]

    def _last(self, state: NominationState) -> Step | None:
        return next((step for step in reversed(self.steps) if step.state is state), None)

    def _then(self, step: Step) -> Self:
        return evolve(self, steps=(*self.steps, step))
