"""The last step of every way to sign in: a session begins for a user who has shown who they are."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from attrs import field, frozen

from checkdata.domain.access.decision import AccessFacts, Acting, available
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.people.users import User
from checkdata.domain.ports import Tokens, UnitOfWork
from checkdata.domain.services.task_steps.bound_tokens import with_token
from checkdata.domain.sign_in.sessions import LinkPurpose, Session
from checkdata.domain.values import UserId, london_date

SIGNS_IN: Final = frozenset({LinkPurpose.SIGN_IN, LinkPurpose.SIGN_IN_AT_SECOND})
"""The purposes of the links that every sign-in ends (security.md 9)."""


@frozen(kw_only=True)
class NewSession:
    """A new session: the token for its cookie, and the organisation it acts for, None until it is chosen."""

    token: str = field(repr=False)
    acting: Acting | None


@frozen(kw_only=True)
class Proven:
    """A user who has shown who they are, and by which of their addresses."""

    user: User
    facts: AccessFacts
    at_second: bool
    ends: Collection[LinkPurpose] = SIGNS_IN
    """The links that end with this sign-in."""


def begin_session(  # noqa: PLR0913 - what a session begins with
    work: UnitOfWork, tokens: Tokens, proven: Proven, now: datetime, *, instead_of: Session | None, browser: str
) -> NewSession:
    """Start a session for a user whom *work* holds, in place of the one that the browser had.

    If there is only one choice of role and organisation, it is made. *browser* is what the browser keeps beside the
    token, so that signing out finds the session after any change of role.
    """
    user = proven.user
    work.sign_ins.end_links(user.id, now, *proven.ends)
    if instead_of is not None:
        end_session(work, instead_of, now)
    choices = available(user.id, proven.facts, on=london_date(now))
    acting = choices[0] if len(choices) == 1 else None
    began = Session(
        user_id=user.id,
        at_second=proven.at_second,
        started_at=now,
        seen_at=now,
        organisation=None if acting is None else acting.organisation,
        began_as=tokens.digest(browser or tokens.mint()),
    )
    token, session = with_token(tokens, began)
    work.sign_ins.add_session(session)
    work.audit.record(_signed_in(user, acting, now))
    return NewSession(token=token, acting=acting)


def end_session(work: UnitOfWork, session: Session, now: datetime) -> None:
    """End what became of a session, and record it if there was one still."""
    if work.sign_ins.end_begun_as(session.user_id, session.began_as):
        work.audit.record(AuditEvent(kind=AuditKind.SIGNED_OUT, at=now, actor=session.user_id))


def hold_both(work: UnitOfWork, user_id: UserId, instead_of: Session | None) -> None:
    """Hold the user who signs in, and the user of the session that ends."""
    work.users.hold(*({user_id} if instead_of is None else {user_id, instead_of.user_id}))


def _signed_in(user: User, acting: Acting | None, now: datetime) -> AuditEvent:
    """A sign-in where there was one choice is a use of that access too."""
    if acting is None:
        return AuditEvent(kind=AuditKind.SIGNED_IN, at=now, actor=user.id)
    return AuditEvent.by(acting, AuditKind.SIGNED_IN, now)
