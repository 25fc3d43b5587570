"""A user signs in by the six digits beside a link, for whom a mail scanner used the link up or broke it."""

import hmac
import re
from typing import Final

from attrs import field, frozen

from checkdata.domain.errors import AskedTooOften, InvalidValue, SignInRefused
from checkdata.domain.people.users import User
from checkdata.domain.ports import Clock, Storage, Tokens, UnitOfWork
from checkdata.domain.services.sign_in.begin_session import NewSession, begin_session, hold_both
from checkdata.domain.services.sign_in.count_requests import counted_as
from checkdata.domain.services.sign_in.make_link import asked_text, code_text
from checkdata.domain.services.sign_in.sign_in import Visit
from checkdata.domain.services.sign_in.use_link import proven_by
from checkdata.domain.sign_in.link_limits import CodeLimits
from checkdata.domain.sign_in.sessions import Lifetimes, SignInLink
from checkdata.domain.values import EmailAddress

_BETWEEN_DIGITS: Final = re.compile(r"[\s-]")
_WRONG: Final = (
    "The code is wrong, has expired or was used. Enter the code from the newest email, in the browser in which you "
    "asked for it"
)
_TOO_MANY: Final = "Too many wrong codes were entered. Use the link in the email instead"


@frozen(kw_only=True)
class CodeTry:
    """What a browser sends: the digits as typed, the address that was typed before them, and the token that it keeps.

    ``address`` and ``browser`` come from cookies that the service wrote.
    """

    typed: str = field(repr=False)
    address: EmailAddress
    browser: str = field(repr=False)


@frozen(kw_only=True)
class SignInByCode:
    """Signing in by the code beside a link, in the browser that asked for it."""

    storage: Storage
    tokens: Tokens
    clock: Clock
    lifetimes: Lifetimes = field(factory=Lifetimes)
    limits: CodeLimits = field(factory=CodeLimits)

    def sign_in(self, tried: CodeTry, *, instead_of: Visit | None = None, browser: str = "") -> NewSession:
        """Use the link up to which the code belongs, and start a session, as `SignIn.sign_in` does.

        `InvalidValue` for what is no code. `SignInRefused` for one that is wrong, used, expired, another browser's or
        a suspended user's; `AskedTooOften` after too many of those. For an address that is not known the answers and
        the work are the same: tries are counted before anything is compared (security.md 11 and 13).
        """
        digits = _BETWEEN_DIGITS.sub("", tried.typed)
        if not re.fullmatch("[0-9]{6}", digits):
            raise InvalidValue("Enter the 6-digit code from the email")
        replaced = None if instead_of is None else instead_of.session
        with self.storage.writing() as work:
            user = work.users.with_email(tried.address)
            keys = self._counted(work, tried, user)
            link = self._link(work, tried.browser, user, digits)
            if link is None:
                work.commit()
                raise SignInRefused(_WRONG)
            hold_both(work, link.user_id, replaced)
            now = self.clock()
            try:
                proven = proven_by(work, link, now)
            except SignInRefused:  # used meanwhile, or of a suspended user: no other answer
                raise SignInRefused(_WRONG) from None
            signed_in = begin_session(work, self.tokens, proven, now, instead_of=replaced, browser=browser)
            for key in keys:
                work.link_requests.take_back(key)
            work.commit()
        return signed_in

    def _counted(self, work: UnitOfWork, tried: CodeTry, user: User | None) -> tuple[str, str]:
        """Count the try for its browser and its address; `AskedTooOften` if either had enough, and then neither.

        Both addresses of a user count as one. All lock the browser's count before the address's.
        """
        now = self.clock()
        counted = tried.address if user is None else user.email
        in_browser = counted_as(work, self.tokens, f"browser {tried.browser} tried a code", now)
        at_address = counted_as(work, self.tokens, f"address {counted} tried a code", now)
        if (
            work.link_requests.count_try(in_browser, self.lifetimes.code, now) > self.limits.per_browser
            or work.link_requests.count_try(at_address, self.limits.window, now) > self.limits.per_address
        ):
            raise AskedTooOften(_TOO_MANY)
        return in_browser, at_address

    def _link(self, work: UnitOfWork, browser: str, user: User | None, digits: str) -> SignInLink | None:
        """The user's link to which this code belongs, in this browser; one of the newest.

        Only the user's whose address was counted: a client chooses which of the cookies that it got it sends together.
        """
        now = self.clock()
        keys = self.tokens.digests(asked_text(browser))
        asked = [link for asked_as in keys for link in work.sign_ins.links_asked_as(asked_as)]
        theirs = [link for link in asked if user is not None and link.user_id == user.id and link.usable_by_code(now)]
        newest = sorted(theirs, key=lambda link: link.created_at, reverse=True)[: self.limits.newest]
        return next((link for link in newest if self._is_code_of(link, digits)), None)

    def _is_code_of(self, link: SignInLink, digits: str) -> bool:
        code = link.code
        if code is None:
            return False
        made = self.tokens.digests(code_text(link, code.asked_as, digits))
        return any(hmac.compare_digest(digest, code.digest) for digest in made)
