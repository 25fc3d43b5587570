"""Data-sharing agreements by hand: support adds and ends them, and first sees what an end does (service rule 2)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, overload
from uuid import uuid4

from attrs import evolve, frozen

from checkdata.domain.access.decision import AccessFacts, Acting, Refused, decide, scope_of
from checkdata.domain.access.proposals import Proposal
from checkdata.domain.access.scope import Scope
from checkdata.domain.access.widening import WiderView
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, InvalidValue
from checkdata.domain.form_digest import FormDigest, check_unchanged, form_digest
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.people.agreement_history import AgreementVersion
from checkdata.domain.people.organisations import Agreement, DeliveryPartner, LeadProvider, Role
from checkdata.domain.people.users import User
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.task_steps.access_changes import AccessChange, change_of_access, check_support
from checkdata.domain.services.task_steps.acting_user import only_once
from checkdata.domain.services.task_steps.agreement_changes import add_or_propose, agreement_event, check_possible
from checkdata.domain.services.task_steps.agreement_versions import keep_version
from checkdata.domain.services.task_steps.wider_access import widened_by
from checkdata.domain.values import LeadProviderId, UserId, london_date, search_key

ENDING_SOON: Final = timedelta(days=30)
"""Within which time the last day is of an agreement that ends soon."""

_FURTHEST: Final = date(2100, 1, 1)


@frozen(kw_only=True)
class NewAgreement:
    """An agreement to add: between whom, from which day to which (None: open-ended), covering what, and why."""

    lead_provider_id: LeadProviderId
    delivery_partner_id: str
    starts_on: date
    ends_on: date | None = None
    first_academic_year: int | None = None
    last_academic_year: int | None = None
    covers_unconfirmed: bool = True
    reason: str


@frozen(kw_only=True)
class NamedAgreement:
    """An agreement with both parties, and whether it is in force today.

    ``removed`` means that a feed removed it, so that its terms are the last that were known.
    """

    agreement: Agreement
    lead_provider: LeadProvider
    delivery_partner: DeliveryPartner
    in_force: bool
    removed: bool = False


@frozen(kw_only=True)
class RecordedVersion:
    """A version of an agreement, and the user who recorded it, None if none did or if they are gone."""

    version: AgreementVersion
    by: User | None


@frozen(kw_only=True)
class EffectOfEnding:
    """The effect of ending an agreement: who loses all access to the partner's data, how many participants leave view.

    ``ended_on`` is the first day on which it is so. Participants are counted as the listings show them now.
    """

    agreement: NamedAgreement
    ended_on: date
    users: Sequence[User]
    participants: int


@frozen(kw_only=True)
class EffectOfAdding:
    """The effect of adding an agreement: what users of the partner newly see, None if that is nothing.

    Participants are counted as the listings show them now.
    """

    agreement: NamedAgreement
    widening: WiderView | None


@frozen(kw_only=True)
class ManageAgreements:
    """Shows, adds and ends agreements; each change is one event of the audit log.

    ``by`` is the support user who does it, None for an operator at the command line. What changes something raises
    `ChangeRefused` with a sentence if it is not allowed, `Overtaken` if another user was faster, and then
    changes nothing.
    """

    storage: Storage
    clock: Clock

    def all(self, text: str = "") -> Sequence[NamedAgreement]:
        """Agreements by the names of partner and lead provider, those that start later first.

        Only those with *text* in one of their two names, folded; all for "".
        """
        with self.storage.reading() as work:
            named = [self._named(work, agreement) for agreement in work.organisations.agreements()]
        named = [found for found in named if _is_named(found, search_key(text))]
        named.sort(key=lambda found: found.agreement.starts_on, reverse=True)
        return sorted(named, key=lambda found: (found.delivery_partner.name, found.lead_provider.name))

    def ending_soon(self) -> Sequence[NamedAgreement]:
        """Those in force whose last day is within `ENDING_SOON`, the soonest first."""
        last = london_date(self.clock()) + ENDING_SOON
        found = [(each.agreement.last_day or date.max, each) for each in self.all() if each.in_force]
        return [each for day, each in sorted(found, key=lambda one: one[0]) if day <= last]

    def one(self, agreement_id: str) -> NamedAgreement | None:
        """One agreement, also one that a feed removed; None for an id that was never known."""
        with self.storage.reading() as work:
            agreement = work.organisations.agreement(agreement_id)
            if agreement is not None:
                return self._named(work, agreement)
            versions = work.agreement_history.of_agreement(agreement_id)
            return evolve(self._named(work, versions[-1].agreement), in_force=False, removed=True) if versions else None

    def history(self, agreement_id: str) -> Sequence[RecordedVersion]:
        """The versions of an agreement, the oldest first; none for an id that was never known."""
        with self.storage.reading() as work:
            versions = work.agreement_history.of_agreement(agreement_id)
            return [
                RecordedVersion(version=each, by=None if each.recorded_by is None else work.users.get(each.recorded_by))
                for each in versions
            ]

    @overload
    def add(self, new: NewAgreement, *, by: None = None) -> Agreement: ...

    @overload
    def add(self, new: NewAgreement, *, by: UserId) -> Agreement | Proposal: ...

    def add(self, new: NewAgreement, *, by: UserId | None = None) -> Agreement | Proposal:
        """Add an agreement; users who may see what it covers see it from the next request on.

        One by a support user that starts in the past, widens the years, lasts longer or covers unconfirmed participants
        is a draft, and gives nobody anything, until a second support user confirms it (`ConfirmChanges`).
        """
        change = change_of_access(self.clock(), by, new.reason)
        agreement = _agreement(new)
        with self.storage.writing() as work:
            _hold(work, change)
            added = add_or_propose(work, agreement, change)
            work.commit()
        return added

    def effect_of_adding(self, new: NewAgreement) -> EffectOfAdding:
        """What adding an agreement would do; changes nothing."""
        change, agreement = change_of_access(self.clock(), None, new.reason), _agreement(new)
        with self.storage.reading() as work:
            check_possible(work, agreement)
            widening = widened_by(work, agreement, change.today)
            return EffectOfAdding(agreement=self._named(work, agreement), widening=widening)

    def effect_of_ending(self, agreement_id: str, *, last_day: date | None = None) -> EffectOfEnding:
        """What ending an agreement would do, at once or after its *last_day*; changes nothing."""
        with self.storage.reading() as work:
            agreement = _known(work, agreement_id)
            ended_on = self._ended_on(agreement, last_day)
            return EffectOfEnding(
                agreement=self._named(work, agreement),
                ended_on=ended_on,
                users=_losing_access(work, agreement, ended_on),
                participants=_leaving_view(work, agreement, ended_on),
            )

    def end(
        self,
        agreement_id: str,
        *,
        reason: str,
        last_day: date | None = None,
        by: UserId | None = None,
        seen: FormDigest | None = None,
    ) -> Agreement:
        """End an agreement: at once, so that the next request is refused, or after its *last_day*.

        It keeps the days on which it started and ended, for later questions. What rests on it
        comes before its end in the log. *seen* is the agreement as a form showed it (`form_digest`).
        """
        change = change_of_access(self.clock(), by, reason)
        with self.storage.writing() as work:
            _hold(work, change)
            work.organisations.hold_agreement(agreement_id)
            work.organisations.change_agreements()
            agreement = _known(work, agreement_id)
            check_unchanged(seen, form_digest(agreement), "This agreement")
            ended = evolve(agreement, ended_on=self._ended_on(agreement, last_day))
            with only_once("This agreement has already ended."):
                work.organisations.end_agreement(agreement.id, self._ended_on(agreement, last_day))
            keep_version(work, ended, change)
            work.audit.record(agreement_event(AuditKind.AGREEMENT_ENDED, ended, change))
            work.commit()
        return ended

    def _ended_on(self, agreement: Agreement, last_day: date | None) -> date:
        """The first day on which the agreement will be over; days that have passed cannot be taken away."""
        today = london_date(self.clock())
        if last_day is not None and last_day < today:
            raise ChangeRefused("The last day cannot be in the past. Leave it out to end the agreement now.")
        if last_day is not None and last_day >= _FURTHEST:
            raise ChangeRefused("The last day must be before 2100. Leave it out if the agreement has no end.")
        ended_on = today if last_day is None else last_day + timedelta(days=1)
        if not agreement.lasts_beyond(ended_on):
            raise ChangeRefused("This agreement will already have ended by that date.")
        return ended_on

    def _named(self, work: UnitOfWork, agreement: Agreement) -> NamedAgreement:
        lead = work.organisations.lead_provider(agreement.lead_provider_id)
        partner = work.organisations.find(Role.DELIVERY_PARTNER, agreement.delivery_partner_id)
        return NamedAgreement(
            agreement=agreement,
            lead_provider=lead or LeadProvider(agreement.lead_provider_id),
            delivery_partner=partner
            if isinstance(partner, DeliveryPartner)
            else DeliveryPartner(agreement.delivery_partner_id),
            in_force=agreement.in_force(london_date(self.clock())),
        )


def _is_named(found: NamedAgreement, wanted: str) -> bool:
    return any(wanted in search_key(name) for name in (found.delivery_partner.name, found.lead_provider.name))


def _agreement(new: NewAgreement) -> Agreement:
    years = new.first_academic_year, new.last_academic_year
    if years[0] is not None and years[1] is not None and years[1] < years[0]:
        raise ChangeRefused("The last academic year cannot be before the first.")
    try:
        return Agreement(
            id=f"hand-{uuid4().hex}",
            lead_provider_id=new.lead_provider_id,
            delivery_partner_id=new.delivery_partner_id,
            starts_on=new.starts_on,
            ends_on=new.ends_on,
            first_academic_year=new.first_academic_year,
            last_academic_year=new.last_academic_year,
            covers_unconfirmed=new.covers_unconfirmed,
            added_by_hand=True,
        )
    except InvalidValue:
        raise ChangeRefused("The last day cannot be before the first day.") from None


def _hold(work: UnitOfWork, change: AccessChange) -> None:
    """Lock the user who makes the change, so that their access cannot end before it is made."""
    if change.by is not None:
        work.users.hold(change.by)
    check_support(work, change)


def _known(work: UnitOfWork, agreement_id: str) -> Agreement:
    agreement = work.organisations.agreement(agreement_id)
    if agreement is None:
        raise ChangeRefused("There is no such agreement.")
    return agreement


def _losing_access(work: UnitOfWork, agreement: Agreement, ended_on: date) -> Sequence[User]:
    """The users who could use the service for the partner on that day, and cannot once the agreement has ended."""
    before = work.organisations.agreements_of(agreement.delivery_partner_id)
    after = _without(before, agreement, ended_on)
    partner = DeliveryPartner(agreement.delivery_partner_id)
    losing = []
    for grant in work.users.active_grants(ended_on):
        user = work.users.get(grant.user_id) if grant.organisation == partner else None
        if user is not None:
            acting = Acting(user.id, partner)
            facts = AccessFacts(user=user, grants=(grant,), agreements=before)
            if decide(acting, facts, on=ended_on) and not decide(acting, evolve(facts, agreements=after), on=ended_on):
                losing.append(user)
    return losing


def _leaving_view(work: UnitOfWork, agreement: Agreement, ended_on: date) -> int:
    """How many participants of the partner's listing only this agreement covers then."""
    partner = DeliveryPartner(agreement.delivery_partner_id)
    before = work.organisations.agreements_of(agreement.delivery_partner_id)
    after = _without(before, agreement, ended_on)
    return _seen(work, scope_of(partner, before, on=ended_on)) - _seen(work, scope_of(partner, after, on=ended_on))


def _seen(work: UnitOfWork, scope: Scope | Refused) -> int:
    return work.participants.count(ParticipantQuery(scope=scope)) if isinstance(scope, Scope) else 0


def _without(agreements: Sequence[Agreement], agreement: Agreement, ended_on: date) -> Sequence[Agreement]:
    return [evolve(a, ended_on=ended_on) if a.id == agreement.id else a for a in agreements]
