"""What starts, holds and ends a sign-in link and a session (service rule 7, security.md 3, 4, 15 and 18)."""

from datetime import UTC, datetime, timedelta
from enum import Enum

from attrs import evolve, field, frozen

from checkdata.domain.people.organisations import Organisation
from checkdata.domain.values import UserId


@frozen(kw_only=True)
class Lifetimes:
    """How long links, the codes beside them, and sessions live; each is a setting."""

    link: timedelta = timedelta(minutes=60)
    code: timedelta = timedelta(minutes=10)
    idle: timedelta = timedelta(minutes=30)
    whole: timedelta = timedelta(hours=8)


class LinkPurpose(Enum):
    """To which address of a user a link was mailed, and for what: it signs in, or confirms a second address too."""

    SIGN_IN = "sign_in"
    SIGN_IN_AT_SECOND = "sign_in_at_second"
    CONFIRM_SECOND = "confirm_second"


@frozen(kw_only=True)
class SignInCode:
    """Six digits beside a link in a mail, which use the link up too; ``digest`` stands for them.

    They work only in the browser that keeps the token for which ``asked_as`` stands.
    """

    asked_as: str = field(repr=False)
    digest: str = field(repr=False)
    expires_at: datetime


@frozen(kw_only=True)
class SignInLink:
    """A link in a mail that signs its user in once; ``digest`` stands for its token, which is stored nowhere."""

    digest: str = field(default="", repr=False)
    user_id: UserId
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    purpose: LinkPurpose = LinkPurpose.SIGN_IN
    code: SignInCode | None = None

    @property
    def at_second(self) -> bool:
        """Whether it was mailed to the user's second address."""
        return self.purpose is not LinkPurpose.SIGN_IN

    @property
    def holder(self) -> tuple[str, ...]:
        """For what its token was made."""
        return "sign-in link", self.user_id, *((self.purpose.value,) if self.at_second else ())

    def usable(self, at: datetime) -> bool:
        """Whether the link still signs in: not used, not expired."""
        return self.used_at is None and at < self.expires_at

    def usable_by_code(self, at: datetime) -> bool:
        """Whether the code beside it still signs in."""
        return self.usable(at) and self.code is not None and at < self.code.expires_at


@frozen(kw_only=True)
class Session:
    """A signed-in browser; ``digest`` stands for the token in its cookie.

    ``organisation`` is the one the session acts for, None until it is chosen (service rule 6). Each choice of a role
    gives it another digest. ``began_as``, the digest of a token that the browser got at sign-in, stays, so that signing
    out ends the session that it became. ``at_second`` tells that it came by the user's second address.
    """

    digest: str = field(default="", repr=False)
    user_id: UserId
    started_at: datetime
    seen_at: datetime
    organisation: Organisation | None = None
    began_as: str = field(repr=False)
    at_second: bool = False

    @began_as.default
    def _begins(self) -> str:
        return self.digest

    @property
    def holder(self) -> tuple[str, ...]:
        """For what its token was made: neither whose it is nor when it began can be changed."""
        return "session", self.user_id, self.started_at.astimezone(UTC).isoformat()

    def holds(self, at: datetime, lifetimes: Lifetimes) -> bool:
        """Whether the session still stands: not idle too long, not too old (ASVS 7.3.1, 7.3.2)."""
        return at < self.ends_at(lifetimes)

    def ends_at(self, lifetimes: Lifetimes) -> datetime:
        """When the session ends if no request comes."""
        return min(self.seen_at + lifetimes.idle, self.ends_for_good_at(lifetimes))

    def ends_for_good_at(self, lifetimes: Lifetimes) -> datetime:
        """When the session ends whatever requests come (ASVS 7.3.2)."""
        return self.started_at + lifetimes.whole

    def touched(self, at: datetime) -> "Session":
        """The session seen again."""
        return evolve(self, seen_at=at)

    def acting_for(self, organisation: Organisation, *, at: datetime) -> "Session":
        """The session that follows a choice of role: the same age, and no id until it has its own (ASVS 7.2.4)."""
        return evolve(self, organisation=organisation, digest="", seen_at=at)
