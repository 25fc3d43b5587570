"""Sign-in links and sessions in memory."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from attrs import evolve

from checkdata.adapters.memory.state import Draft
from checkdata.adapters.memory.users import MemoryUsers
from checkdata.domain import ports
from checkdata.domain.access.decision import AccessFacts
from checkdata.domain.sign_in.sessions import LinkPurpose, Session, SignInLink
from checkdata.domain.values import UserId


class MemorySignIns:
    """The links and sessions of a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def add_link(self, link: SignInLink, /) -> None:
        """Keep a link."""
        state = self._draft.state
        self._draft.state = evolve(state, links={**state.links, link.digest: link})

    def link(self, digest: str, /) -> SignInLink | None:
        """The link with this digest."""
        return self._draft.state.links.get(digest)

    def use_link(self, digest: str, at: datetime, /) -> SignInLink | None:
        """Mark a usable link used and return it; units of work that write take turns, so one gets it."""
        link = self.link(digest)
        if link is None or not link.usable(at):
            return None
        used = evolve(link, used_at=at)
        self.add_link(used)
        return used

    def links_asked_as(self, asked_as: str, /) -> Sequence[SignInLink]:
        """The links with a code for this browser."""
        return [link for link in self._links if link.code is not None and link.code.asked_as == asked_as]

    def has_link(self, user_id: UserId, purpose: LinkPurpose, at: datetime, /) -> bool:
        """Whether a link of this user with this purpose still works."""
        theirs = user_id, purpose
        return any((link.user_id, link.purpose) == theirs and link.usable(at) for link in self._links)

    def end_links(self, user_id: UserId, at: datetime, *purposes: LinkPurpose) -> None:
        """Mark every link of the user used that is not."""
        for link in self._links:
            if link.user_id == user_id and link.used_at is None and link.purpose in (purposes or LinkPurpose):
                self.add_link(evolve(link, used_at=at))

    def add_session(self, session: Session, /) -> None:
        """Keep a session."""
        state = self._draft.state
        self._draft.state = evolve(state, sessions={**state.sessions, session.digest: session})

    def session(self, digest: str, /) -> Session | None:
        """The session with this digest, its organisation as it is called now."""
        session = self._draft.state.sessions.get(digest)
        return None if session is None else self._named(session)

    def visitor(self, digest: str, /) -> tuple[Session, AccessFacts] | None:
        """The session with this digest and what decides what its user may do."""
        session = self.session(digest)
        return None if session is None else (session, MemoryUsers(self._draft).facts(session.user_id))

    def touch(self, digest: str, at: datetime, /) -> bool:
        """Note that a session was seen."""
        session = self._draft.state.sessions.get(digest)
        if session is not None:
            self.add_session(evolve(session, seen_at=at))
        return session is not None

    def end_session(self, digest: str, /) -> bool:
        """Delete a session."""
        return self._end(lambda session: session.digest == digest) > 0

    def begun_as(self, began_as: str, /) -> Session | None:
        """The session that began so, its organisation as it is called now."""
        found = (session for session in self._draft.state.sessions.values() if session.began_as == began_as)
        return next(map(self._named, found), None)

    def end_begun_as(self, user_id: UserId, began_as: str, /) -> bool:
        """Delete the user's session that began so."""
        return self._end(lambda session: (session.user_id, session.began_as) == (user_id, began_as)) > 0

    def end_sessions(self, user_id: UserId, /) -> int:
        """Delete every session of a user."""
        return self._end(lambda session: session.user_id == user_id)

    def end_sessions_at_second(self, user_id: UserId, /) -> int:
        """Delete every session of a user that came by their second address."""
        return self._end(lambda session: session.user_id == user_id and session.at_second)

    def sessions_of(self, user_id: UserId, /) -> Sequence[Session]:
        """A user's sessions, the newest first."""
        found = [self._named(session) for session in self._draft.state.sessions.values() if session.user_id == user_id]
        return sorted(found, key=lambda session: (session.started_at, session.digest), reverse=True)

    @property
    def _links(self) -> Iterable[SignInLink]:
        return self._draft.state.links.values()

    def _named(self, session: Session) -> Session:
        organisation = session.organisation
        return session if organisation is None else evolve(session, organisation=self._draft.state.named(organisation))

    def _end(self, ends: Callable[[Session], bool]) -> int:
        before = self._draft.state.sessions
        kept = {digest: session for digest, session in before.items() if not ends(session)}
        self._draft.state = evolve(self._draft.state, sessions=kept)
        return len(before) - len(kept)


_conforms: type[ports.SignIns] = MemorySignIns
