"""How often sign-in links may be asked for (security.md 13, ASVS 2.4.1 and 6.3.1)."""

from datetime import timedelta
from enum import Enum, auto

from attrs import field, frozen


class Allowed(Enum):
    """What may be done for somebody who asks for a link: queue a mail, most likely none and say nothing, or refuse."""

    YES = auto()
    NOT_FOR_ADDRESS = auto()
    """It had enough: only a user who has no link that works is sent another one."""
    NO = auto()


@frozen(kw_only=True)
class Asking:
    """Who asks for whom: a keyed hash of the address that was typed, and one of the client that sent it."""

    address: str = field(repr=False)
    client: str = field(repr=False)


@frozen(kw_only=True)
class LinkLimits:
    """How many links may be asked for in a window, which begins with the first; each is a setting.

    Whoever is sent no other has one that still works, however often somebody else asked in their name (ASVS 6.1.1): the
    window is no longer than a link lives, and who has used theirs up is sent another one.
    """

    window: timedelta = timedelta(minutes=15)
    per_address: int = 5
    per_client: int = 50
    overall: int = 1000

    def allow(self, *, address: int, client: int, overall: int) -> Allowed:
        """What these numbers, the request among them, allow."""
        if client > self.per_client or overall > self.overall:
            return Allowed.NO
        return Allowed.YES if address <= self.per_address else Allowed.NOT_FOR_ADDRESS
