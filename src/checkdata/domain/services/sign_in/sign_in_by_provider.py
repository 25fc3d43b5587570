"""A user signs in at an identity provider, which says who they are; what they may see is decided as ever."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve, field, frozen

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import AskedTooOften, IdentityRefused, SignInRefused
from checkdata.domain.people.users import User
from checkdata.domain.ports import Clock, IdentityProvider, Storage, Tokens, UnitOfWork
from checkdata.domain.services.sign_in.begin_session import NewSession, Proven, begin_session, hold_both
from checkdata.domain.services.sign_in.count_requests import counted_as
from checkdata.domain.services.sign_in.sign_in import Visit
from checkdata.domain.sign_in.identities import BoundAccount, Departure, Identity
from checkdata.domain.sign_in.link_limits import LinkLimits
from checkdata.domain.values import UserId

DEPARTURE_LIVES: Final = timedelta(minutes=30)
"""How long a user may take at the provider, where they may have to find a password, and a phone."""

_REFUSED: Final = "This account does not give access to this service."


@frozen(kw_only=True)
class SignInByProvider:
    """Signing in at an identity provider.

    The provider only says who a person is. It adds no user and gives no access: an account counts if its verified
    address is one with which a known user signs in, now, and if it is the account with which that address was first
    used. So a person who gets the address later, with another account, does not get in; support frees the address by
    signing the user out everywhere.
    """

    storage: Storage
    tokens: Tokens
    clock: Clock
    provider: IdentityProvider
    limits: LinkLimits = field(factory=LinkLimits)

    def depart(self, client: str) -> Departure:
        """Where to send a browser to sign in; as often as a client may request links, else `AskedTooOften`.

        There is no limit for all clients together, because no mail is sent: many could stop everybody's signing in.
        """
        now = self.clock()
        with self.storage.writing() as work:
            leaving = counted_as(work, self.tokens, f"client {client} left to sign in", now)
            if work.link_requests.count_try(leaving, self.limits.window, now) > self.limits.per_client:
                raise AskedTooOften("Too many requests to sign in. Try again later.")
            work.commit()
        departure = self.provider.depart()
        return evolve(departure, kept=f"{now.isoformat()} {departure.kept}")

    def identify(self, kept: str, answer: Mapping[str, str]) -> Identity:
        """Who came back within `DEPARTURE_LIVES`, else `IdentityRefused`.

        No transaction is open while the provider is asked.
        """
        left_at, _, given = kept.partition(" ")
        if not given or not self.clock() < datetime.fromisoformat(left_at) + DEPARTURE_LIVES:
            raise IdentityRefused("The answer is not for this browser, or came too late.")
        return self.provider.identify(given, answer)

    def sign_in(self, who: Identity, *, instead_of: Visit | None = None, browser: str = "") -> NewSession:
        """Start a session, as `SignIn.sign_in` does; `SignInRefused`, the same for whatever reason, if there is none.

        That a known user was refused is on record, with the reason.
        """
        replaced = None if instead_of is None else instead_of.session
        with self.storage.writing() as work:
            user = None if who.email is None else work.users.with_email(who.email)
            if user is None:
                raise SignInRefused(_REFUSED)
            hold_both(work, user.id, replaced)
            now = self.clock()
            proven = self._proven(work, user.id, who, now)
            if isinstance(proven, str):
                work.audit.record(_refused(user, proven, now))
                work.commit()
                raise SignInRefused(_REFUSED)
            signed_in = begin_session(work, self.tokens, proven, now, instead_of=replaced, browser=browser)
            work.commit()
        return signed_in

    def sign_out_at(self, proof: str) -> str | None:
        """Where to send a browser to sign out at the provider too."""
        return self.provider.sign_out_at(proof)

    def _proven(self, work: UnitOfWork, user_id: UserId, who: Identity, now: datetime) -> Proven | str:
        """The user, who is held and looked up again; or the reason why this account is not theirs."""
        facts = work.users.facts(user_id)
        user = facts.user
        if user is None or who.email is None or not user.signs_in_at(who.email):
            return "address"
        if user.suspended:
            return "suspended"
        at_second = user.signs_in_second_at(who.email)
        theirs = work.bound_accounts.of_address(user.id, who.issuer, at_second=at_second)
        if theirs is None:
            if work.bound_accounts.of_subject(who.issuer, who.subject) is not None:
                return "account_of_another_address"
            work.bound_accounts.bind(
                BoundAccount(issuer=who.issuer, subject=who.subject, user_id=user.id, at_second=at_second, bound_at=now)
            )
            work.audit.record(AuditEvent(kind=AuditKind.ACCOUNT_BOUND, at=now, actor=user.id, subject=user.id))
        elif theirs.subject != who.subject:
            return "another_account"
        return Proven(user=user, facts=facts, at_second=at_second)


def _refused(user: User, reason: str, now: datetime) -> AuditEvent:
    return AuditEvent(kind=AuditKind.ACCOUNT_REFUSED, at=now, subject=user.id, details={"reason": reason})
