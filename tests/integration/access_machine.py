"""People of every party take any step in any order, and time passes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from itertools import count
from typing import Any

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from checkdata.domain.access.decision import AccessRefused, Acting
from checkdata.domain.errors import ChangeRefused, ConfirmationRefused
from checkdata.domain.nomination_messages import ConfirmationLinkMessage
from checkdata.domain.nominations.next_step import NextActor, NextStep, Party
from checkdata.domain.nominations.nomination import NOMINATION_LIVES
from checkdata.domain.nominations.steps import Answer
from checkdata.domain.people.addresses import difference
from checkdata.domain.people.organisations import DeliveryPartner, Organisation, Role
from checkdata.domain.people.users import Grant
from checkdata.domain.ports import Storage
from checkdata.domain.services.access.manage_access import NewAccess
from checkdata.domain.services.access.manage_agreements import NewAgreement
from checkdata.domain.services.nominations.nominate import MailedNomination
from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId, UserId, london_date
from checkdata.entrypoints.web.presentation.user_state import state_in_words
from tests.access_world import BODY, BOSS, LEAD, NORTH, OTHER_LEAD, RECORDS, REFERENCES, SUE, AccessWorld
from tests.integration.access_facts import changes_between, facts_in, recorded_between
from tests.integration.access_machine_notes import (
    ANY_WHO_ACTS,
    DAYS,
    LEADS,
    NOMINEES,
    ORGANISATIONS,
    PARTNERS,
    PEOPLE,
    PICKS,
    POLICY,
    SCRIPTS,
    STEPS,
    SUPPORT,
    ActingPerson,
    AgreementNoted,
    ConfirmationNoted,
    Notes,
    Script,
)

ORDER = ("escalate", "ask", "record", "grant")


class AccessMachine(RuleBasedStateMachine):
    """Does what people do, notes what came of it, and compares the services with that; it shares no rule with them."""

    def __init__(self, storage: Storage, leave: ExitStack) -> None:
        super().__init__()
        self._leave = leave
        self._numbers = count()
        self.world = AccessWorld(storage=storage)
        self.world.load()
        self.world.add(SUE, Role.POLICY)
        self.notes = Notes()
        for agreement in REFERENCES.agreements or ():
            parties = agreement.lead_provider_id, agreement.delivery_partner_id
            self.notes.agreements[agreement.id] = AgreementNoted(*parties, agreement.starts_on, None)

    def teardown(self) -> None:
        self._leave.close()

    # What people do

    @rule(who=NOMINEES, organisation=ORGANISATIONS, script=SCRIPTS, by_colleague=st.booleans())
    def live_a_life(self, who: str, organisation: Organisation, script: Script, *, by_colleague: bool) -> None:
        """A person is nominated and, as long as nothing comes between, each step is taken in its order."""
        self._make_way(who, organisation)
        if by_colleague:
            self._nominate_a_colleague(who, "boss")
        else:
            self._record_a_mailed_nomination(who, organisation, ("sue", SUPPORT))
        if not self.notes.nominations:
            return
        nomination, by_nominee = self.notes.nominations[-1], evolve(script, grants=(who, SUPPORT))
        for number, step in enumerate((*ORDER, "grant")):
            if number == script.before:
                self._happen(script, who)
            if step == script.strange_step:
                self._step(step, nomination, script.by_stranger)
            self._step("grant", nomination, by_nominee)
            self._go_on(nomination, script)
        self._step("grant", nomination, script)

    @rule(what=STEPS, pick=PICKS, by=ANY_WHO_ACTS, script=SCRIPTS)
    def do_anything(self, what: str, pick: int, by: ActingPerson, script: Script) -> None:
        """Any person takes any step of any nomination."""
        if self.notes.nominations:
            nomination = self.notes.nominations[-1 - pick % min(4, len(self.notes.nominations))]
            self._step(what, nomination, evolve(script, stranger=by).by_stranger)

    @rule(who=PEOPLE, organisation=ORGANISATIONS, by=ANY_WHO_ACTS)
    def nominate(self, who: str, organisation: Organisation, by: ActingPerson) -> None:
        """Any person nominates any other."""
        self._record_a_mailed_nomination(who, organisation, by)
        self._nominate_a_colleague(who, by[0])

    @precondition(lambda self: self.notes.tokens)
    @rule(pick=PICKS, confirms=st.booleans())
    def answer_by_any_link(self, pick: int, *, confirms: bool) -> None:
        """A contact uses any link that was ever mailed."""
        self._answer_by_link(self.notes.tokens[pick % len(self.notes.tokens)], confirms=confirms)

    @rule(pick=PICKS, by=ANY_WHO_ACTS | st.just(("sue", SUPPORT)), script=SCRIPTS)
    def keep_a_grant(self, pick: int, by: ActingPerson, script: Script) -> None:
        """Access that was not used for long has to be reconfirmed."""
        self.world.pass_time(days=90)
        acting = self._acting(by)
        due = sorted(self.world.review_access.due(), key=lambda found: (found.user.name, str(found.grant.organisation)))
        if not due:
            return
        kept = self._attempt(lambda: self.world.review_access.keep(due[pick % len(due)].grant.id, by=acting))
        if kept is not None:
            self._note_nomination(kept.id, "nobody")
            self.notes.asked |= {} if kept.asked_of is None else {kept.id: kept.asked_of}
            self._go_on(kept.id, script)
            self._go_on(kept.id, script)

    @rule(
        how=st.sampled_from(["give", "remove", "suspend", "reinstate", "move", "move together"]),
        who=PEOPLE,
        lead=LEADS,
        organisation=PARTNERS,
    )
    def change_a_user(self, how: str, who: str, lead: LeadProviderId, organisation: Organisation) -> None:
        """An operator changes a user's access, or their address; two support users change its domain."""
        email, access = self.notes.addresses[who], self.world.access
        match how:
            case "give":
                self._attempt(lambda: self._give_as_an_operator(who, lead, organisation))
            case "remove":
                role, at = organisation.role, organisation.id
                self._attempt(lambda: access.remove(email, role=role, organisation_id=at, reason="Left"))
            case "suspend":
                self._attempt(lambda: access.suspend(email, reason="Investigation"))
            case "reinstate":
                self._attempt(lambda: access.reinstate(email, reason="Cleared"))
            case "move":
                self._attempt(lambda: self._move(who, EmailAddress(f"{who}-{next(self._numbers)}@north.example")))
            case _:
                name = email.value.partition("@")[0]
                self._attempt(lambda: self._move(who, EmailAddress(f"{name}@hub-{next(self._numbers)}.example")))

    @rule(lead=LEADS, partner=PARTNERS, starts=st.integers(0, 2), lasts=st.sampled_from([None, 0, 3, 30]))
    def add_an_agreement(self, lead: LeadProviderId, partner: DeliveryPartner, starts: int, lasts: int | None) -> None:
        """An operator adds an agreement, from today or a day to come."""
        first = self.world.today + timedelta(days=starts)
        last = None if lasts is None else first + timedelta(days=lasts)
        new = NewAgreement(
            lead_provider_id=lead, delivery_partner_id=partner.id, starts_on=first, ends_on=last, reason="Signed"
        )
        added = self._attempt(lambda: self.world.manage_agreements.add(new))
        over = None if last is None else last + timedelta(days=1)
        if added is not None:  # the same agreement is not made twice
            self.notes.agreements[added.id] = AgreementNoted(lead, partner.id, first, over)

    @rule(pick=PICKS, stays=st.sampled_from([None, None, 0, 5]))
    def end_an_agreement(self, pick: int, stays: int | None) -> None:
        """Support ends an agreement, now or after a day to come."""
        agreement_id = list(self.notes.agreements)[pick % len(self.notes.agreements)]
        last_day = None if stays is None else self.world.today + timedelta(days=stays)
        ended = self._attempt(lambda: self.world.manage_agreements.end(agreement_id, reason="Over", last_day=last_day))
        if ended is not None:
            over = self.world.today if last_day is None else last_day + timedelta(days=1)
            self.notes.agreements[agreement_id] = evolve(self.notes.agreements[agreement_id], over=over)

    @rule(days=DAYS, hours=st.integers(0, 5), ago=PICKS, pick=PICKS)
    def pass_time(self, days: int, hours: int, ago: int, pick: int) -> None:
        """Time passes; the worker notes what waited for too long, and the same feed comes in again."""
        seen = {acting.user_id: self.world.seen(acting) for acting in self._partners_users()}
        self.notes.shown[self.world.today] = seen
        self.world.pass_time(days=days, hours=hours)
        self._attempt(self.world.nominate.expire_due)
        self.world.load()
        self._look_back(ago, pick)

    # What must hold

    @invariant()
    def every_grant_of_a_partner_comes_of_a_confirmation_or_an_operator(self) -> None:
        facts = facts_in(self.world.storage)
        of_partners = [grant for grant in facts.grants.values() if isinstance(grant.organisation, DeliveryPartner)]
        for_bodies = [n for n in self.notes.granted if facts.nominations[n].organisation == BODY]
        assert len(of_partners) == self.notes.given_by_operator + len(self.notes.granted) - len(for_bodies)

    @invariant()
    def no_user_sees_more_than_agreements_in_force_cover(self) -> None:
        today = self.world.today
        leads = {lead for lead in (LEAD.id, OTHER_LEAD.id) if self.notes.may_vouch(lead, NORTH.id, today)}
        for acting in self._partners_users():
            ours = [record for record in RECORDS if record.delivery_partner_id == NORTH.id]
            confirmed_with = leads | {None} if leads else set()
            covered = {record.participant_id for record in ours if record.lead_provider_id in confirmed_with}
            assert self.world.seen(acting) in (set(), covered)

    @rule(who=PEOPLE, pick=PICKS)
    def explain_today(self, who: str, pick: int) -> None:
        """The explanation says what the page shows."""
        participant = RECORDS[pick % len(RECORDS)].participant_id
        user_id = self._user_id(who)
        if user_id is not None:
            for role in self.world.explain_access.explain(self.notes.addresses[who], participant).roles:
                shown = self.world.seen(Acting(user_id, role.organisation))
                assert role.explanation.visible == (participant in shown)

    @rule(who=PEOPLE)
    def read_the_state_of_a_user(self, who: str) -> None:
        """The sentence on a user's page says what their own pages show."""
        user_id = self._user_id(who)
        if user_id is None:
            return
        with self.world.storage.reading() as work:
            user = work.users.get(user_id)
        assert user is not None
        told = " ".join(state_in_words(self.world.state_of_users.of(user)))
        shown = len(self.world.seen(Acting(user_id, NORTH)))
        assert (f"Sees {shown} participant" in told) == bool(shown)
        assert ("Suspended since" in told) == user.suspended
        granted = NORTH in {grant.organisation for grant in self._active_grants(user_id)}
        assert ("Sees nothing of North Hub, delivery partner" in told) == (granted and not shown and not user.suspended)

    def _active_grants(self, user_id: UserId) -> Sequence[Grant]:
        with self.world.storage.reading() as work:
            return [grant for grant in work.users.grants_of(user_id) if grant.active(self.world.today)]

    def _look_back(self, ago: int, pick: int) -> None:
        """The explanation for a day past says what the page showed at the end of that day."""
        past = sorted(day for day in self.notes.shown if day < self.world.today)
        for who in self.notes.addresses if past else ():
            day, user_id = past[-1 - ago % min(4, len(past))], self._user_id(who)
            if user_id in self.notes.shown[day]:
                for participant in {RECORDS[0].participant_id, RECORDS[pick % len(RECORDS)].participant_id}:
                    explained = self.world.explain_access.explain(self.notes.addresses[who], participant, on=day)
                    at_north = [role.explanation.visible for role in explained.roles if role.organisation == NORTH]
                    assert any(at_north) == (participant in self.notes.shown[day][user_id])

    def _check_grant(self, nomination: NominationId, nominee: UserId, acting: Acting) -> None:
        """Confirmed by a lead provider that could vouch each day since; granted by a support user who is neither
        nominee nor confirmer."""
        facts = facts_in(self.world.storage)
        confirmation, granted = self.notes.confirmations[nomination], facts.nominations[nomination]
        self._check_acts(acting, SUPPORT)
        assert acting.user_id not in (nominee, confirmation.by)
        assert self._user_id(self.notes.nominees[nomination]) == nominee
        assert self.world.today <= self.notes.expire[nomination]
        if granted.organisation != BODY or confirmation.lead is not None:
            assert self.notes.vouched_throughout(nomination, granted.organisation.id, self.world.today)

    def _check_acts(self, acting: Acting, organisation: Organisation) -> None:
        """The user who took the step may act for the organisation whose step it is."""
        facts = facts_in(self.world.storage)
        theirs = [g for g in facts.grants.values() if g.user_id == acting.user_id and g.active(self.world.today)]
        assert acting.organisation == organisation
        assert organisation in {grant.organisation for grant in theirs}
        assert not facts.users[acting.user_id].suspended

    # How

    def _go_on(self, nomination: NominationId, script: Script) -> None:
        found = self.world.queue.one(nomination)
        match None if found is None else found.queued.next_step:
            case NextStep(NextActor.ESCALATE):
                self._step("escalate", nomination, script)
            case NextStep(NextActor.ASK | NextActor.ASK_AGAIN):
                self._step("ask", nomination, script)
            case NextStep(NextActor.ANSWER, Party.LEAD_PROVIDER) if self.notes.tokens:
                self._answer_by_link(self.notes.tokens[-1], confirms=script.confirms)
            case NextStep(NextActor.ANSWER | NextActor.DECIDE):
                self._step("record", nomination, script)
            case NextStep(NextActor.GRANT):
                self._step("grant", nomination, script)
            case _:
                pass

    def _step(self, what: str, nomination: NominationId, script: Script) -> None:
        nominating = self.world.nominate
        match what:
            case "escalate":
                self._attempt(lambda: self._escalate(nomination, script))
            case "ask":
                self._attempt(lambda: self._ask(nomination, script))
            case "record":
                self._attempt(lambda: self._record(nomination, script))
            case "grant":
                self._attempt(lambda: self._grant(nomination, self._acting(script.grants)))
            case _:
                self._attempt(lambda: nominating.withdraw(nomination, by=self._acting(script.grants), note="Left"))

    def _escalate(self, nomination: NominationId, script: Script) -> None:
        acting = self._acting(script.grants)
        self.world.nominate.escalate(nomination, by=acting)
        self._check_acts(acting, SUPPORT)

    def _ask(self, nomination: NominationId, script: Script) -> None:
        acting, by_link = self._acting(script.asks), script.by_link and script.lead == LEAD.id
        asked = self.world.nominate.ask(nomination, script.lead, by=acting, by_link=by_link)
        self._check_acts(acting, POLICY if asked.renews is None else acting.organisation)
        assert self.notes.may_vouch(script.lead, asked.organisation.id, self.world.today)
        self.notes.asked[nomination] = script.lead

    def _record(self, nomination: NominationId, script: Script) -> None:
        answer = Answer(contact="Ann at Beacon", given_on=self.world.today, reference="Mail 7")
        acting, confirms = self._acting(script.records), script.confirms
        self.world.nominate.record_answer(nomination, answer, confirms=confirms, by=acting, note="As they said")
        self._check_acts(acting, POLICY)
        if confirms:
            self._note_confirmation(nomination, acting.user_id)

    def _grant(self, nomination: NominationId, acting: Acting) -> None:
        user = self.world.nominate.grant(nomination, by=acting)
        self._check_grant(nomination, user.id, acting)
        self.notes.granted.add(nomination)

    def _answer_by_link(self, token: str, *, confirms: bool) -> None:
        def answer() -> None:
            cookie = self.world.answer_by_link.open(token)
            before = facts_in(self.world.storage).nominations
            self.world.answer_by_link.answer(cookie, confirms=confirms, note="We know them")
            after = facts_in(self.world.storage).nominations
            [answered] = [n for n in before if before[n] != after[n]]
            if confirms:
                self._note_confirmation(NominationId(answered), None)

        self._attempt(answer)

    def _record_a_mailed_nomination(self, who: str, organisation: Organisation, by: ActingPerson) -> None:
        mailed = MailedNomination(
            email=self.notes.addresses[who],
            name=who.title(),
            role=organisation.role,
            organisation_id=organisation.id,
            nominated_by=BOSS,
            reference="Mail 1",
        )
        received = self._attempt(lambda: self.world.nominate.receive(mailed, by=self._acting(by)))
        if received is not None:
            self._note_nomination(received.id, who)

    def _nominate_a_colleague(self, who: str, by: str) -> None:
        email, acting = self.notes.addresses[who], self._acting((by, NORTH))
        received = self._attempt(lambda: self.world.nominate.nominate(email, who.title(), by=acting))
        if received is not None:
            self._note_nomination(received.id, who)

    def _give_as_an_operator(self, who: str, lead: LeadProviderId, organisation: Organisation) -> None:
        access = NewAccess(
            email=self.notes.addresses[who],
            name=who.title(),
            role=organisation.role,
            organisation_id=organisation.id,
            confirmed_by=lead,
            reason="The original list",
        )
        self.world.access.add(access)
        assert self.notes.may_vouch(lead, organisation.id, self.world.today)
        self.notes.given_by_operator += 1

    def _move(self, who: str, new: EmailAddress) -> None:
        """An operator changes an address; where only the domain differs, two support users do."""
        old = self.notes.addresses[who]
        if difference(old, new) is None:
            self.world.help_users.change_address(old, new, reason="Married")
        else:
            by = self.world.sue.user_id
            proposal = self.world.help_users.propose_address(old, new, reason="The hub moved", by=by)
            self.world.confirm_changes.confirm(proposal.id, by=self.world.ben.user_id)
        self.notes.addresses[who] = new

    def _make_way(self, who: str, organisation: Organisation) -> None:
        """Let the life that begins be a new one, and possible."""
        for user in ("sue", "ben", "boss", who):
            self.change_a_user("reinstate", user, LEAD.id, organisation)
        self.change_a_user("remove", who, LEAD.id, organisation)
        if organisation == NORTH and not self.notes.may_vouch(LEAD.id, NORTH.id, self.world.today):
            self.add_an_agreement(LEAD.id, NORTH, 0, None)
        self.change_a_user("give", "boss", LEAD.id, NORTH)

    def _happen(self, script: Script, who: str) -> None:
        """Something comes between; the agreement is that of the lead provider that is asked."""
        number = script.number
        match script.happens:
            case "days":
                self.pass_time(2 * number, 0, number, number)
            case "the agreement ends":
                self._end_agreements_of(script.lead)
            case "the agreement pauses":
                self._end_agreements_of(script.lead)
                self.pass_time(1, 0, number, number)
                self.add_an_agreement(script.lead, NORTH, 0, None)
            case "another is made":
                self.add_an_agreement(script.lead, NORTH, number % 3, None)
            case "a suspension":
                self.change_a_user("suspend", (who, "sue", "boss")[number % 3], LEAD.id, NORTH)
                self.pass_time(1, 0, number, number)
                self.pass_time(1, 0, number, number)
            case _:
                pass

    def _end_agreements_of(self, lead: LeadProviderId) -> None:
        for number, noted in enumerate(self.notes.agreements.values()):
            if (noted.lead, noted.partner) == (lead, NORTH.id):
                self.end_an_agreement(number, None)

    def _attempt(self, act: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever it gives; None where it is refused
        """Refused, it changes nothing and records nothing; else each change is exactly one event."""
        before = facts_in(self.world.storage)
        done, refusal = _done_or_refused(act)
        after = facts_in(self.world.storage)
        if refusal is not None:
            assert after == before
            assert str(refusal).endswith(".")
            return None
        assert recorded_between(before, after) == changes_between(before, after)
        mailed = [message for _, message in self.world.mails() if isinstance(message, ConfirmationLinkMessage)]
        self.notes.tokens += [message.url.rpartition("/")[2] for message in mailed]
        return done

    def _note_nomination(self, nomination: NominationId, nominee: str) -> None:
        self.notes.nominations.append(nomination)
        self.notes.nominees[nomination] = nominee
        self.notes.expire[nomination] = london_date(self.world.now + NOMINATION_LIVES)

    def _note_confirmation(self, nomination: NominationId, by: UserId | None) -> None:
        organisation, lead = self.world.nomination(nomination).organisation, self.notes.asked.get(nomination)
        by_policy = organisation == BODY and lead is None
        assert by_policy or self.notes.may_vouch(lead, organisation.id, self.world.today)
        self.notes.confirmations[nomination] = ConfirmationNoted(lead, self.world.today, by)

    def _acting(self, who: ActingPerson) -> Acting:
        return Acting(self._user_id(who[0]) or UserId("nobody"), who[1])

    def _user_id(self, who: str) -> UserId | None:
        email = self.notes.addresses.get(who)
        with self.world.storage.reading() as work:
            user = None if email is None else work.users.with_email(email)
        return None if user is None else user.id

    def _partners_users(self) -> Iterator[Acting]:
        """All users, acting for North Hub whether they may or not."""
        for user_id in filter(None, map(self._user_id, self.notes.addresses)):
            yield Acting(user_id, NORTH)


def _done_or_refused(act: Callable[[], Any]) -> tuple[Any, Exception | None]:
    try:
        return act(), None
    except (ChangeRefused, AccessRefused, ConfirmationRefused) as refusal:
        return None, refusal
