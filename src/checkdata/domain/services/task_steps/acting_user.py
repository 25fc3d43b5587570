"""Looks up the acting user again inside the change, because their access may have ended (service rule 3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import cast

from checkdata.domain.access.decision import Acting, require
from checkdata.domain.errors import Overtaken, StorageConflict
from checkdata.domain.nominations.steps import Actor
from checkdata.domain.people.users import User
from checkdata.domain.ports import UnitOfWork


def actor_of(work: UnitOfWork, by: Acting, today: date) -> Actor:
    """The user who acts; `AccessRefused` where they may not act so any more."""
    facts = work.users.facts(by.user_id)
    require(by, facts, on=today)
    return Actor(cast("User", facts.user), by.organisation)  # without a user, access is refused


@contextmanager
def only_once(sentence: str) -> Iterator[None]:
    """Raise `Overtaken` if another user did the same first."""
    try:
        yield
    except StorageConflict:
        raise Overtaken(sentence) from None
