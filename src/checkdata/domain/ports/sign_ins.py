"""The port for sign-in links and sessions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from checkdata.domain.access.decision import AccessFacts
from checkdata.domain.sign_in.sessions import LinkPurpose, Session, SignInLink
from checkdata.domain.values import UserId


class SignIns(Protocol):
    """Sign-in links and sessions; both are known by the digest of their token."""

    def add_link(self, link: SignInLink, /) -> None:
        """Keep a link."""

    def link(self, digest: str, /) -> SignInLink | None:
        """The link with this digest."""

    def use_link(self, digest: str, at: datetime, /) -> SignInLink | None:
        """Mark a usable link used and return it, else None; of several at once, only one gets it (security.md 5)."""

    def links_asked_as(self, asked_as: str, /) -> Sequence[SignInLink]:
        """The links with a code for the browser whose token has this digest, used or not."""

    def has_link(self, user_id: UserId, purpose: LinkPurpose, at: datetime, /) -> bool:
        """Whether a link of this user with this purpose still works."""

    def end_links(self, user_id: UserId, at: datetime, *purposes: LinkPurpose) -> None:
        """End every link of a user that is still unused, of these purposes or of all (security.md 9)."""

    def add_session(self, session: Session, /) -> None:
        """Keep a session."""

    def session(self, digest: str, /) -> Session | None:
        """The session with this digest; its organisation carries its name."""

    def visitor(self, digest: str, /) -> tuple[Session, AccessFacts] | None:
        """The session with this digest and the facts that decide what its user may do, in one question."""

    def touch(self, digest: str, at: datetime, /) -> bool:
        """Note that a session was seen; whether there was one."""

    def end_session(self, digest: str, /) -> bool:
        """Delete a session; whether there was one."""

    def begun_as(self, began_as: str, /) -> Session | None:
        """The session that began with this digest; its digest may be another now."""

    def end_begun_as(self, user_id: UserId, began_as: str, /) -> bool:
        """Delete the user's session that began with this digest, which may be another now; whether there was one."""

    def end_sessions(self, user_id: UserId, /) -> int:
        """Delete every session of a user; how many there were."""

    def end_sessions_at_second(self, user_id: UserId, /) -> int:
        """Delete every session of a user that came by their second address; how many there were."""

    def sessions_of(self, user_id: UserId, /) -> Sequence[Session]:
        """A user's sessions, the newest first, over by time or not; organisations carry their names."""
