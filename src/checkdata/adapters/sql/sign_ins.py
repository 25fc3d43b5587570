"""Sign-in links and sessions in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, exists, insert, select, update

from checkdata.adapters.sql.organisations import name_of_organisation
from checkdata.adapters.sql.row_mapping import link_from_row, link_to_row, session_from_row, session_to_row
from checkdata.adapters.sql.schema import sessions, sign_in_links
from checkdata.adapters.sql.session_facts import SESSION_AND_FACTS, session_and_facts
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.access.decision import AccessFacts
from checkdata.domain.sign_in.sessions import LinkPurpose, Session, SignInLink
from checkdata.domain.values import UserId

_SESSION: Final = select(sessions, name_of_organisation(sessions)).where(sessions.c.digest == bindparam("digest"))


class SqlSignIns:
    """Links and sessions, known by the digest of their token."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add_link(self, link: SignInLink, /) -> None:
        """Keep a link."""
        self._transaction.write(insert(sign_in_links), link_to_row(link))

    def link(self, digest: str, /) -> SignInLink | None:
        """The link with this digest."""
        row = self._transaction.execute(select(sign_in_links).where(sign_in_links.c.digest == digest)).one_or_none()
        return None if row is None else link_from_row(row)

    def use_link(self, digest: str, at: datetime, /) -> SignInLink | None:
        """Mark a usable link used and return it; one statement, so that of any number at once one gets it."""
        using = (
            update(sign_in_links)
            .where(sign_in_links.c.digest == digest, sign_in_links.c.used_at.is_(None), sign_in_links.c.expires_at > at)
            .values(used_at=at)
            .returning(sign_in_links)
        )
        row = self._transaction.write(using).one_or_none()
        return None if row is None else link_from_row(row)

    def links_asked_as(self, asked_as: str, /) -> Sequence[SignInLink]:
        """The links with a code for this browser."""
        asked = select(sign_in_links).where(sign_in_links.c.asked_as == asked_as)
        return list(map(link_from_row, self._transaction.execute(asked)))

    def has_link(self, user_id: UserId, purpose: LinkPurpose, at: datetime, /) -> bool:
        """Whether a link of this user with this purpose still works."""
        links = sign_in_links.c
        theirs = links.user_id == user_id, links.purpose == purpose.value
        works = exists().where(*theirs, links.used_at.is_(None), links.expires_at > at)
        found: bool = self._transaction.execute(select(works)).scalar_one()
        return found

    def end_links(self, user_id: UserId, at: datetime, *purposes: LinkPurpose) -> None:
        """Mark every link of the user used that is not."""
        of = sign_in_links.c.purpose.in_([purpose.value for purpose in purposes or LinkPurpose])
        theirs = sign_in_links.c.user_id == user_id, of, sign_in_links.c.used_at.is_(None)
        self._transaction.write(update(sign_in_links).where(*theirs).values(used_at=at))

    def add_session(self, session: Session, /) -> None:
        """Keep a session."""
        self._transaction.write(insert(sessions), session_to_row(session))

    def session(self, digest: str, /) -> Session | None:
        """The session with this digest, its organisation as it is called now."""
        row = self._transaction.execute(_SESSION, {"digest": digest}).one_or_none()
        return None if row is None else session_from_row(row)

    def visitor(self, digest: str, /) -> tuple[Session, AccessFacts] | None:
        """The session with this digest and what decides what its user may do, in one statement."""
        return session_and_facts(self._transaction.ask(SESSION_AND_FACTS, {"digest": digest}))

    def touch(self, digest: str, at: datetime, /) -> bool:
        """Note that a session was seen."""
        seen = update(sessions).where(sessions.c.digest == digest).values(seen_at=at)
        return self._transaction.write(seen).rowcount > 0

    def end_session(self, digest: str, /) -> bool:
        """Delete a session."""
        return self._transaction.write(delete(sessions).where(sessions.c.digest == digest)).rowcount > 0

    def begun_as(self, began_as: str, /) -> Session | None:
        """The session that began so, its organisation as it is called now."""
        found = select(sessions, name_of_organisation(sessions)).where(sessions.c.began_as == began_as).limit(1)
        row = self._transaction.execute(found).one_or_none()
        return None if row is None else session_from_row(row)

    def end_begun_as(self, user_id: UserId, began_as: str, /) -> bool:
        """Delete the user's session that began so."""
        begun = delete(sessions).where(sessions.c.user_id == user_id, sessions.c.began_as == began_as)
        return self._transaction.write(begun).rowcount > 0

    def sessions_of(self, user_id: UserId, /) -> Sequence[Session]:
        """A user's sessions, the newest first."""
        found = select(sessions, name_of_organisation(sessions)).where(sessions.c.user_id == user_id)
        ordered = found.order_by(sessions.c.started_at.desc(), sessions.c.digest.desc())
        return list(map(session_from_row, self._transaction.execute(ordered)))

    def end_sessions(self, user_id: UserId, /) -> int:
        """Delete every session of a user."""
        return self._transaction.write(delete(sessions).where(sessions.c.user_id == user_id)).rowcount

    def end_sessions_at_second(self, user_id: UserId, /) -> int:
        """Delete every session of a user that came by their second address."""
        theirs = sessions.c.user_id == user_id, sessions.c.at_second.is_(True)
        return self._transaction.write(delete(sessions).where(*theirs)).rowcount


_conforms: type[ports.SignIns] = SqlSignIns
