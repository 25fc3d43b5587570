"""API keys: by which programs ask, for an organisation under a grant, or as a calling service (security.md 56)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import Enum, auto
from typing import Final

from attrs import field, frozen

from checkdata.domain.people.organisations import Organisation, Role
from checkdata.domain.values import UserId, london_date

LONGEST_LIFE: Final = timedelta(days=365)
"""How long a key works at most."""

COLLECTED_WITHIN: Final = timedelta(days=7)
"""How long the secret of a key waits for its user."""

SHOWN_OF_ID: Final = 8
"""How many characters of a key's id are in its secret."""

ROLES_WITH_KEYS: Final = (Role.DELIVERY_PARTNER, Role.APPROPRIATE_BODY)
"""The roles whose access a key may use."""


class Question(Enum):
    """What a calling service may ask: whether a user may, and which participants or users there are."""

    EVALUATION = "evaluation"
    SEARCH = "search"


class KeyState(Enum):
    """What has become of a key."""

    WAITS = auto()
    """Its user has not collected the secret yet."""
    WORKS = auto()
    EXPIRED = auto()
    REVOKED = auto()


@frozen
class UnderGrant:
    """A key with which a program sees what a user sees of an organisation, while `decide` lets that user."""

    user_id: UserId
    organisation: Organisation


def _questions(asked: Iterable[Question]) -> frozenset[Question]:
    return frozenset(asked)


@frozen
class CallingService:
    """A key with which another service asks about access, and what it may ask; it sees no participant."""

    name: str
    may_ask: frozenset[Question] = field(converter=_questions)


@frozen(kw_only=True)
class Revocation:
    """When, by whom (None for an operator or the service itself) and why a key was ended."""

    at: datetime
    by: UserId | None
    reason: str


@frozen(kw_only=True)
class ApiKey:
    """A key; ``digest`` stands for its secret, which is stored nowhere, and is "" until there is one.

    It works up to the day before ``expires_on``; days are London's. ``last_used_on`` is noted once a day.
    """

    id: str
    name: str
    given_to: UnderGrant | CallingService
    issued_by: UserId | None
    issued_at: datetime
    reason: str
    expires_on: date
    digest: str = field(default="", repr=False)
    collected_at: datetime | None = None
    last_used_on: date | None = None
    revoked: Revocation | None = None

    @property
    def prefix(self) -> str:
        """How its secret begins, so that people and scanners of source code recognise it; it opens nothing."""
        return f"checkdata-{self.id[:SHOWN_OF_ID]}-"

    @property
    def holder(self) -> tuple[str, ...]:
        """For what its secret was made: neither whose it is, what it may ask nor when it expires can be changed."""
        given = self.given_to
        if isinstance(given, UnderGrant):
            whose: tuple[str, ...] = ("user", given.user_id, given.organisation.role.value, given.organisation.id)
        else:
            whose = ("service", given.name, *sorted(question.value for question in given.may_ask))
        return "API key", self.id, self.expires_on.isoformat(), *whose

    def state(self, at: datetime) -> KeyState:
        """What has become of it by then."""
        if self.revoked is not None:
            return KeyState.REVOKED
        if london_date(at) >= self.expires_on or (not self.digest and at >= self.issued_at + COLLECTED_WITHIN):
            return KeyState.EXPIRED
        return KeyState.WORKS if self.digest else KeyState.WAITS

    def has_not_ended(self, at: datetime) -> bool:
        """Whether it works by then, or waits to be collected."""
        return self.state(at) in (KeyState.WAITS, KeyState.WORKS)
