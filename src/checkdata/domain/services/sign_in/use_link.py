"""A link is used up, by its address or by the code beside it: whose it is."""

from datetime import datetime
from typing import Final

from attrs import evolve

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import SignInRefused
from checkdata.domain.people.users import User
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.services.sign_in.begin_session import SIGNS_IN, Proven
from checkdata.domain.sign_in.sessions import LinkPurpose, SignInLink

DEAD: Final = "This sign-in link has expired or has already been used. Ask for another one."


def proven_by(work: UnitOfWork, held: SignInLink, now: datetime) -> Proven:
    """The user whose link is used now; `SignInRefused` where it was used, expired, or is a suspended user's.

    A link that was mailed to a second address that waits for its holder confirms it.
    """
    link = work.sign_ins.use_link(held.digest, now)
    facts = None if link is None else work.users.facts(link.user_id)
    if facts is None or facts.user is None or facts.user.suspended:
        raise SignInRefused(DEAD)
    user, ends = facts.user, {*SIGNS_IN, held.purpose}
    if held.purpose is LinkPurpose.CONFIRM_SECOND:
        user = _confirmed(work, user, now)
        facts = evolve(facts, user=user)
    return Proven(user=user, facts=facts, at_second=held.at_second, ends=ends)


def _confirmed(work: UnitOfWork, user: User, now: datetime) -> User:
    """The user, whose second address counts from now on."""
    if user.second is None or user.second.counts:
        raise SignInRefused(DEAD)
    confirmed = evolve(user, second=evolve(user.second, confirmed_at=now))
    work.users.replace(confirmed)
    work.audit.record(AuditEvent(kind=AuditKind.SECOND_ADDRESS_CONFIRMED, at=now, actor=user.id, subject=user.id))
    return confirmed
