"""How often sign-in links may be requested, and codes tried (security.md 13, ASVS 2.4.1 and 6.3.1)."""

from datetime import timedelta
from enum import Enum, auto

from attrs import field, frozen


class LinkAnswer(Enum):
    """The answer to a request for a link: queue a mail, say nothing and usually send none, or refuse."""

    YES = auto()
    NOT_FOR_ADDRESS = auto()
    """The address had enough: only a user who has no working link is sent another one."""
    NO = auto()


@frozen(kw_only=True)
class LinkRequester:
    """A keyed hash of the address for which a link is requested, and one of the client's address."""

    address: str = field(repr=False)
    client: str = field(repr=False)


@frozen(kw_only=True)
class LinkLimits:
    """How many links may be requested in a window, which begins with the first request; each is a setting.

    A user who is sent no new link still has one that works, however often others asked in their name (ASVS 6.1.1): the
    window is no longer than a link lives, and a user who has used theirs is sent another one.
    """

    window: timedelta = timedelta(minutes=15)
    per_address: int = 5
    per_client: int = 50
    overall: int = 1000

    def allow(self, *, address: int, client: int, overall: int) -> LinkAnswer:
        """What these counts, which include the request, allow."""
        if client > self.per_client or overall > self.overall:
            return LinkAnswer.NO
        return LinkAnswer.YES if address <= self.per_address else LinkAnswer.NOT_FOR_ADDRESS


@frozen(kw_only=True)
class CodeLimits:
    """How many wrong codes are taken.

    A browser may be wrong ``per_browser`` times in the life of a code. An address may be tried ``per_address`` times in
    ``window``, in whatever browsers, so that guessing goes on slowly. Links still work.

    A try is compared with the codes of the ``newest`` mails only. Otherwise an attacker who asks for mail again and
    again, for somebody else, would have as many codes to hit.
    """

    per_browser: int = 5
    per_address: int = 10
    window: timedelta = timedelta(days=1)
    newest: int = 2
