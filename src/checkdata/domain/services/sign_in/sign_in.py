"""A user signs in by a link, chooses an organisation to act for, and signs out (service rules 3, 6 and 7)."""

from datetime import date, datetime, timedelta
from typing import Final

from attrs import field, frozen

from checkdata.domain.access.decision import AccessFacts, Acting, Decision, available, decide
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import AskedTooOften, SessionOver, SignInRefused
from checkdata.domain.messages import HowAccessIsGiven, SignInRequested
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.people.users import User
from checkdata.domain.ports import Clock, Storage, Tokens, UnitOfWork
from checkdata.domain.services.sign_in.begin_session import NewSession, begin_session, end_session, hold_both
from checkdata.domain.services.sign_in.count_requests import counted_as
from checkdata.domain.services.sign_in.make_link import asked_text, purpose_at
from checkdata.domain.services.sign_in.use_link import DEAD, proven_by
from checkdata.domain.services.task_steps.bound_tokens import first_found, found_by, is_for, with_token
from checkdata.domain.sign_in.link_limits import LinkAnswer, LinkLimits, LinkRequester
from checkdata.domain.sign_in.sessions import Lifetimes, LinkPurpose, Session
from checkdata.domain.values import EmailAddress, UserId, london_date

_SEEN_EVERY: Final = timedelta(minutes=1)


@frozen(kw_only=True)
class Visit:
    """A signed-in person at the moment of one request, with all that a decision needs, looked up now.

    The session ends at ``ends_at`` if no request comes, and at ``ends_for_good_at`` whatever requests come.
    """

    user: User
    session: Session
    facts: AccessFacts
    at: datetime
    ends_at: datetime
    ends_for_good_at: datetime

    @property
    def today(self) -> date:
        """The day in London on which decisions are made."""
        return london_date(self.at)

    @property
    def acting(self) -> Acting | None:
        """The organisation that the session acts for, or None until it is chosen."""
        return None if self.session.organisation is None else Acting(self.user.id, self.session.organisation)

    @property
    def choices(self) -> tuple[Acting, ...]:
        """Every role and organisation that the person may choose."""
        return available(self.user.id, self.facts, on=self.today)

    def decide(self, acting: Acting) -> Decision:
        """Whether the person may act for this organisation now."""
        return decide(acting, self.facts, on=self.today)


@frozen(kw_only=True)
class SignIn:
    """Links and sessions, from the request for a link to signing out."""

    storage: Storage
    tokens: Tokens
    clock: Clock
    lifetimes: Lifetimes = field(factory=Lifetimes)
    limits: LinkLimits = field(factory=LinkLimits)

    def request_link(self, typed: str, client: str, *, browser: str = "") -> None:
        """Queue one mail to the address as typed; `InvalidValue` if it is not an email address.

        If *browser* keeps a token, the mail has a code beside the link, which works in that browser only.

        The same work for known and unknown addresses: one look-up, one message, nothing sent here (ASVS 6.3.8). For
        an address with too many requests, where both of a user count as one, it queues nothing, and does not say so,
        unless a user would be left without a working link. *client* is the network address of the request, of which a
        keyed hash is kept; `AskedTooOften` if that client, or all users together, made too many (security.md 13).
        """
        email, now = EmailAddress.of(typed), self.clock()
        with self.storage.writing() as work:
            user = work.users.with_email(email)
            counted = email if user is None else user.email
            asking = LinkRequester(
                address=counted_as(work, self.tokens, f"address {counted} asked for a link", now),
                client=counted_as(work, self.tokens, f"client {client} asked for a link", now),
            )
            allowed = work.link_requests.count(asking, self.limits, now)
            if allowed is LinkAnswer.NO:
                raise AskedTooOften("Too many sign-in links requested. Try again later.")
            known = user if user is not None and not user.suspended else None
            if allowed is LinkAnswer.YES or _is_left_without(work, email, known, now):
                asked_as = self.tokens.digest(asked_text(browser)) if browser else ""
                message = HowAccessIsGiven() if known is None else SignInRequested(known.id, asked_as)
                work.outbox.queue(email, message, now)
            work.commit()

    def link_works(self, token: str) -> LinkPurpose | None:
        """What the link would do, None for one that does not work.

        It changes nothing, because mail scanners follow links (security.md 6).
        """
        with self.storage.reading() as work:
            link = found_by(self.tokens, token, work.sign_ins.link)
        return link.purpose if link is not None and link.usable(self.clock()) else None

    def sign_in(self, token: str, *, instead_of: Visit | None = None, browser: str = "") -> NewSession:
        """Use a link up and start a session; `SignInRefused` where it is used, expired, unknown or of a suspended user.

        A link mailed to a second address that waits for its holder confirms it. Every other link of the user that signs
        in ends with it (security.md 9), and the session that the browser had, *instead_of*
        which it is. If there is only one choice, it is made. *browser* is what the browser keeps beside the token, so
        that `sign_out` finds the session after any change of role.
        """
        replaced = None if instead_of is None else instead_of.session
        with self.storage.writing() as work:
            link = found_by(self.tokens, token, work.sign_ins.link)
            if link is None:
                raise SignInRefused(DEAD)
            hold_both(work, link.user_id, replaced)
            now = self.clock()
            proven = proven_by(work, link, now)
            signed_in = begin_session(work, self.tokens, proven, now, instead_of=replaced, browser=browser)
            work.commit()
        return signed_in

    def confirm_second(self, token: str) -> None:
        """Use up a link that confirms a second address, where links sign no one in; `SignInRefused` for any other."""
        with self.storage.writing() as work:
            link = found_by(self.tokens, token, work.sign_ins.link)
            if link is None or link.purpose is not LinkPurpose.CONFIRM_SECOND:
                raise SignInRefused(DEAD)
            work.users.hold(link.user_id)
            now = self.clock()
            proven = proven_by(work, link, now)
            work.sign_ins.end_links(proven.user.id, now, link.purpose)
            work.commit()

    def resume(self, cookie: str) -> Visit | None:
        """The visit that a cookie stands for, or None where its session is over; looked up on every request."""
        now = self.clock()
        visitor = first_found(self._visitor, self.tokens.digests(cookie))
        if visitor is None:
            return None
        session, facts = visitor
        if facts.user is None or not is_for(cookie, session) or not session.holds(now, self.lifetimes):
            return None
        seen = self._seen(session, now)
        if seen is None:
            return None
        return Visit(
            user=facts.user,
            session=seen,
            facts=facts,
            at=now,
            ends_at=seen.ends_at(self.lifetimes),
            ends_for_good_at=seen.ends_for_good_at(self.lifetimes),
        )

    def choose(self, visit: Visit, organisation: Organisation) -> str | None:
        """Act for another organisation from now on: the token of a new session, the old one ended (ASVS 7.2.4).

        None if the user does not have this choice; `SessionOver` if the session was ended in another way, because a
        session is replaced only by deleting the one before it.
        """
        with self.storage.writing() as work:
            work.users.hold(visit.user.id)
            now = self.clock()
            session = self._ended(work, visit.session.digest, now)
            choices = available(visit.user.id, work.users.facts(visit.user.id), on=london_date(now))
            acting = next((choice for choice in choices if choice.organisation == organisation), None)
            if acting is None:
                return None
            token, session = with_token(self.tokens, session.acting_for(acting.organisation, at=now))
            work.sign_ins.add_session(session)
            work.audit.record(AuditEvent.by(acting, AuditKind.ROLE_CHOSEN, now))
            work.commit()
        return token

    def sign_out(self, visit: Visit | None, browser: str = "") -> None:
        """End the session for good, whichever organisation it acts for now; its cookie stops working (ASVS 7.4.1).

        If a choice of role was faster, so that there is no *visit*, *browser* tells which session it became.
        """
        with self.storage.writing() as work:
            session = visit.session if visit is not None else self._begun_in(work, browser)
            if session is not None:
                work.users.hold(session.user_id)
                end_session(work, session, self.clock())
                work.commit()

    def _begun_in(self, work: UnitOfWork, browser: str) -> Session | None:
        return first_found(work.sign_ins.begun_as, self.tokens.digests(browser)) if browser else None

    def _visitor(self, digest: str) -> tuple[Session, AccessFacts] | None:
        with self.storage.at_once() as work:
            return work.sign_ins.visitor(digest)

    def _ended(self, work: UnitOfWork, digest: str, now: datetime) -> Session:
        """The session that this unit of work ended; `SessionOver` where there was none, or its time was up."""
        session = work.sign_ins.session(digest)
        if session is None or not work.sign_ins.end_session(digest) or not session.holds(now, self.lifetimes):
            raise SessionOver("You are no longer signed in.")
        return session

    def _seen(self, session: Session, now: datetime) -> Session | None:
        """Note that the session was seen, at most once a minute, so that most requests only read.

        None if it was ended meanwhile.
        """
        if now - session.seen_at < _SEEN_EVERY:
            return session
        with self.storage.at_once() as work:
            there = work.sign_ins.touch(session.digest, now)
        return session.touched(now) if there else None


def _is_left_without(work: UnitOfWork, email: EmailAddress, known: User | None, now: datetime) -> bool:
    """Whether a user has no working link and none on its way, as after using one, which ends all others.

    Each use lets one more mail go to an address that had enough, so that others cannot flood it. The same work is done
    for every address.
    """
    on_its_way = work.outbox.waits(email, SignInRequested)
    purpose = LinkPurpose.SIGN_IN if known is None else purpose_at(known, email)
    works = work.sign_ins.has_link(UserId("") if known is None else known.id, purpose, now)
    return known is not None and not on_its_way and not works
