"""A user signs in by a link, chooses an organisation to act for, and signs out (service rules 3, 6 and 7)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from attrs import evolve, field, frozen

from checkdata.domain.access.decision import AccessFacts, Acting, Decision, available, decide
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import AskedTooOften, SessionOver, SignInRefused
from checkdata.domain.messages import HowAccessIsGiven, SignInRequested
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.people.users import User
from checkdata.domain.ports import Clock, Storage, Tokens, UnitOfWork
from checkdata.domain.services.task_steps.bound_tokens import first_found, found_by, is_for, with_token
from checkdata.domain.sign_in.link_limits import LinkAnswer, LinkLimits, LinkRequester
from checkdata.domain.sign_in.sessions import Lifetimes, LinkPurpose, Session, SignInLink
from checkdata.domain.values import EmailAddress, UserId, london_date

_DEAD: Final = "This sign-in link has expired or has already been used. Ask for another one."
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
class NewSession:
    """A new session: the token for its cookie, and the organisation it acts for, None until it is chosen."""

    token: str = field(repr=False)
    acting: Acting | None


@frozen(kw_only=True)
class SignIn:
    """Links and sessions, from the request for a link to signing out."""

    storage: Storage
    tokens: Tokens
    clock: Clock
    lifetimes: Lifetimes = field(factory=Lifetimes)
    limits: LinkLimits = field(factory=LinkLimits)

    def request_link(self, typed: str, client: str) -> None:
        """Queue one mail to the address as typed; `InvalidValue` if it is not an email address.

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
                address=self._counted_as(work, f"address {counted} asked for a link", now),
                client=self._counted_as(work, f"client {client} asked for a link", now),
            )
            allowed = work.link_requests.count(asking, self.limits, now)
            if allowed is LinkAnswer.NO:
                raise AskedTooOften("Too many sign-in links requested. Try again later.")
            known = user if user is not None and not user.suspended else None
            if allowed is LinkAnswer.YES or _is_left_without(work, email, known, now):
                message = HowAccessIsGiven() if known is None else SignInRequested(known.id)
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
        with self.storage.writing() as work:
            link = self._held_link(work, token, instead_of)
            now = self.clock()
            user, facts = _user_of(work, link, now)
            work.sign_ins.end_links(user.id, now, *_ends_with(link))
            if instead_of is not None:
                _end(work, instead_of.session, now)
            choices = available(user.id, facts, on=london_date(now))
            acting = choices[0] if len(choices) == 1 else None
            cookie = self._start(work, link, acting, now, browser)
            work.audit.record(_signed_in(user, acting, now))
            work.commit()
        return NewSession(token=cookie, acting=acting)

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
                _end(work, session, self.clock())
                work.commit()

    def _begun_in(self, work: UnitOfWork, browser: str) -> Session | None:
        return first_found(work.sign_ins.begun_as, self.tokens.digests(browser)) if browser else None

    def _counted_as(self, work: UnitOfWork, words: str, now: datetime) -> str:
        """The keyed hash under which requests are counted: an older key's as long as its window runs.

        The words end as no token does, because a client chooses a part of them, and their hash can be read.
        """
        newest, *older = self.tokens.digests(words)
        return (work.link_requests.running([newest, *older], now) if older else None) or newest

    def _visitor(self, digest: str) -> tuple[Session, AccessFacts] | None:
        with self.storage.at_once() as work:
            return work.sign_ins.visitor(digest)

    def _held_link(self, work: UnitOfWork, token: str, instead_of: Visit | None) -> SignInLink:
        """The link, its user held, and the user of the session that it is used instead of."""
        link = found_by(self.tokens, token, work.sign_ins.link)
        if link is None:
            raise SignInRefused(_DEAD)
        work.users.hold(*({link.user_id} if instead_of is None else {link.user_id, instead_of.user.id}))
        return link

    def _ended(self, work: UnitOfWork, digest: str, now: datetime) -> Session:
        """The session that this unit of work ended; `SessionOver` where there was none, or its time was up."""
        session = work.sign_ins.session(digest)
        if session is None or not work.sign_ins.end_session(digest) or not session.holds(now, self.lifetimes):
            raise SessionOver("You are no longer signed in.")
        return session

    def _start(self, work: UnitOfWork, link: SignInLink, acting: Acting | None, now: datetime, browser: str) -> str:
        began = Session(
            user_id=link.user_id,
            at_second=link.at_second,
            started_at=now,
            seen_at=now,
            organisation=None if acting is None else acting.organisation,
            began_as=self.tokens.digest(browser or self.tokens.mint()),
        )
        token, session = with_token(self.tokens, began)
        work.sign_ins.add_session(session)
        return token

    def _seen(self, session: Session, now: datetime) -> Session | None:
        """Note that the session was seen, at most once a minute, so that most requests only read.

        None if it was ended meanwhile.
        """
        if now - session.seen_at < _SEEN_EVERY:
            return session
        with self.storage.at_once() as work:
            there = work.sign_ins.touch(session.digest, now)
        return session.touched(now) if there else None


def _user_of(work: UnitOfWork, held: SignInLink, now: datetime) -> tuple[User, AccessFacts]:
    """The user whose link was used now."""
    link = work.sign_ins.use_link(held.digest, now)
    facts = None if link is None else work.users.facts(link.user_id)
    if facts is None or facts.user is None or facts.user.suspended:
        raise SignInRefused(_DEAD)
    if held.purpose is LinkPurpose.CONFIRM_SECOND:
        user = _confirmed(work, facts.user, now)
        return user, evolve(facts, user=user)
    return facts.user, facts


def _confirmed(work: UnitOfWork, user: User, now: datetime) -> User:
    """The user, whose second address counts from now on."""
    if user.second is None or user.second.counts:
        raise SignInRefused(_DEAD)
    confirmed = evolve(user, second=evolve(user.second, confirmed_at=now))
    work.users.replace(confirmed)
    work.audit.record(AuditEvent(kind=AuditKind.SECOND_ADDRESS_CONFIRMED, at=now, actor=user.id, subject=user.id))
    return confirmed


def _ends_with(link: SignInLink) -> Iterable[LinkPurpose]:
    """The purposes of the links that end when this one is used: those that sign in; others too once they are done."""
    signs_in = LinkPurpose.SIGN_IN, LinkPurpose.SIGN_IN_AT_SECOND
    return {*signs_in, link.purpose}


def _end(work: UnitOfWork, session: Session, now: datetime) -> None:
    """End what became of a session, and record it if there was one still."""
    if work.sign_ins.end_begun_as(session.user_id, session.began_as):
        work.audit.record(AuditEvent(kind=AuditKind.SIGNED_OUT, at=now, actor=session.user_id))


def _is_left_without(work: UnitOfWork, email: EmailAddress, known: User | None, now: datetime) -> bool:
    """Whether a user has no working link and none on its way, as after using one, which ends all others.

    Each use lets one more mail go to an address that had enough, so that others cannot flood it. The same work is done
    for every address.
    """
    on_its_way = work.outbox.waits(email, SignInRequested)
    purpose = LinkPurpose.SIGN_IN if known is None else purpose_at(known, email)
    works = work.sign_ins.has_link(UserId("") if known is None else known.id, purpose, now)
    return known is not None and not on_its_way and not works


def _signed_in(user: User, acting: Acting | None, now: datetime) -> AuditEvent:
    """A sign-in where there was one choice is a use of that access too."""
    if acting is None:
        return AuditEvent(kind=AuditKind.SIGNED_IN, at=now, actor=user.id)
    return AuditEvent.by(acting, AuditKind.SIGNED_IN, now)


def purpose_at(user: User, address: EmailAddress) -> LinkPurpose:
    """What a link does that is mailed to this address, with which the user signs in."""
    return LinkPurpose.SIGN_IN_AT_SECOND if user.signs_in_second_at(address) else LinkPurpose.SIGN_IN


def new_link(
    user_id: UserId, tokens: Tokens, now: datetime, lives: timedelta, purpose: LinkPurpose
) -> tuple[str, SignInLink]:
    """A token and the link that stands for it; the token goes into a mail and nowhere else (security.md 2)."""
    link = SignInLink(user_id=user_id, created_at=now, expires_at=now + lives, purpose=purpose)
    return with_token(tokens, link)
